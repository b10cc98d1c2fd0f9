import type { Holder, MemoryNow } from './memory.ts';
import { memoryNeed, type MemoryNeed, type ModelSize } from './need.ts';

export interface Candidate extends ModelSize {
  id: string;
  name: string;
}

/** A model of ours that is in memory, and what leaves with it. */
export interface Held {
  id: string;
  ramBytes: number;
  gpuBytes: number;
}

/**
 * `loaded`: it is in memory. `fits`: it can be loaded now. `switch`: it can once models of ours have left. `taken`: others hold too much now.
 * `never`: it is larger than this machine.
 */
export type Verdict = 'loaded' | 'fits' | 'switch' | 'taken' | 'never';

export interface Admission {
  verdict: Verdict;
  /** Whether it may be asked for: it runs now, or as soon as the box itself has made room. */
  admitted: boolean;
  /** What is needed and what is there, in a sentence. */
  message: string;
  need: MemoryNeed;
  totalBytes: number;
  availableBytes: number;
  /** What our own models would give back. */
  freeableBytes: number;
  holders: Holder[];
}

const gb = (bytes: number): string => `${(bytes / 1e9).toFixed(1)} GB`;

/** Who is named in a sentence; the rest hold less. */
const NAMED = 3;
/** Below this nobody is worth closing. */
const WORTH_NAMING_BYTES = 0.2e9;

const nameOf = ({ name, pid, bytes, isOrphan }: Holder): string =>
  `${name} (process ${pid}${isOrphan ? ', left behind by a program that ended' : ''}) holds ${gb(bytes)}`;

/**
 * Whether a model can be loaded into what is really there. On a machine with a GPU of its own it may lie in both memories, the way the runtime
 * splits it; where the accelerator shares the system's memory there is only one.
 */
export const admit = (model: Candidate, memory: MemoryNow, held: readonly Held[]): Admission => {
  const need = memoryNeed(model);
  const pools = memory.gpu === null ? [memory.ram] : [memory.gpu, memory.ram];
  const sum = (pick: 'totalBytes' | 'availableBytes'): number => pools.reduce((bytes, pool) => bytes + pool[pick], 0);
  const totalBytes = sum('totalBytes');
  const availableBytes = sum('availableBytes');
  const freeableBytes = held.reduce((bytes, { ramBytes, gpuBytes }) => bytes + ramBytes + gpuBytes, 0);
  const holders = memory.holders.filter(({ bytes }) => bytes >= WORTH_NAMING_BYTES).slice(0, NAMED);
  const verdict = ((): Verdict => {
    if (held.some(({ id }) => id === model.id)) return 'loaded';
    if (need.totalBytes > totalBytes) return 'never';
    if (need.totalBytes <= availableBytes) return 'fits';
    return need.totalBytes <= availableBytes + freeableBytes ? 'switch' : 'taken';
  })();
  const known = { verdict, admitted: verdict !== 'never' && verdict !== 'taken', need, totalBytes, availableBytes, freeableBytes, holders };
  return { ...known, message: sentence(model, memory, known) };
};

const sentence = (
  { name, contextTokens }: Candidate,
  memory: MemoryNow,
  { verdict, need, totalBytes, availableBytes, freeableBytes, holders }: Omit<Admission, 'message'>,
): string => {
  const needs = `${name} needs ${gb(need.totalBytes)} of memory (weights ${gb(need.weightsBytes)}, a context of ${contextTokens} tokens ${gb(need.contextBytes)}, work and safety ${gb(need.workBytes + need.safetyBytes)})`;
  const where = memory.gpu === null ? (memory.isUnified ? 'the memory that system and accelerator share' : 'memory') : 'GPU and system memory together';
  const has = `this machine has ${gb(totalBytes)} of ${where}`;
  const free = `${gb(availableBytes)} ${availableBytes >= 1e9 && availableBytes < 1.05e9 ? 'is' : 'are'} free`;
  const freed = freeableBytes > 0 ? `, and unloading our own models gives ${gb(freeableBytes)} back` : '';
  switch (verdict) {
    case 'loaded':
      return `${name} is in memory.`;
    case 'fits':
      return `${needs}; ${free}.`;
    case 'switch':
      return `${needs}; ${free}${freed}, which happens when it is asked.`;
    case 'never':
      return `${needs}; ${has}, so it can never run here. Choose a smaller model under Models.`;
    case 'taken': {
      const others = holders.length > 0 ? ` ${holders.map(nameOf).join('; ')}.` : '';
      return `${needs}; ${has}, of which ${free}${freed}.${others} Close something, or choose a smaller model under Models.`;
    }
  }
};
