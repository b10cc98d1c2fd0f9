import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { z } from 'zod';
import { Cron } from 'croner';
import { releaseManifest, trialCheck, type PageQuery, type Settings, type UpdateEvent, type UpdatesView } from '#contracts';
import { decodeCursor, toPage, type Database } from '#db';
import { createTrustStore, readPointer, updatePlaces } from '#updates';
import type { ProgressReader } from './progress.ts';
import type { UpdatesRepository } from './updates.repository.ts';

interface Needs {
  database: Pick<Database, 'db'>;
  repository: UpdatesRepository;
  progress: ProgressReader;
  policy: () => Settings['updates'];
  dataDir: string;
  /** Where the running product lies. */
  productDir: string;
}

type Row = Awaited<ReturnType<UpdatesRepository['list']>>[number];

const MS = 1_000;
const toEvent = (row: Row): UpdateEvent => ({
  id: row.id,
  from: row.version_from,
  to: row.version_to,
  state: row.state ?? row.status,
  source: row.source,
  startedAt: row.started_at.toISOString(),
  completedAt: row.completed_at?.toISOString() ?? null,
  durationMs: row.duration_seconds === null ? null : row.duration_seconds * MS,
  downtimeMs: row.downtime_ms,
  by: row.initiated_by,
  reason: row.error_message,
  failedCheck: row.failed_check,
  checks: z.array(trialCheck).parse(row.checks),
  logLines: z.array(z.string()).parse(row.log_lines),
});

const productFile = z.object({ version: z.string() });
const unknownProduct = { version: 'unknown' };

export const createUpdatesService = ({ database, repository, progress, policy, dataDir, productDir }: Needs) => {
  const places = updatePlaces(dataDir);
  const trust = createTrustStore(places.trust);
  const parseFile = <T>(file: string, schema: z.ZodType<T>): Promise<T | null> =>
    readFile(file, 'utf8').then(
      (text) => schema.parse(JSON.parse(text)),
      () => null,
    );
  return {
    /** What runs, of which parts, what it can return to, and whose releases are taken. */
    async view(): Promise<UpdatesView> {
      const pointer = await readPointer(places.pointer);
      const { version } = (await parseFile(join(productDir, 'package.json'), productFile)) ?? unknownProduct;
      const manifest = await parseFile(places.manifest(version), releaseManifest);
      return {
        version,
        previous: pointer?.previous?.version ?? null,
        onTrial: Boolean(pointer?.trial),
        components: manifest?.components ?? [{ name: 'Arasul', type: 'product', version }],
        trust: await trust.list(),
        current: await progress(pointer?.trial?.updateId ?? null),
        policy: {
          ...policy(),
          timeZone: Intl.DateTimeFormat().resolvedOptions().timeZone,
          nextAt: policy().automatic === 'on' ? (new Cron(`0 ${policy().hour} * * *`, { paused: true }).nextRun()?.toISOString() ?? null) : null,
        },
      };
    },
    /** What was applied, and what became of it, newest first. */
    async history({ limit, cursor }: PageQuery) {
      const after = cursor === undefined ? undefined : Number(decodeCursor(cursor, 1)[0]);
      return toPage(await repository.list(database.db, { after, limit: limit + 1 }), limit, ({ id }) => [id], toEvent);
    },
  };
};
export type UpdatesService = ReturnType<typeof createUpdatesService>;
