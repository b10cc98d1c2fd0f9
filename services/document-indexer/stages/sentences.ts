import { sql, type RawBuilder } from 'kysely';
import type { ErrorCode } from '#contracts';
import type { PageProblem } from '../parser/protocol.ts';

/** More than this many lines help nobody. */
const MAX_WARNINGS = 20;

export const problemWarnings = (problems: readonly PageProblem[]): string[] =>
  problems.map(({ page, message }) => `Page ${page} could not be read (${message.replace(/\.$/u, '')}); the other pages can be searched.`);

/** SQL that adds warnings to those of earlier segments. */
export const mergeWarnings = (added: readonly string[]): RawBuilder<string> =>
  sql`(select coalesce(jsonb_agg(w order by n), '[]') from jsonb_array_elements(warnings || ${JSON.stringify(added)}::jsonb) with ordinality as t(w, n) where n <= ${MAX_WARNINGS})`;

/** Why a document that was read to its end has not a single passage. */
export const noTextProblem = (mimeType: string, pageCount: number, firstProblem: string | undefined): { code: ErrorCode; message: string } => {
  if (firstProblem !== undefined)
    return {
      code: 'document_broken',
      message: `No page could be read. ${firstProblem.replace('; the other pages can be searched', '')} Export or download the file again and upload the new one.`,
    };
  if (mimeType === 'application/pdf' && pageCount > 0) {
    const pages = pageCount === 1 ? 'Its only page holds no text: it is a picture' : `None of its ${pageCount} pages holds text: they are pictures`;
    return { code: 'document_scanned', message: `${pages} (a scan) or blank. Reading pictures (OCR) is not there yet; upload a version with text.` };
  }
  return { code: 'document_empty', message: 'The file holds no text.' };
};
