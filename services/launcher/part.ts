/** What a part says of itself while it runs; null for what it does not say. */
export interface Vitals {
  /** Mean and longest delay of its event loop since the word before, in milliseconds. */
  loopMeanMs: number | null;
  loopMaxMs: number | null;
  rssBytes: number | null;
}

/** A part that runs: the database, or a process of services. */
export interface RunningPart {
  pid: number;
  /** Resolves when it is gone, with how it ended, as the rest of the sentence "postgres …". */
  exited: Promise<string>;
  stop(): Promise<void>;
  /** When it gave its last sign of life, on the monotonic clock; null for a part that gives none. */
  heardAt(): number | null;
  vitals(): Vitals | null;
}

/** Something that the supervisor starts, and starts again. */
export interface Part {
  name: string;
  /** The services whose state it carries; its own name when it is one thing. */
  services: readonly string[];
  /** Resolves when it is ready for use. Errors: `StartProblem` when trying again cannot help, any other when it may. */
  start(signal: AbortSignal): Promise<RunningPart>;
}
