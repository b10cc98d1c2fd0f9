import type { DocumentView } from '#contracts';
import { roleAllows, type Principal } from '../../http/index.ts';
import type { DocumentRow } from './documents.repository.ts';

/** Its owner, those with the right to write, and administrators may change a document that is open to them. */
export const mayChange = (who: Principal, { writable }: { writable: boolean }): boolean =>
  (writable && roleAllows(who.role, 'user')) || roleAllows(who.role, 'admin');

/** Its owner, and administrators to whom it is open, say who may see a document. */
export const mayShare = (who: Principal, { owner_id }: { owner_id: number | null }): boolean =>
  (owner_id === who.userId && roleAllows(who.role, 'user')) || roleAllows(who.role, 'admin');

/** Who stopped the reading of the same content is told to those alone who may see that document. */
const errorOf = (row: DocumentRow, code: string): DocumentView['error'] => {
  const isOthers = row.duplicate_of !== null && row.visible_duplicate_of === null && code === 'document_cancelled';
  return {
    code,
    message: isOthers ? 'Its reading was stopped. Try again to read it.' : (row.error_message ?? ''),
    ...(row.error_page === null ? {} : { page: row.error_page }),
  };
};

/** The one way from a row to what the API shows. `etaMs` is for unfinished documents. */
export const toDocumentView = (who: Principal, row: DocumentRow, etaMs: number | undefined): DocumentView => ({
  id: row.id,
  filename: row.filename,
  mimeType: row.mime_type,
  sizeBytes: row.size_bytes,
  sha256: row.sha256,
  status: row.status as DocumentView['status'],
  stage: row.stage as DocumentView['stage'],
  progress: row.progress,
  ...(etaMs === undefined ? {} : { etaMs }),
  pages: row.page_count,
  passages: row.chunk_count,
  embedded: row.embedded_count,
  language: row.language,
  pictures: row.pictures,
  ...(row.error_code === null ? {} : { error: errorOf(row, row.error_code) }),
  warnings: row.warnings,
  duplicateOf: row.visible_duplicate_of,
  parent: row.parent_id === null ? null : { id: row.parent_id, filename: row.parent_name ?? '', path: row.archive_path ?? '' },
  attachments: row.attachments,
  revision: row.revision,
  versionOf: row.version_of,
  earlierVersions: row.earlier,
  hasNewerComing: row.has_coming,
  validFrom: row.valid_from?.toISOString() ?? null,
  validUntil: row.valid_until?.toISOString() ?? null,
  ownerName: row.owner_name,
  folderId: row.visible_folder_id,
  mayChange: mayChange(who, row),
  createdAt: row.created_at.toISOString(),
  indexedAt: row.indexed_at?.toISOString() ?? null,
});
