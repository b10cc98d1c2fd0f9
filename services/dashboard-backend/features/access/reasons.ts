import type { AccessReason } from '#contracts';
import type { FolderAbove, NamedGrant } from './access.repository.ts';

interface Asked {
  readonly document: { readonly owner_id: number | null; readonly inherits: boolean };
  /** The document's folder and those above it, the nearest first. */
  readonly chain: readonly FolderAbove[];
  /** Grants on the document and on any of these folders. */
  readonly grants: readonly NamedGrant[];
}

/**
 * Why a person may see a document: every way in, the nearest first; none means that it is closed to them. It says in words what
 * `readableBy` says in SQL, and a test holds the two together.
 */
export const reasonsFor = (person: { readonly id: number; readonly group_ids: readonly string[] }, { document, chain, grants }: Asked): AccessReason[] => {
  const lets = (grant: NamedGrant): boolean =>
    grant.everyone || grant.user_id === person.id || (grant.group_id !== null && person.group_ids.includes(grant.group_id));
  const byGrant = (grant: NamedGrant, folderName: string | null): AccessReason => ({
    by: 'grant',
    level: grant.level as AccessReason['level'],
    folderName,
    groupName: grant.group_name,
    everyone: grant.everyone,
  });
  const reasons: AccessReason[] = [];
  if (document.owner_id === person.id) reasons.push({ by: 'document_owner', level: 'write', folderName: null, groupName: null, everyone: false });
  reasons.push(...grants.filter((grant) => grant.document_id !== null && lets(grant)).map((grant) => byGrant(grant, null)));
  let open = document.inherits;
  for (const folder of chain) {
    if (!open) break;
    if (folder.owner_id === person.id) reasons.push({ by: 'folder_owner', level: 'write', folderName: folder.name, groupName: null, everyone: false });
    reasons.push(...grants.filter((grant) => grant.folder_id === folder.id && lets(grant)).map((grant) => byGrant(grant, folder.name)));
    open = folder.inherits;
  }
  return reasons;
};
