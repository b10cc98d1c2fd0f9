import type { RuleDefinition, Severity, SignalName } from '#contracts';

export interface Rule extends RuleDefinition {
  id: string;
  name: string;
}

/** A value as it was read; `device` is '' for a signal that has one series alone. */
export interface Reading {
  device: string;
  value: number;
}

/** What was read since the last step, by signal (and what it looks for). A signal that is missing was not read at all. */
export type Readings = ReadonlyMap<string, readonly Reading[]>;

/** The name under which a rule's readings are found. */
export const readingsKey = ({ signal, match }: { signal: SignalName; match?: string | undefined }): string =>
  match === undefined ? signal : `${signal}\n${match}`;

/** One rule on one series. Times are awake time: milliseconds that the engine has lived through. */
export interface Instance {
  severity: Severity | null;
  /** Since when the value is beyond `enter` of each level. */
  since: Partial<Record<Severity, number>>;
  /** Since when it is on the good side of `leave`. */
  clearSince: number | null;
  seenAt: number;
  value: number | null;
  /** Nothing is heard of it. */
  silent: boolean;
  /** Since when it fires; null while it does not. */
  firingSince: number | null;
}

export interface OpenIncident {
  id: string;
  /** The cause with its device: `disk:/data`. */
  key: string;
  cause: string;
  /** Wall-clock milliseconds. */
  openedAt: number;
  severity: Severity;
  /** `ruleId\ndevice` of each instance that belongs to it, in the order of joining. */
  members: readonly string[];
  /** The severity that people were told; null: not yet. */
  toldSeverity: Severity | null;
  /** Awake time of the telling. */
  toldAt: number | null;
  acknowledged: boolean;
  /** How many times it was handed to the next person. */
  escalations: number;
  flapping: boolean;
  calmSince: number | null;
  silent: boolean;
}

/** What is remembered of a cause after its incident. */
export interface CauseMemory {
  /** Awake times at which incidents of it ended. */
  ended: readonly number[];
  /** Awake time at which each severity was last told. */
  toldAt: Partial<Record<Severity, number>>;
}

export interface EngineState {
  awakeMs: number;
  /** Wall clock of the last step; null before the first. */
  lastNow: number | null;
  instances: ReadonlyMap<string, ReadonlyMap<string, Instance>>;
  /** What each rule looked at: one that looks at something else now begins anew. */
  watched: ReadonlyMap<string, string>;
  incidents: ReadonlyMap<string, OpenIncident>;
  memory: ReadonlyMap<string, CauseMemory>;
}

/** When nothing is told of a target: a silence, or a window of maintenance. Wall-clock milliseconds. */
export interface Mute {
  target: string;
  from: number;
  until: number;
  repeats: 'daily' | 'weekly' | null;
}

export interface StepInput {
  now: number;
  readings: Readings;
  /** How often steps are made. */
  intervalMs: number;
  /** Ids of incidents that somebody took. */
  acknowledged: ReadonlySet<string>;
  mutes: readonly Mute[];
  escalation: { afterMs: number; steps: number };
  /** What each cause depends on, by name. */
  dependencies: Readonly<Record<string, readonly string[]>>;
}

export type TransitionKind =
  'opened' | 'told' | 'raised' | 'lowered' | 'grown' | 'rerooted' | 'silent' | 'heard' | 'flapping' | 'escalated' | 'resolved' | 'withdrawn' | 'merged';

export interface Member {
  ruleId: string;
  device: string;
  severity: Severity;
  value: number | null;
  silent: boolean;
}

export interface Transition {
  kind: TransitionKind;
  at: number;
  incident: OpenIncident;
  members: readonly Member[];
  /** Whether people are told. */
  tell: boolean;
  /** How long it lasted, for `resolved` and `withdrawn`. */
  durationMs?: number;
  /** Why people are not told: the cooldown, a silence. */
  held?: 'cooldown' | 'muted';
  /** The incident that took it in, for `merged`. */
  into?: string;
  /** Which step of people, for `escalated`. */
  escalation?: number;
}
