import type { CanaryAnswer, CanaryOptions } from '#canary';
import type { ModelRuntime, RuntimeTarget, ServiceControl } from '#clients';
import type { HealingSeverity, Settings } from '#contracts';
import type { Database } from '#db';
import type { Clock, Logger } from '#kit';
import type { Retriever } from '#retrieval';

/** What checks look at and fixups act on. Each names the few that it uses. */
export interface Needs {
  database: Pick<Database, 'db' | 'ping' | 'inTransaction' | 'url'>;
  /** Who supervises the parts; null when the service runs by itself. */
  control: (ServiceControl & { ping(): Promise<number> }) | null;
  /** Names of parts that a person stopped on purpose. */
  held: () => Promise<ReadonlySet<string>>;
  runtime: Pick<ModelRuntime, 'models'>;
  runtimeTarget: () => RuntimeTarget;
  /** The search index of this process; null when it lives in another one. */
  retriever: Pick<Retriever, 'stats' | 'rebuild' | 'loaded'> | null;
  /** Asks the known question, one at a time. */
  canary: (options: CanaryOptions) => Promise<CanaryAnswer>;
  /** Asks the model for one word through the queue; resolves with how long it took. */
  askModel: (signal: AbortSignal) => Promise<number>;
  settings: () => Settings;
  dataDir: string;
  /** Where the product's own listener is. */
  url: string;
  clock: Clock;
  log: Logger;
}

/** One thing that is wrong. */
export interface Found {
  /** Which of several: a part, a folder, a job. Empty when there is only one. */
  subject: string;
  severity: HealingSeverity;
  /** A sentence for people: what is wrong, with figures. */
  description: string;
  /** Figures for the record; their names stand in the messages of the dashboard. */
  evidence: Record<string, string | number | boolean | null>;
  /** Why no repair can cure it: a port that is taken, a refused setting, a dead disk. */
  incurable?: string;
}

/** What a look shows: what is wrong (nothing: all well), or why there is nothing to look at on this machine. */
export type Look = readonly Found[] | { skipped: string };

export interface Check {
  id: string;
  everyMs: number;
  /** In how many looks in a row something must be seen before it counts: slow is not sick. */
  after: number;
  /** A look that takes longer has failed. */
  timeoutMs: number;
  /** It waits for answers of the model, and must not hold up the others. */
  slow: boolean;
  look(needs: Needs, signal: AbortSignal): Promise<Look>;
}

export interface Target {
  checkId: string;
  subject: string;
  evidence: Readonly<Record<string, unknown>>;
  /** Who asked; null: the box itself. */
  askedBy: string | null;
}

/** A way to cure something. What it does and may destroy is in `fixupFacts` under the same id; its proof is the check that found the issue. */
export interface Fixup {
  id: string;
  /** Until the check must not find it any more. */
  proofMs: number;
  /** Whether the known question has to get its known citation as well. */
  canary: boolean;
  /** Does it, and says in a sentence what was done. Throws when it could not. */
  apply(needs: Needs, target: Target, signal: AbortSignal): Promise<string>;
}

export const defineCheck = (check: Omit<Check, 'after' | 'timeoutMs' | 'slow'> & Partial<Check>): Check => ({
  after: 1,
  timeoutMs: 10_000,
  slow: false,
  ...check,
});
export const defineFixup = (fixup: Fixup): Fixup => fixup;
