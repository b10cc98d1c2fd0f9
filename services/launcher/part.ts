/** A part that runs: the database, or a process of services. */
export interface RunningPart {
  pid: number;
  /** Resolves when it is gone, with how it ended, as the rest of the sentence "postgres …". */
  exited: Promise<string>;
  stop(): Promise<void>;
}

/** Something that the supervisor starts, and starts again. */
export interface Part {
  name: string;
  /** The services whose state it carries; its own name when it is one thing. */
  services: readonly string[];
  /** Resolves when it is ready for use. Errors: `StartProblem` when trying again cannot help, any other when it may. */
  start(signal: AbortSignal): Promise<RunningPart>;
}
