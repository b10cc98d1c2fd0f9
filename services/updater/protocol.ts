import type { UpdatePlanView } from '#contracts';
import type { RunnableRelease } from '#updates';

/** What the process that does the work needs to know; secrets it reads from the data folder itself. */
export interface Order {
  kind: 'check' | 'apply';
  dataDir: string;
  databaseUrl: string;
  running: RunnableRelease;
  file: string;
  /** What the story calls the file, which lies here under another name. */
  name: string;
  by: string;
  source: string;
  /** SHA-256 of the release.json that was agreed to; null for a check. */
  agreed: string | null;
}

export type Result = { kind: 'check'; plan: UpdatePlanView } | { kind: 'apply'; updateId: string };

export type Told =
  | { type: 'progress'; phase: string; doneBytes: number; totalBytes: number }
  | { type: 'done'; result: Result }
  | { type: 'failed'; message: string; /** Of `updateRefusals`; null when it was something else. */ refusal: string | null };
