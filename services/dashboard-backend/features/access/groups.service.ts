import type { GroupView } from '#contracts';
import { isUniqueViolation, type Database, type Tx } from '#db';
import { AppError } from '#kit';
import type { Principal } from '../../http/index.ts';
import type { Audit } from '../audit/index.ts';
import type { GroupsRepository } from './groups.repository.ts';

interface Needs {
  database: Pick<Database, 'db' | 'inTransaction'>;
  repository: GroupsRepository;
  audit: Audit;
}

type Row = Awaited<ReturnType<GroupsRepository['list']>>[number];
const toView = (row: Row): GroupView => ({ id: row.id, name: row.name, members: row.members, createdAt: row.created_at.toISOString() });

export type GroupsService = ReturnType<typeof createGroupsService>;

/** Groups of people, to let them in together. */
export const createGroupsService = ({ database, repository, audit }: Needs) => {
  const get = async (who: Principal, id: string): Promise<GroupView> =>
    toView((await repository.list(database.db, who.workspaceId)).find((row) => row.id === id)!);

  const setMembers = async (tx: Tx, who: Principal, id: string, memberIds: readonly string[]): Promise<void> => {
    const wanted = [...new Set(memberIds)];
    if ((await repository.setMembers(tx, who.workspaceId, id, wanted)) < wanted.length)
      throw new AppError('validation_failed', {
        message: 'One of these accounts is not there any more. Reload the list of people.',
        details: { path: 'memberIds' },
      });
  };

  const unlessTaken = async <T>(name: string | undefined, work: () => Promise<T>): Promise<T> => {
    try {
      return await work();
    } catch (error) {
      if (isUniqueViolation(error)) throw new AppError('conflict', { message: `There is a group named “${name}” already.`, details: { path: 'name' } });
      throw error;
    }
  };

  return {
    list: async (who: Principal) => ({ items: (await repository.list(database.db, who.workspaceId)).map(toView) }),

    /** Errors: `conflict` for a name that is taken, `validation_failed` for an account that is not there. */
    async create(who: Principal, { name, memberIds }: { name: string; memberIds: readonly string[] }): Promise<GroupView> {
      const id = await unlessTaken(name, () =>
        database.inTransaction(async (tx) => {
          const made = await repository.insert(tx, who.workspaceId, name);
          await setMembers(tx, who, made.id, memberIds);
          await audit.record(tx, who, 'group.created', name, { groupId: made.id, members: memberIds.length });
          return made.id;
        }),
      );
      return get(who, id);
    },

    /** Renames a group, or says who is in it. Errors: `not_found`, `conflict`, `validation_failed`. */
    async change(who: Principal, id: string, { name, memberIds }: { name?: string; memberIds?: readonly string[] }): Promise<GroupView> {
      await unlessTaken(name, () =>
        database.inTransaction(async (tx) => {
          const row = await repository.lock(tx, who.workspaceId, id);
          if (row === undefined) throw new AppError('not_found', { message: 'There is no such group; it may have been removed.' });
          if (name !== undefined) await repository.rename(tx, id, name);
          if (memberIds !== undefined) await setMembers(tx, who, id, memberIds);
          await audit.record(tx, who, 'group.changed', name ?? row.name, { groupId: id, ...(memberIds === undefined ? {} : { members: memberIds.length }) });
        }),
      );
      return get(who, id);
    },

    /** Removes a group and what was granted to it. Errors: `not_found`. */
    async remove(who: Principal, id: string): Promise<void> {
      await database.inTransaction(async (tx) => {
        const row = await repository.lock(tx, who.workspaceId, id);
        if (row === undefined) throw new AppError('not_found', { message: 'There is no such group; it may have been removed.' });
        await repository.remove(tx, id);
        await audit.record(tx, who, 'group.removed', row.name, { groupId: id });
      });
    },
  };
};
