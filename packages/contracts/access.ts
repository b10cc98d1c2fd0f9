import { z } from 'zod';
import { documentStatus } from './documents.ts';
import { id, instant } from './common.ts';

export const accessLevels = ['read', 'write'] as const;
export const accessLevel = z.enum(accessLevels);
export type AccessLevel = z.infer<typeof accessLevel>;

/** The roots of the tree are the folder that a workspace shares and one for each person alone. */
export const folderKinds = ['shared', 'private', 'folder'] as const;

const folderName = z
  .string()
  .trim()
  .min(1, 'A folder needs a name.')
  .max(255)
  .refine((name) => !/[/\\\u0000-\u001f]/.test(name) && name !== '.' && name !== '..', 'A name has no slashes.');

export const folderView = z.object({
  id,
  /** Null for a root, and where the folder above is not open to the reader. */
  parentId: id.nullable(),
  kind: z.enum(folderKinds),
  name: z.string(),
  ownerName: z.string().nullable(),
  /** Whoever is let into the folder above is let in here, too. */
  inherits: z.boolean(),
  /** Documents in it that are open to the reader, without those in folders below. */
  documents: z.number().int(),
  /** Rename, move and remove it. */
  mayChange: z.boolean(),
  /** Put documents and folders into it. */
  mayAdd: z.boolean(),
  /** Say who may see it. */
  mayShare: z.boolean(),
});
export type FolderView = z.infer<typeof folderView>;
export const folderList = z.object({ items: z.array(folderView) });

export const folderCreate = z.object({ parentId: id, name: folderName });
export const folderPatch = z
  .object({ name: folderName.optional(), parentId: id.optional() })
  .refine((patch) => Object.keys(patch).length > 0, 'Say what is to change: a name, or a folder to move to.');

export const documentPatch = z
  .object({ filename: z.string().trim().min(1).max(255).optional(), folderId: id.optional() })
  .refine((patch) => Object.keys(patch).length > 0, 'Say what is to change: a name, or a folder to move to.');

/** Whom a grant lets in. */
export const grantee = z.discriminatedUnion('kind', [
  z.object({ kind: z.literal('everyone') }),
  z.object({ kind: z.literal('group'), id }),
  z.object({ kind: z.literal('person'), id }),
]);
export type Grantee = z.infer<typeof grantee>;

export const grantView = z.object({
  kind: z.enum(['everyone', 'group', 'person']),
  /** Of the group or person; null for everybody. */
  id: id.nullable(),
  name: z.string().nullable(),
  level: accessLevel,
});
export type GrantView = z.infer<typeof grantView>;

/** Who may see a folder or a document. */
export const accessView = z.object({
  ownerName: z.string().nullable(),
  inherits: z.boolean(),
  grants: z.array(grantView),
  /** What comes from the folders above, the nearest first; empty when nothing is inherited. */
  inherited: z.array(z.object({ folderId: id, folderName: z.string(), ownerName: z.string().nullable(), grants: z.array(grantView) })),
  mayShare: z.boolean(),
});
export type AccessView = z.infer<typeof accessView>;

/** The whole of what is granted; what is left out is revoked. */
export const accessChange = z.object({
  inherits: z.boolean(),
  grants: z.array(z.object({ to: grantee, level: accessLevel })).max(500),
});
export type AccessChange = z.infer<typeof accessChange>;

const named = z.object({ id, name: z.string() });
/** Whom something can be shared with. */
export const shareCandidates = z.object({ people: z.array(named), groups: z.array(named) });
export type ShareCandidates = z.infer<typeof shareCandidates>;

export const groupView = z.object({ id, name: z.string(), members: z.array(named), createdAt: instant });
export type GroupView = z.infer<typeof groupView>;
export const groupList = z.object({ items: z.array(groupView) });
export const groupCreate = z.object({ name: z.string().trim().min(1).max(100), memberIds: z.array(id).max(1_000).default([]) });
export const groupPatch = z.object({ name: z.string().trim().min(1).max(100).optional(), memberIds: z.array(id).max(1_000).optional() });

/** One of the two says what is asked about. */
export const accessExplainQuery = z
  .object({ documentId: id.optional(), passageId: id.optional() })
  .refine(({ documentId, passageId }) => (documentId === undefined) !== (passageId === undefined), 'Name a document or a passage.');

/** Why somebody may see a document. */
export const accessReason = z.object({
  /** Their own document, their own folder, or a grant. */
  by: z.enum(['document_owner', 'folder_owner', 'grant']),
  level: accessLevel,
  /** The folder that it comes from; null for the document itself. */
  folderName: z.string().nullable(),
  /** The group that they are let in with; null for themselves or everybody. */
  groupName: z.string().nullable(),
  everyone: z.boolean(),
});
export type AccessReason = z.infer<typeof accessReason>;

/** Who may see a document and why, for administrators: also who may not, and what keeps it from being found. */
export const accessExplanation = z.object({
  document: z.object({
    id,
    filename: z.string(),
    /** From the root down. */
    folders: z.array(z.object({ id, name: z.string(), inherits: z.boolean() })),
    ownerName: z.string().nullable(),
    inherits: z.boolean(),
    status: documentStatus,
    /** Why nobody finds it, however open it is; null when it can be found. */
    hidden: z.enum(['deleted', 'not_read', 'earlier_version']).nullable(),
  }),
  people: z.array(z.object({ id, username: z.string(), isActive: z.boolean(), reasons: z.array(accessReason) })),
  /** The latest changes of who may see it, newest first. */
  changes: z.array(z.object({ at: instant, actor: z.string().nullable(), action: z.string(), subject: z.string().nullable() })),
});
export type AccessExplanation = z.infer<typeof accessExplanation>;
