import { readJournal, compareSettings, readPointer, updatePlaces } from '#updates';
import type { RollBackPreview, UpdateRequestView } from '#contracts';
import type { Database, Db } from '#db';
import { AppError, newId } from '#kit';
import type { Principal } from '../../http/index.ts';
import type { Audit } from '../audit/index.ts';
import { toBundle, toRequest } from './bundle-views.ts';
import type { BundlesRepository } from './bundles.repository.ts';

interface Needs {
  database: Pick<Database, 'db' | 'inTransaction'>;
  repository: BundlesRepository;
  audit: Audit;
  dataDir: string;
  runningVersion: () => Promise<string>;
}

const STAYS = {
  en: [
    'Documents, conversations, people and everything else that was written since stay: the release before runs on the newer schema.',
    'The box starts again; nobody is answered for some seconds.',
  ],
  de: [
    'Dokumente, Gespräche, Personen und alles andere, was seither geschrieben wurde, bleiben: die Version davor läuft auf dem neueren Schema.',
    'Die Box startet neu; einige Sekunden lang antwortet sie nicht.',
  ],
};

/** What is asked of the updater: check a bundle, apply it, return to the release before. */
export const createUpdateRequests = ({ database, repository, audit, dataDir, runningVersion }: Needs) => {
  const places = updatePlaces(dataDir);
  const busy = (): AppError =>
    new AppError('update_busy', { message: 'An update or a way back is under way or waits to begin. Let it end, then decide again.' });
  const bundleOf = async (db: Db, id: string) => {
    const row = await repository.findForUpdate(db, id);
    if (!row) throw new AppError('not_found', { message: 'There is no such bundle on this box.' });
    return toBundle(row);
  };

  return {
    async list() {
      const [bundles, requests] = await Promise.all([repository.list(database.db), repository.listRequests(database.db)]);
      return { bundles: bundles.map(toBundle), requests: requests.map(toRequest) };
    },

    /** Has a bundle checked anew, as when its maker was trusted only now. Errors: `not_found`, `conflict` for one that is not whole. */
    check: (who: Principal, id: string): Promise<UpdateRequestView> =>
      database.inTransaction(async (tx) => {
        const bundle = await bundleOf(tx, id);
        if (bundle.state === 'receiving') throw new AppError('conflict', { message: `“${bundle.name}” has not arrived whole yet.` });
        const open = await repository.findOpenRequest(tx, id);
        if (open) return toRequest(open);
        await repository.setState(tx, id, 'waiting');
        const row = await repository.insertRequest(tx, { id: newId(), kind: 'check', reason: 'person', bundleId: id, agreed: null, by: who.username });
        return toRequest(row!);
      }),

    /** Applies the bundle whose plan was read, which `sha256` names. Errors: `not_found`, `conflict`, `update_busy`. */
    apply: (who: Principal, id: string, { sha256 }: { sha256: string }): Promise<UpdateRequestView> =>
      database.inTransaction(async (tx) => {
        const { name, state, plan } = await bundleOf(tx, id);
        if (state !== 'ready' || !plan)
          throw new AppError('conflict', { message: `“${name}” is not checked, or was refused; only a bundle that was found good can be applied.` });
        if (plan.sha256 !== sha256)
          throw new AppError('conflict', { message: `“${name}” is not the bundle whose plan was read: it was exchanged meanwhile. Read its plan again.` });
        const row = await repository.insertRequest(tx, { id: newId(), kind: 'apply', reason: 'person', bundleId: id, agreed: sha256, by: who.username });
        if (!row) throw busy();
        await audit.record(tx, who, 'update.apply_asked', name, { from: plan.from, to: plan.to, sha256 });
        return toRequest(row);
      }),

    /** What “roll back” would undo. */
    async previewRollBack(): Promise<RollBackPreview> {
      const pointer = await readPointer(places.pointer);
      const journal = await readJournal(places.journal);
      const point = journal.findLast(({ state, to }) => state === 'backed_up' && to === pointer?.release.version);
      const lost = pointer?.previous && point?.restorePoint ? await compareSettings(database, point.restorePoint.path) : null;
      return {
        from: await runningVersion(),
        to: pointer?.previous?.version ?? null,
        takenAt: lost && point ? point.at : null,
        settings: lost?.settings ?? [],
        models: lost?.models ?? { leave: [], return: [] },
        words: STAYS,
      };
    },

    /** Returns to the release before. Errors: `conflict` when there is none, `update_busy`. */
    async rollBack(who: Principal): Promise<UpdateRequestView> {
      const pointer = await readPointer(places.pointer);
      const previous = pointer?.previous;
      if (!previous) throw new AppError('conflict', { message: 'There is no earlier release on this box to return to.' });
      return database.inTransaction(async (tx) => {
        const row = await repository.insertRequest(tx, { id: newId(), kind: 'roll_back', reason: 'person', bundleId: null, agreed: null, by: who.username });
        if (!row) throw busy();
        await audit.record(tx, who, 'update.roll_back_asked', `${pointer.release.version} → ${previous.version}`);
        return toRequest(row);
      });
    },
  };
};
export type UpdateRequests = ReturnType<typeof createUpdateRequests>;
