import { readFile, statfs } from 'node:fs/promises';
import { cpus, totalmem } from 'node:os';
import { join } from 'node:path';
import { launcherState, releaseManifest } from '#contracts';
import { hardwareOf } from '../apply/hardware.ts';
import { readJournal, type JournalEntry } from '../apply/journal.ts';
import { updatePlaces } from '../apply/places.ts';
import { readPointer } from '../apply/pointer.ts';
import type { BoxReport } from './box-report.ts';
import { digestLogs, ownWords } from './log-digest.ts';

interface Needs {
  dataDir: string;
  /** The release that runs, or would. */
  running: { version: string; dir: string };
  now: number;
}

const UPDATES = 20;

const toUpdate = (entries: readonly JournalEntry[]): BoxReport['updates'][number] => {
  const first = entries[0]!;
  const last = entries.at(-1)!;
  // Reasons and log lines stay on the box: they may name what people named.
  return {
    from: first.from ?? null,
    to: first.to ?? null,
    state: last.state,
    bundle: entries.find(({ sha256 }) => sha256)?.sha256 ?? null,
    failedCheck: last.check ?? null,
    checks: (entries.findLast(({ checks }) => checks !== undefined)?.checks ?? []).map(({ name, ok, tookMs }) => ({ name, ok, tookMs })),
    startedAt: first.at,
    endedAt: last.at,
  };
};

/** Gathers what a box may tell its maker; see `boxReport`. */
export const collectReport = async ({ dataDir, running, now }: Needs): Promise<BoxReport> => {
  const places = updatePlaces(dataDir);
  const pointer = await readPointer(places.pointer);
  const manifest = await readFile(places.manifest(running.version), 'utf8').then(
    (text) => releaseManifest.parse(JSON.parse(text)),
    () => null,
  );
  const state = await readFile(join(dataDir, 'run', 'state.json'), 'utf8').then(
    (text) => launcherState.parse(JSON.parse(text)),
    () => null,
  );
  const byUpdate = new Map<string, JournalEntry[]>();
  for (const entry of await readJournal(places.journal))
    if (entry.updateId !== undefined) byUpdate.set(entry.updateId, [...(byUpdate.get(entry.updateId) ?? []), entry]);
  const { bavail, bsize } = await statfs(dataDir);
  return {
    format: 1,
    madeAt: new Date(now).toISOString(),
    product: {
      version: running.version,
      previous: pointer?.previous?.version ?? null,
      onTrial: Boolean(pointer?.trial),
      components: manifest?.components ?? [{ name: 'Arasul', type: 'product', version: running.version }],
    },
    machine: {
      arch: process.arch,
      hardware: hardwareOf(),
      node: process.versions.node,
      cores: cpus().length,
      memoryBytes: totalmem(),
      freeDiskBytes: bavail * bsize,
    },
    updates: [...byUpdate.values()].slice(-UPDATES).map(toUpdate),
    services: (state?.services ?? []).map(({ name, state: how, restarts }) => ({ name, state: how, restarts })),
    log: await digestLogs(join(dataDir, 'logs'), await ownWords(join(running.dir, 'dist'))),
  };
};
