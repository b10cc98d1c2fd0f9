import type { FolderView } from '#contracts';
import { isUniqueViolation, type Database } from '#db';
import { AppError } from '#kit';
import { roleAllows, type Principal } from '../../http/index.ts';
import type { Audit } from '../audit/index.ts';
import type { FolderRow, FoldersRepository } from './folders.repository.ts';

interface Needs {
  database: Pick<Database, 'db' | 'inTransaction'>;
  repository: FoldersRepository;
  audit: Audit;
}

const isRoot = ({ kind }: FolderRow): boolean => kind !== 'folder';

/** Its owner, those with the right to write and administrators change a folder that is open to them; the roots stay as they are. */
const mayChange = (who: Principal, folder: FolderRow): boolean =>
  !isRoot(folder) && ((folder.writable && roleAllows(who.role, 'user')) || roleAllows(who.role, 'admin'));

/** Everybody but viewers adds to the folder that all share. */
const mayAdd = (who: Principal, folder: FolderRow): boolean =>
  roleAllows(who.role, 'user') && (folder.kind === 'shared' || folder.writable || mayChange(who, folder));

/** A grant is its owner's to give, or an administrator's to whom the folder is open. A private root is never shared: a folder in it is. */
const mayShare = (who: Principal, folder: FolderRow): boolean =>
  folder.kind !== 'private' && ((folder.owner_id === who.userId && roleAllows(who.role, 'user')) || roleAllows(who.role, 'admin'));

const plural = (count: number, one: string): string => `${count} ${one}${count === 1 ? '' : 's'}`;

export type FoldersService = ReturnType<typeof createFoldersService>;

/** The tree that documents stand in. Whoever cannot see a folder is told that there is none. */
export const createFoldersService = ({ database, repository, audit }: Needs) => {
  const { db } = database;

  const view = (who: Principal, row: FolderRow, isOpen: (id: string) => boolean): FolderView => ({
    id: row.id,
    parentId: row.parent_id !== null && isOpen(row.parent_id) ? row.parent_id : null,
    kind: row.kind as FolderView['kind'],
    name: row.name,
    ownerName: row.owner_name,
    inherits: row.inherits,
    documents: row.documents,
    mayChange: mayChange(who, row),
    mayAdd: mayAdd(who, row),
    mayShare: mayShare(who, row),
  });

  const list = async (who: Principal): Promise<FolderView[]> => {
    const rows = await repository.list(db, who);
    const open = new Set(rows.map(({ id }) => id));
    return rows.map((row) => view(who, row, (id) => open.has(id)));
  };

  const find = async (who: Principal, id: string, at = db): Promise<FolderRow> => {
    const row = await repository.find(at, who, id);
    if (row === undefined) throw new AppError('not_found', { message: 'There is no such folder; it may have been removed.' });
    return row;
  };

  const get = async (who: Principal, id: string): Promise<FolderView> => {
    const found = (await list(who)).find((each) => each.id === id);
    if (found === undefined) throw new AppError('not_found', { message: 'There is no such folder; it may have been removed.' });
    return found;
  };

  const requireMayChange = (who: Principal, row: FolderRow): void => {
    if (mayChange(who, row)) return;
    throw new AppError('forbidden', {
      message: isRoot(row)
        ? `“${row.name}” is a root of the box's folders; it stays as it is.`
        : `“${row.name}” belongs to ${row.owner_name ?? 'somebody else'}; only its owner, people with the right to write, and administrators can change it.`,
    });
  };

  /** The folder, if documents and folders may be put into it. Errors: `not_found`, `forbidden`. */
  const requireMayAdd = async (who: Principal, id: string, at = db): Promise<FolderRow> => {
    const row = await find(who, id, at);
    if (!mayAdd(who, row))
      throw new AppError('forbidden', { message: `You may read “${row.name}”, but put nothing into it. Ask ${row.owner_name ?? 'an administrator'}.` });
    return row;
  };

  const unlessTaken = async <T>(name: string, work: () => Promise<T>): Promise<T> => {
    try {
      return await work();
    } catch (error) {
      if (isUniqueViolation(error))
        throw new AppError('conflict', { message: `There is a folder named “${name}” here already. Choose another name.`, details: { path: 'name' } });
      throw error;
    }
  };

  return {
    list: async (who: Principal) => ({ items: await list(who) }),
    find,
    requireMayAdd,
    mayShare,

    /** Errors: `not_found`, `forbidden`, `conflict` for a name that is taken. */
    async create(who: Principal, { parentId, name }: { parentId: string; name: string }): Promise<FolderView> {
      const id = await unlessTaken(name, () =>
        database.inTransaction(async (tx) => {
          await repository.lockTree(tx, who);
          await requireMayAdd(who, parentId, tx);
          const made = await repository.insert(tx, { workspace_id: who.workspaceId, parent_id: parentId, name, owner_id: who.userId });
          await audit.record(tx, who, 'folder.created', name, { folderId: made.id });
          return made.id;
        }),
      );
      return get(who, id);
    },

    /** Renames or moves a folder with all that is in it. Errors: `not_found`, `forbidden`, `conflict`. */
    async change(who: Principal, id: string, { name, parentId }: { name?: string; parentId?: string }): Promise<FolderView> {
      const { name: now } = await find(who, id);
      await unlessTaken(name ?? now, () =>
        database.inTransaction(async (tx) => {
          await repository.lockTree(tx, who);
          const row = await find(who, id, tx);
          requireMayChange(who, row);
          if (parentId !== undefined) {
            // Where it stands decides who may see it: only who may share it may move it.
            if (!mayShare(who, row))
              throw new AppError('forbidden', {
                message: `You may change “${row.name}”, but only ${row.owner_name ?? 'an administrator'} or an administrator can move it.`,
              });
            const to = await requireMayAdd(who, parentId, tx);
            if (await repository.isWithin(tx, parentId, id))
              throw new AppError('conflict', { message: `“${row.name}” cannot be moved into itself or a folder below it (“${to.name}”).` });
          }
          await repository.update(tx, id, { ...(name === undefined ? {} : { name }), ...(parentId === undefined ? {} : { parent_id: parentId }) });
          await audit.record(tx, who, parentId === undefined ? 'folder.renamed' : 'folder.moved', row.name, { folderId: id, name, parentId });
        }),
      );
      return get(who, id);
    },

    /** Removes an empty folder; what is in it would otherwise change hands unseen. Errors: `not_found`, `forbidden`, `conflict`. */
    async remove(who: Principal, id: string): Promise<void> {
      await database.inTransaction(async (tx) => {
        await repository.lockTree(tx, who);
        const row = await find(who, id, tx);
        requireMayChange(who, row);
        const { documents, folders } = await repository.countContents(tx, id);
        if (documents + folders > 0)
          throw new AppError('conflict', {
            message: `“${row.name}” holds ${plural(documents, 'document')} and ${plural(folders, 'folder')}, some of which you may not see. Move or delete them first.`,
          });
        await repository.remove(tx, id);
        await audit.record(tx, who, 'folder.removed', row.name, { folderId: id });
      });
    },
  };
};
