/** What a child process tells the launcher, over Node's IPC channel. */
export type ChildMessage =
  | { type: 'ready' }
  /** Sent before it ends by itself; `permanent` when starting it again cannot help. */
  | { type: 'failed'; message: string; permanent: boolean }
  /** Sent when a service's complaint changes; null is well. */
  | { type: 'health'; service: string; complaint: string | null };

/** What the launcher tells a child process: that it may start its services, in this environment. Until then it loads them. */
export interface StartMessage {
  type: 'start';
  env: NodeJS.ProcessEnv;
}
