/** Who waits: a person; a script, an agent or an automation; nobody (indexing, enrichment). Earlier goes first; each of the later has a floor. */
export const workClasses = ['interactive', 'agent', 'background'] as const;
export type WorkClass = (typeof workClasses)[number];

/** A piece of work for the accelerator. Times are milliseconds of the accelerator, instants milliseconds of any one clock. */
export interface SchedulerJob {
  id: string;
  user: string;
  class: WorkClass;
  /** The model that must be loaded; null for what needs no switch, such as embeddings. */
  model: string | null;
  arrivedAt: number;
  estimateMs: number;
  /** No job takes longer: the answer's limit, or the slice. */
  capMs: number;
  /** Its state may still be warm in the runtime. */
  conversation?: string;
  /** Prefill that a warm state would save. */
  savedMs?: number;
  /** An administrator's place: ranked jobs go first, the smallest rank before the others. */
  rank?: number;
}

export interface SchedulerConfig {
  /** Jobs that the runtime works on at once. */
  slots: number;
  /** Share of the accelerator that a class below the first gets while it waits, 0..1; together below 1. */
  floors: Record<Exclude<WorkClass, 'interactive'>, number>;
  /** What loading a model takes. */
  switchMs: (model: string) => number;
  /** Share of the accelerator's time that switching may cost while several models are in demand. Sets how long one is kept: `switchMs / switchShare`. */
  switchShare: number;
  /** Never kept longer than this while others wait, whatever a switch costs. */
  longestStintMs: number;
  /** Chat models that may be asked for, at most. */
  models: number;
  /** People who may ask, at most. */
  users: number;
  /** No job of any class takes longer. */
  maxJobMs: number;
  /** How far a warm conversation may be preferred, at most. */
  warmMs: number;
}

/** What administrators set. */
export interface Controls {
  /** 1 unless named; twice the weight is twice the share. */
  weights: ReadonlyMap<string, number>;
  pausedUsers: ReadonlySet<string>;
  pausedModels: ReadonlySet<string>;
  pausedClasses: ReadonlySet<WorkClass>;
  pausedAll: boolean;
  /** Jobs of a person that may run at once. */
  caps: ReadonlyMap<string, number>;
}

export const noControls: Controls = {
  weights: new Map(),
  pausedUsers: new Set(),
  pausedModels: new Set(),
  pausedClasses: new Set(),
  pausedAll: false,
  caps: new Map(),
};

export type SchedulerEvent =
  /** `deadline` when one was stated already. */
  | { type: 'arrived'; job: SchedulerJob; deadline?: number }
  /** It left the line without having run. */
  | { type: 'withdrawn'; id: string }
  /** It ran, and held the accelerator for `usedMs`, switching not included. */
  | { type: 'finished'; id: string; usedMs: number }
  /** It could not run to its end and waits again, in its old place. */
  | { type: 'returned'; id: string }
  /** The runtime has this model in memory now; null for none. */
  | { type: 'loaded'; model: string | null }
  | { type: 'ranked'; id: string; rank: number | undefined }
  | { type: 'controls'; controls: Controls }
  | { type: 'configured'; config: SchedulerConfig }
  /** Time has passed. */
  | { type: 'tick' };

/** Run this job now; `switchTo` is set when its model must be loaded first. */
export interface Decision {
  id: string;
  switchTo: string | null;
}
