import { existsSync } from 'node:fs';
import { join } from 'node:path';
import type { Database, Db, Notifier } from '#db';
import type { Clock, Env, Logger } from '#kit';
import type { CatalogueEntry } from './catalogue/catalogue.ts';
import { recommend, whyNot, type Machine } from './catalogue/machine.ts';
import { effectiveModels, missingDefault } from './defaults.ts';
import { createDownloads, type DownloadEvents } from './downloads/downloads.ts';
import { removeModel } from './downloads/fetch-model.ts';
import { WANTED, type ModelRow, type ModelsRepository } from './models.repository.ts';
import type { Runtime } from './runtime.ts';
import type { ModelShelf } from './shelf.ts';

interface Needs {
  database: Pick<Database, 'db' | 'inTransaction'>;
  notifier: Pick<Notifier, 'publish' | 'subscribe' | 'onReconnect'>;
  repository: ModelsRepository;
  catalogue: readonly CatalogueEntry[];
  shelf: ModelShelf;
  residency: Pick<Runtime, 'unload' | 'warm'>;
  machine: Machine;
  /** Where downloads go: `<id>/...`. */
  modelsDir: string;
  hubEndpoint: string;
  isHubReachable: () => Promise<boolean>;
  /** Whether the default models may be fetched without being asked. */
  mayFetchDefaults: boolean;
  /** Whether another runtime answers: then nothing is fetched or loaded ahead. */
  isReplaced: () => boolean;
  env: Env;
  clock: Clock;
  log: Logger;
}

/**
 * Keeps disk and memory to what the rows of `models` say, and the rows to what the disk has. Everything is one step that can be repeated
 * (`reconcile`): at the start, after a signal, after a lost connection. So nothing hangs on a signal that was missed or a process that died.
 */
export const createSteward = (needs: Needs) => {
  const { database, notifier, repository, catalogue, shelf, residency, machine, modelsDir, clock, log } = needs;
  const { db } = database;
  let tail: Promise<void> = Promise.resolve();
  let timer: NodeJS.Timeout | undefined;
  let isStopped = false;
  let warmed = '';

  const changed = (modelId: string) => notifier.publish(db, 'models.changed', { modelId });

  /** Says that models can be used now, in this order: first they can, then the rows and the signals say so. */
  const announce = async (sources: ReadonlyMap<string, string | null>): Promise<void> => {
    const rows = (await repository.list(db)).map((row) => (sources.has(row.id) ? { ...row, state: 'ready' } : row));
    const effective = effectiveModels(rows, catalogue);
    shelf.setActive(effective);
    await database.inTransaction(async (tx) => {
      for (const [id, source] of sources) {
        await repository.set(tx, id, {
          state: 'ready',
          source,
          path: shelf.stock().get(id)?.folder ?? null,
          ...noProgress,
          error_code: null,
          error_message: null,
          attempts: 0,
        });
      }
      await activateUnchosen(tx, rows, effective);
    });
    for (const id of sources.keys()) await changed(id);
  };

  /** Where nobody chose, what answers is what is shown as chosen. */
  const activateUnchosen = async (tx: Db, rows: readonly ModelRow[], effective: ReadonlyMap<string, string>): Promise<void> => {
    for (const [purpose, id] of effective) {
      if (!rows.some((row) => row.purpose === purpose && row.active)) await repository.activate(tx, purpose, id);
    }
  };

  const events: DownloadEvents = {
    async begun(id) {
      await repository.setWhileWanted(db, id, { state: 'downloading', retry_at: null });
      await changed(id);
    },
    pinned: async (id, revision) => void (await repository.set(db, id, { revision })),
    async progressed(id, { doneBytes, totalBytes, bytesPerSecond, etaMs }) {
      const isWanted = await repository.setWhileWanted(db, id, {
        done_bytes: doneBytes,
        bytes_per_second: bytesPerSecond,
        eta_ms: etaMs,
        ...(totalBytes > 0 ? { size_bytes: totalBytes } : {}),
      });
      await changed(id);
      return isWanted;
    },
    async finished(id, source) {
      await shelf.scan();
      await announce(new Map([[id, source]]));
    },
    async willRetry(id, { code, message }, attempts, atMs) {
      await repository.setWhileWanted(db, id, {
        state: 'queued',
        error_code: code,
        error_message: message,
        attempts,
        retry_at: new Date(atMs),
        bytes_per_second: null,
        eta_ms: null,
      });
      await changed(id);
    },
    async failed(id, { code, message }) {
      await repository.setWhileWanted(db, id, { state: 'failed', error_code: code, error_message: message, ...noProgress });
      await changed(id);
    },
  };
  const downloads = createDownloads({ modelsDir, hubEndpoint: needs.hubEndpoint, env: needs.env, events, clock, log });

  /** The catalogue and what was brought, as rows; and each row's state as the disk has it. */
  const writeFacts = async (): Promise<void> => {
    const stock = await shelf.scan();
    const brought = [...stock.values()].map(({ entry }) => entry).filter(({ id }) => !catalogue.some((known) => known.id === id));
    const entries = [...catalogue, ...brought];
    const best = new Set(
      (['chat', 'embed', 'rerank'] as const).map(
        (purpose) =>
          recommend(
            catalogue.filter((entry) => entry.purpose === purpose),
            machine,
          )?.id,
      ),
    );
    await database.inTransaction(async (tx) => {
      for (const entry of entries) await repository.upsertFacts(tx, { ...entry, recommended: best.has(entry.id), whyNot: whyNot(entry, machine) });
      await repository.forgetOthers(
        tx,
        entries.map(({ id }) => id),
      );
    });
  };

  const matchDisk = async (rows: readonly ModelRow[]): Promise<void> => {
    const arrived = new Map<string, string | null>();
    for (const row of rows) {
      const found = shelf.stock().get(row.id);
      const isLeaving = row.state === 'available' && row.path !== null;
      if (found && row.state !== 'ready' && !isLeaving && !downloads.isRunning(row.id)) {
        arrived.set(row.id, found.place === 'models folder' ? found.place : row.source);
      } else if (!found && row.state === 'ready') {
        await repository.set(db, row.id, { state: 'available', path: null, ...noProgress });
        await changed(row.id);
      }
    }
    if (arrived.size > 0) await announce(arrived);
  };

  /** Files of models that were removed, and leftovers of downloads that were cancelled; never what somebody copied there. */
  const sweep = async (rows: readonly ModelRow[]): Promise<void> => {
    for (const row of rows.filter(({ state }) => state === 'available')) {
      const folder = join(modelsDir, row.id);
      const isInModelsFolder = shelf.stock().get(row.id)?.place === 'models folder';
      if (isInModelsFolder || (row.path === null && (row.requested_at === null || !existsSync(folder)))) continue;
      await downloads.stop(row.id);
      await residency.unload(row.id);
      await removeModel(folder);
      await repository.set(db, row.id, { path: null, source: null, revision: null, requested_at: null, ...noProgress });
      await changed(row.id);
      await shelf.scan();
    }
  };

  /** On a box without a model of a purpose, the one to fetch by itself is asked for. */
  const askForDefaults = async (rows: readonly ModelRow[]): Promise<void> => {
    if (!needs.mayFetchDefaults || needs.isReplaced()) return;
    for (const purpose of ['embed', 'chat'] as const) {
      const id = await missingDefault({ purpose, rows, catalogue, machine, isHubReachable: needs.isHubReachable });
      if (!id) continue;
      await database.inTransaction(async (tx) => {
        await repository.activate(tx, purpose, id);
        await repository.request(tx, id);
      });
      await changed(id);
      log.info({ model: id, purpose }, 'no model of this purpose is here; fetching the default');
    }
  };

  const use = (rows: readonly ModelRow[]): void => {
    const effective = effectiveModels(rows, catalogue);
    shelf.setActive(effective);
    const key = [...effective.values()].join(' ');
    if (key === warmed) return;
    warmed = key;
    // Loaded before the first question, but nobody waits for it. The small one first: uploads can be embedded while the large one loads.
    void (async () => {
      for (const purpose of ['embed', 'rerank', 'chat'] as const) {
        if (!effective.has(purpose) || needs.isReplaced()) continue;
        await residency.warm(purpose).catch((error: unknown) => log.warn({ error, purpose }, 'a model could not be loaded ahead of its first use'));
      }
    })();
  };

  const step = async (): Promise<void> => {
    if (isStopped) return;
    clearTimeout(timer);
    await shelf.scan();
    await matchDisk(await repository.list(db));
    await askForDefaults(await repository.list(db));
    await sweep(await repository.list(db));
    const rows = await repository.list(db);
    use(rows);
    const wanted = rows
      .filter(({ state }) => WANTED.some((one) => one === state))
      .sort((a, b) => (a.requested_at?.getTime() ?? 0) - (b.requested_at?.getTime() ?? 0) || a.size_bytes - b.size_bytes)
      .flatMap((row) => {
        const entry = catalogue.find(({ id }) => id === row.id);
        return entry ? [{ entry, revision: row.revision, attempts: row.attempts, retryAtMs: row.retry_at?.getTime() ?? null }] : [];
      });
    await downloads.keepTo(wanted, () => void reconcile());
    const next = Math.min(...wanted.flatMap(({ retryAtMs }) => (retryAtMs === null ? [] : [retryAtMs])));
    if (Number.isFinite(next)) timer = setTimeout(() => void reconcile(), Math.max(250, next - clock.now()));
  };

  /** One after another; a step that fails (the database is away) is taken again when the connection is back, or in a while. */
  const reconcile = (): Promise<void> => {
    tail = tail.then(step).catch((error: unknown) => {
      log.warn({ error }, 'models could not be looked after now; it is tried again');
      if (!isStopped) timer = setTimeout(() => void reconcile(), 5_000);
    });
    return tail;
  };

  let ends: (() => void)[] = [];
  return {
    /** Writes what there is, then looks after it until stopped. Resolves when the models on disk can be asked. */
    async start(): Promise<void> {
      await writeFacts();
      await repository.retryDefaults(db);
      shelf.setActive(effectiveModels(await repository.list(db), catalogue));
      ends = [
        notifier.subscribe('models.command', () => void reconcile()),
        notifier.subscribe('settings.changed', () => void reconcile()),
        notifier.onReconnect(() => void reconcile()),
      ];
      void reconcile();
    },
    reconcile,
    async stop(): Promise<void> {
      isStopped = true;
      clearTimeout(timer);
      for (const end of ends) end();
      await downloads.stopAll();
      await tail;
    },
  };
};

const noProgress = { done_bytes: 0, bytes_per_second: null, eta_ms: null, retry_at: null };
