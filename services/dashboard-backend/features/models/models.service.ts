import { admit, findMemory, refuseUnfit, toCandidate } from '#admission';
import type { ModelsAnswer, ModelView, Settings } from '#contracts';
import type { FoundRuntime, RuntimeHealth } from '#clients';
import type { ChannelPayload } from '#contracts';
import type { Database, Notifier, Tx } from '#db';
import { AppError, type Clock } from '#kit';
import type { Principal } from '../../http/index.ts';
import type { Audit } from '../audit/index.ts';
import { ON_ITS_WAY, type ModelRow, type ModelsRepository } from './models.repository.ts';

type Command = ChannelPayload<'models.command'>['command'];

interface Needs {
  database: Pick<Database, 'db' | 'inTransaction'>;
  notifier: Pick<Notifier, 'publish'>;
  repository: ModelsRepository;
  audit: Audit;
  settings: () => Settings['models'];
  runtimeHealth: () => Promise<RuntimeHealth>;
  findRuntimes: () => Promise<FoundRuntime[]>;
  clock: Clock;
}

/** Another runtime is started by hand; a look every half minute finds it soon enough. */
const FIND_EVERY_MS = 30_000;

const gb = (bytes: number): string => `${(bytes / 1e9).toFixed(1)} GB`;

export const createModelsService = ({ database, notifier, repository, audit, settings, runtimeHealth, findRuntimes, clock }: Needs) => {
  let found: { at: number; runtimes: Promise<FoundRuntime[]> } | undefined;

  const lookAround = (): Promise<FoundRuntime[]> => {
    if (!found || clock.now() - found.at > FIND_EVERY_MS) found = { at: clock.now(), runtimes: findRuntimes() };
    return found.runtimes;
  };

  /** One wish: the row, the audit line and the signal to the runtime together, or nothing. */
  const wish = (who: Principal, id: string, command: Command, action: string, change: (tx: Tx, row: ModelRow) => Promise<ModelRow>): Promise<ModelView> =>
    database.inTransaction(async (tx) => {
      const row = await repository.findForUpdate(tx, id);
      if (!row) throw new AppError('model_unknown', { message: `There is no model called ${id}.` });
      const changed = await change(tx, row);
      await audit.record(tx, who, action, id);
      await notifier.publish(tx, 'models.command', { modelId: id, command });
      await notifier.publish(tx, 'models.changed', { modelId: id });
      return toView(changed, await findMemory(tx));
    });

  return {
    /** Every model with how far it is, the runtime in use, and others found on this machine. */
    async list(): Promise<ModelsAnswer> {
      const { externalUrl } = settings();
      const [rows, health, runtimes, seen] = await Promise.all([repository.list(database.db), runtimeHealth(), lookAround(), findMemory(database.db)]);
      return {
        items: rows.map((row) => toView(row, externalUrl === '' ? seen : null)),
        nextCursor: null,
        runtime: { kind: externalUrl ? 'external' : 'embedded', url: externalUrl || null, ...health },
        memory: seen?.memory ?? null,
        found: runtimes.filter(({ url }) => url !== externalUrl),
      };
    },

    /** Puts a model in the line of downloads; nothing changes for one that is in it. Errors: `model_unknown`, `model_too_large`, `conflict` when it is there. */
    download: (who: Principal, id: string) =>
      wish(who, id, 'download', 'model.download_requested', async (tx, row) => {
        if (row.state === 'ready') throw new AppError('conflict', { message: `${row.name} is on this machine already.` });
        if (!row.fits)
          throw new AppError('model_too_large', {
            message: row.fits_reason ?? `${row.name} does not fit this machine.`,
            details: { memoryBytes: row.memory_bytes },
          });
        return ON_ITS_WAY.includes(row.state) ? row : repository.request(tx, id);
      }),

    /** Stops a download and removes what came. Errors: `model_unknown`, `conflict` when none is on its way. */
    cancel: (who: Principal, id: string) =>
      wish(who, id, 'cancel', 'model.download_cancelled', async (tx, row) => {
        if (!ON_ITS_WAY.includes(row.state)) throw new AppError('conflict', { message: `${row.name} is not being downloaded.` });
        return repository.release(tx, id);
      }),

    /**
     * Makes it the one that answers, as soon as it is there. Errors: `model_unknown`, `conflict` when it was not even asked for, `model_too_large` and
     * `memory_short` with the numbers when the box cannot make room for it.
     */
    activate: (who: Principal, id: string) =>
      wish(who, id, 'activate', 'model.activated', async (tx, row) => {
        if (row.state !== 'ready' && !ON_ITS_WAY.includes(row.state))
          throw new AppError('conflict', { message: `${row.name} is not on this machine. Download it first (${gb(row.size_bytes)}).` });
        const seen = row.purpose === 'chat' && row.state === 'ready' && settings().externalUrl === '' ? await findMemory(tx) : null;
        if (seen) refuseUnfit(admit(toCandidate(row), seen.memory, seen.held));
        return repository.activate(tx, row);
      }),

    /** Removes a model's files. Errors: `model_unknown`, `conflict` when it is not there or lies in the person's own folder. */
    remove: (who: Principal, id: string) =>
      wish(who, id, 'remove', 'model.removed', async (tx, row) => {
        if (row.state !== 'ready' && row.state !== 'failed') throw new AppError('conflict', { message: `${row.name} is not on this machine.` });
        if (row.source === 'models folder')
          throw new AppError('conflict', { message: `${row.name} lies in your own models folder (${row.path}), which Arasul never changes. Remove it there.` });
        return repository.release(tx, id);
      }),
  };
};

export type ModelsService = ReturnType<typeof createModelsService>;

type Seen = Awaited<ReturnType<typeof findMemory>>;

const memoryOf = (row: ModelRow, seen: Seen): ModelView['memory'] => {
  if (seen === null || row.purpose !== 'chat' || row.state !== 'ready') return null;
  const { verdict, message, need } = admit(toCandidate(row), seen.memory, seen.held);
  return { verdict, message, neededBytes: need.totalBytes, contextBytes: need.contextBytes };
};

const toView = (row: ModelRow, seen: Seen): ModelView => ({
  id: row.id,
  name: row.name,
  purpose: row.purpose as ModelView['purpose'],
  sizeBytes: row.size_bytes,
  memoryBytes: row.memory_bytes,
  contextTokens: row.context_tokens,
  languages: row.languages,
  licence: row.licence,
  description: row.description,
  state: row.state as ModelView['state'],
  active: row.active,
  recommended: row.recommended,
  fits: row.fits,
  reason: row.fits_reason,
  memory: memoryOf(row, seen),
  source: row.source,
  download: ON_ITS_WAY.includes(row.state)
    ? { doneBytes: row.done_bytes, totalBytes: row.size_bytes, bytesPerSecond: row.bytes_per_second, etaMs: row.eta_ms }
    : null,
  error: row.error_code === null ? null : { code: row.error_code, message: row.error_message ?? '' },
  updatedAt: row.updated_at.toISOString(),
});
