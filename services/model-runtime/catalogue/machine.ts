import { existsSync, readdirSync } from 'node:fs';
import { availableParallelism, totalmem } from 'node:os';
import type { CatalogueEntry } from './catalogue.ts';

export interface Machine {
  memoryBytes: number;
  cores: number;
  hasGpu: boolean;
}

/** For Postgres, the services, the browser and the system. */
const RESERVED_BYTES = 1.5e9;
/** Weights beyond this, per core, are read too slowly from memory for an answer that one likes to wait for: about 8 tokens/s. */
const BYTES_PER_CORE = 0.6e9;

const gb = (bytes: number): string => `${(bytes / 1e9).toFixed(1)} GB`;

/** What this machine has, without loading any driver: a look at the device files is instant. */
export const readMachine = (): Machine => ({ memoryBytes: totalmem(), cores: availableParallelism(), hasGpu: mayHaveGpu() });

/** Whether looking for a GPU is worth the second that it takes: there is a device, or nothing that would show one. */
export const mayHaveGpu = (): boolean => {
  if (process.platform !== 'linux') return true;
  if (existsSync('/dev/nvidia0') || existsSync('/dev/nvhost-gpu') || existsSync('/dev/dxg')) return true;
  return existsSync('/dev/dri') && readdirSync('/dev/dri').some((name) => name.startsWith('render'));
};

/** Memory that a model may take here, in bytes. */
export const modelBudget = ({ memoryBytes }: Machine): number => Math.max(0.35e9, memoryBytes - RESERVED_BYTES) * 0.8;

/** Why a model does not fit this machine, with the numbers; null when it does. */
export const whyNot = (entry: Pick<CatalogueEntry, 'memoryBytes'>, machine: Machine): string | null =>
  entry.memoryBytes <= modelBudget(machine)
    ? null
    : `Needs ${gb(entry.memoryBytes)} of memory; this machine has ${gb(machine.memoryBytes)}, of which ${gb(modelBudget(machine))} can go to a model.`;

/** The best of a purpose that fits and answers at a speed one can wait for; the smallest when none does. */
export const recommend = <Entry extends CatalogueEntry>(entries: readonly Entry[], machine: Machine): Entry | undefined => {
  const isQuick = (entry: Entry) => machine.hasGpu || entry.purpose !== 'chat' || entry.sizeBytes <= machine.cores * BYTES_PER_CORE;
  const byRank = entries.toSorted((a, b) => b.rank - a.rank);
  return byRank.find((entry) => whyNot(entry, machine) === null && isQuick(entry)) ?? byRank.at(-1);
};
