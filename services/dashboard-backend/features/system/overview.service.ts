import type { HostFacts, LauncherState, Settings, SystemOverview } from '#contracts';
import type { Db } from '#db';
import type { Clock } from '#kit';
import type { MetricsRepository } from './metrics.repository.ts';
import { findProblems } from './problems.ts';
import { toReadings } from './readings.ts';

interface Needs {
  db: Db;
  repository: Pick<MetricsRepository, 'getMachine'>;
  readCounts: (db: Db, workspaceId: string | null) => Promise<SystemOverview['counts']>;
  launcherState: () => Promise<LauncherState | null>;
  /** Which models answer and embed now. Must not wait long for a runtime that is away. */
  models: () => Promise<SystemOverview['model']>;
  settings: { get(): Pick<Settings, 'general' | 'metrics'> };
  clock: Pick<Clock, 'now'>;
}

/** A reading older than this many intervals is not "now" any more. */
const FRESH_INTERVALS = 4;
const FRESH_AT_LEAST_MS = 20_000;
/** Over what "lately" is meant. */
const LATELY_MS = 10 * 60_000;

/** Clocks are corrected by so much in daily life; a sample from further ahead is not "now". */
const CLOCK_STEP_MS = 60_000;

const unknownHost: SystemOverview['host'] = {
  name: '',
  model: null,
  os: '',
  arch: process.arch,
  cpu: '',
  cores: 1,
  memoryBytes: 0,
  gpus: [],
  addresses: [],
  bootedAt: null,
};

const toHost = (facts: HostFacts | null, addresses: string[]): SystemOverview['host'] => {
  if (!facts) return { ...unknownHost, addresses };
  const { name, model, os, arch, cpu, cores, memoryBytes, gpus, bootedAt } = facts;
  return { name, model, os, arch, cpu, cores, memoryBytes, gpus: gpus.map((gpu) => gpu.name), addresses, bootedAt };
};

export const createOverviewService = ({ db, repository, readCounts, launcherState, models, settings, clock }: Needs) => {
  const startedMs = clock.now();
  return {
    /** The machine and the product now, and what is wrong with them. Counts are of one workspace, or of the whole box for null. */
    async read(workspaceId: string | null): Promise<SystemOverview> {
      const now = clock.now();
      const { intervalMs } = settings.get().metrics;
      const until = new Date(now + CLOCK_STEP_MS);
      const recent = { since: new Date(now - Math.max(FRESH_AT_LEAST_MS, FRESH_INTERVALS * intervalMs)), until };
      const lately = { since: new Date(now - LATELY_MS), until };
      const [machine, counts, launcher, model] = await Promise.all([
        repository.getMachine(db, recent, lately),
        readCounts(db, workspaceId),
        launcherState(),
        models(),
      ]);
      const { facts } = machine;
      const sampleAgeMs = machine.lastSampleAt && Math.max(0, now - Number(machine.lastSampleAt));
      const readings = toReadings(machine.latest, facts);
      const services = launcher?.services ?? [];
      return {
        at: new Date(now).toISOString(),
        boxName: settings.get().general.boxName,
        version: launcher?.version ?? 'dev',
        uptimeMs: Math.max(0, now - (launcher ? Date.parse(launcher.startedAt) : startedMs)),
        host: toHost(facts, launcher?.addresses ?? []),
        sampleAgeMs,
        now: readings,
        services,
        problems: findProblems({ now: readings, services, counts, model, sampleAgeMs, intervalMs, lately: machine.lately }),
        counts,
        model,
      };
    },
  };
};
export type OverviewService = ReturnType<typeof createOverviewService>;
