/** What a child process tells the launcher, over Node's IPC channel. */
export type ChildMessage =
  | { type: 'ready' }
  /** A sign of life, every two seconds: only a process whose event loop turns can send it. */
  | { type: 'beat'; loopMeanMs: number; loopMaxMs: number; rssBytes: number }
  /** Sent before it ends by itself; `permanent` when starting it again cannot help. */
  | { type: 'failed'; message: string; permanent: boolean }
  /** Sent when a service's complaint changes; null is well. */
  | { type: 'health'; service: string; complaint: string | null };

/** What the launcher tells a child process: that it may start its services, in this environment. Until then it loads them. */
export interface StartMessage {
  type: 'start';
  env: NodeJS.ProcessEnv;
}
