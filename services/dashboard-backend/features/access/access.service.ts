import type { AccessChange, AccessExplanation, AccessView, Grantee, GrantView, ShareCandidates } from '#contracts';
import type { Database, Tx } from '#db';
import { AppError } from '#kit';
import type { Principal } from '../../http/index.ts';
import type { Audit } from '../audit/index.ts';
import type { AccessRepository, FolderAbove, NamedGrant, Target } from './access.repository.ts';
import type { GroupsRepository } from './groups.repository.ts';
import { reasonsFor } from './reasons.ts';

/** What grants are on: found by the feature that it belongs to, which refuses what is closed to the reader. */
export interface Shareable extends Target {
  readonly name: string;
  readonly ownerName: string | null;
  readonly inherits: boolean;
  /** The folder that it stands in; null for a root. */
  readonly parentId: string | null;
  readonly mayShare: boolean;
}

interface Needs {
  database: Pick<Database, 'db' | 'inTransaction'>;
  repository: AccessRepository;
  groups: Pick<GroupsRepository, 'list'>;
  audit: Audit;
  find: Record<Target['kind'], (who: Principal, id: string) => Promise<Shareable>>;
}

const toGrant = (row: NamedGrant): GrantView => ({
  kind: row.everyone ? 'everyone' : row.group_id !== null ? 'group' : 'person',
  id: row.group_id ?? row.uid,
  name: row.group_name ?? row.username,
  level: row.level as GrantView['level'],
});

/** One name for a grantee, to compare by. */
const keyOf = (to: { kind: string; id?: string | null }): string => `${to.kind}:${to.id ?? ''}`;

/** The folders whose grants count for what stands in the first: up to where one does not inherit. */
const inheritedFrom = (inherits: boolean, chain: readonly FolderAbove[]): readonly FolderAbove[] => {
  if (!inherits) return [];
  const end = chain.findIndex((folder) => !folder.inherits);
  return end < 0 ? chain : chain.slice(0, end + 1);
};

/** Of a folder that is closed to the reader nothing is told, neither its name nor who is let in. */
const onlyOpen = (chain: readonly FolderAbove[]): readonly FolderAbove[] => chain.filter(({ is_open }) => is_open);

export type AccessService = ReturnType<typeof createAccessService>;

/** Who may see what: grants on folders and documents, and why somebody may or may not see one. */
export const createAccessService = ({ database, repository, groups, audit, find }: Needs) => {
  const { db } = database;

  const view = async (who: Principal, { kind, id }: Target): Promise<AccessView> => {
    const target = await find[kind](who, id);
    const above = target.parentId === null ? [] : onlyOpen(inheritedFrom(target.inherits, await repository.chain(db, who, target.parentId)));
    const grants = await repository.grantsOn(db, {
      folderIds: [...above.map((folder) => folder.id), ...(kind === 'folder' ? [id] : [])],
      ...(kind === 'document' ? { documentId: id } : {}),
    });
    const own = grants.filter((row) => (kind === 'folder' ? row.folder_id : row.document_id) === id);
    return {
      ownerName: target.ownerName,
      inherits: target.inherits,
      grants: own.map(toGrant),
      inherited: above.map((folder) => ({
        folderId: folder.id,
        folderName: folder.name,
        ownerName: folder.owner_name,
        grants: grants.filter((row) => row.folder_id === folder.id).map(toGrant),
      })),
      mayShare: target.mayShare,
    };
  };

  /** Public ids as the rows have them. Errors: `validation_failed` for somebody or a group that is not there. */
  const resolve = async (who: Principal, wanted: readonly Grantee[]) => {
    const people = new Map((await repository.people(db, who.workspaceId)).map((person) => [person.uid, person.id]));
    const known = new Set((await groups.list(db, who.workspaceId)).map((group) => group.id));
    return (to: Grantee) => {
      if (to.kind === 'everyone') return { everyone: true as const };
      const [user, isGroup] = [people.get(to.id), known.has(to.id)];
      if (to.kind === 'person' && user !== undefined) return { user_id: user };
      if (to.kind === 'group' && isGroup) return { group_id: to.id };
      throw new AppError('validation_failed', {
        message: `There is no such ${to.kind} any more. Close the dialog and open it again.`,
        details: { path: `grants.${wanted.indexOf(to)}.to` },
      });
    };
  };

  return {
    view,

    /** Replaces who may see a folder or document; revoked at once, also in searches under way. Errors: `not_found`, `forbidden`, `validation_failed`. */
    async change(who: Principal, target: Target, { inherits, grants }: AccessChange): Promise<AccessView> {
      const { name, mayShare, ownerName } = await find[target.kind](who, target.id);
      if (!mayShare) throw new AppError('forbidden', { message: `Only ${ownerName ?? 'its owner'} and administrators can say who may see “${name}”.` });
      const toRow = await resolve(
        who,
        grants.map(({ to }) => to),
      );
      const wanted = new Map(grants.map((grant) => [keyOf(grant.to), { ...grant, to: toRow(grant.to) }]));
      await database.inTransaction(async (tx: Tx) => {
        // Attachments that are being taken out of it wait, so that each has what is granted afterwards.
        await repository.lock(tx, target);
        const now = (await repository.grantsOn(tx, target.kind === 'folder' ? { folderIds: [target.id] } : { folderIds: [], documentId: target.id })).map(
          (row) => ({ rowId: row.id, key: keyOf(toGrant(row)), grant: toGrant(row) }),
        );
        const gone = now.filter(({ key }) => !wanted.has(key));
        if (gone.length > 0)
          await repository.removeGrants(
            tx,
            gone.map(({ rowId }) => rowId),
          );
        for (const [key, { to, level }] of wanted)
          if (now.find((each) => each.key === key)?.grant.level !== level)
            await repository.addGrant(tx, who.workspaceId, target, { to, level, by: who.username });
        await repository.setInherits(tx, target, inherits);
        const after = await repository.grantsOn(tx, target.kind === 'folder' ? { folderIds: [target.id] } : { folderIds: [], documentId: target.id });
        await audit.record(tx, who, 'access.changed', name, {
          [`${target.kind}Id`]: target.id,
          inherits,
          grants: after.map((row) => `${toGrant(row).name ?? 'everyone'}: ${row.level}`),
        });
      });
      // Whoever shut themselves out is told what they have done, not that there is nothing.
      return view(who, target).catch((error: unknown) => {
        if (!(error instanceof AppError) || error.code !== 'not_found') throw error;
        return { ownerName, inherits, grants: [], inherited: [], mayShare: false };
      });
    },

    /** Whom something can be shared with: people by name alone. */
    async candidates(who: Principal): Promise<ShareCandidates> {
      const [people, all] = await Promise.all([repository.people(db, who.workspaceId), groups.list(db, who.workspaceId)]);
      return {
        people: people.filter(({ is_active }) => is_active).map(({ uid, username }) => ({ id: uid, name: username })),
        groups: all.map(({ id, name }) => ({ id, name })),
      };
    },

    /** Who may see a document and why. Errors: `not_found`. */
    async explain(who: Principal, asked: { documentId?: string; passageId?: string }): Promise<AccessExplanation> {
      const document = await repository.findDocument(db, who.workspaceId, asked);
      if (document === undefined) throw new AppError('not_found', { message: 'There is no such document or passage; it was deleted for good.' });
      const chain = document.folder_id === null ? [] : await repository.chain(db, who, document.folder_id);
      const folderIds = chain.map(({ id }) => id);
      const grants = await repository.grantsOn(db, { folderIds, documentId: document.version_of ?? document.id });
      const groupIds = grants.flatMap(({ group_id }) => group_id ?? []);
      const [people, changes] = await Promise.all([
        repository.people(db, who.workspaceId),
        repository.changes(db, { documentId: document.version_of ?? document.id, folderIds, groupIds }),
      ]);
      return {
        document: {
          id: document.id,
          filename: document.filename,
          folders: chain.map(({ id, name, inherits }) => ({ id, name, inherits })).reverse(),
          ownerName: document.owner_name,
          inherits: document.inherits,
          status: document.status as AccessExplanation['document']['status'],
          hidden: document.deleted_at !== null ? 'deleted' : document.version_of !== null ? 'earlier_version' : document.chunk_count === 0 ? 'not_read' : null,
        },
        people: people.map((person) => ({
          id: person.uid,
          username: person.username,
          isActive: person.is_active,
          reasons: reasonsFor(person, { document, chain, grants }),
        })),
        changes: changes.map((row) => ({ at: row.at.toISOString(), actor: row.actor, action: row.action, subject: row.subject })),
      };
    },
  };
};
