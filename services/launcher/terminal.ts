/** One line on the terminal that tells what is going on and, in the end, what came of it and how long it took. */
export interface Step {
  /** Replaces what is going on; shown while it lasts. */
  update(text: string): void;
  done(text: string): void;
  fail(text: string): void;
}

/** The terminal as scripts/start/terminal.mjs gives it: colours and moving lines only where somebody looks. */
export interface Terminal {
  readonly isInteractive: boolean;
  step(label: string, text: string): Step;
  line(text?: string): void;
  warn(text: string): void;
  strong(text: string): string;
  faint(text: string): string;
}
