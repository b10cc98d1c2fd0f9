import type { NewTrust, TrustCandidateView, TrustView } from '#contracts';
import type { Database } from '#db';
import { createTrustStore, describeRoot, updatePlaces } from '#updates';
import type { Principal } from '../../http/index.ts';
import type { Audit } from '../audit/index.ts';

interface Needs {
  database: Pick<Database, 'db'>;
  audit: Audit;
  dataDir: string;
}

/** Whose releases this box takes. */
export const createTrustService = ({ database, audit, dataDir }: Needs) => {
  const store = createTrustStore(updatePlaces(dataDir).trust);
  const get = async (name: string): Promise<TrustView> => (await store.list()).find((one) => one.name === name)!;
  return {
    /** What a root is, before anybody trusts it. Errors: `validation_failed`. */
    describe: (root: string): TrustCandidateView => describeRoot(Buffer.from(root)),
    /** Errors: `validation_failed`, `conflict`. */
    async add(who: Principal, { name, root }: NewTrust): Promise<TrustView> {
      await store.add(name, Buffer.from(root));
      const added = await get(name);
      await audit.record(database.db, who, 'update_trust.added', name, { fingerprints: added.keys.map(({ fingerprint }) => fingerprint) });
      return added;
    },
    /** What a revoked source signed is refused from now on. Errors: `not_found`. */
    async setRevoked(who: Principal, name: string, revoked: boolean): Promise<TrustView> {
      await store.setRevoked(name, revoked);
      await audit.record(database.db, who, revoked ? 'update_trust.revoked' : 'update_trust.restored', name);
      return get(name);
    },
  };
};
export type TrustService = ReturnType<typeof createTrustService>;
