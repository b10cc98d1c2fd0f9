import { sql, type RawBuilder } from 'kysely';
import type { ErrorCode } from '#contracts';
import type { PageProblem } from '../parser/protocol.ts';

/** More than this many lines help nobody. */
const MAX_WARNINGS = 20;

export const problemWarnings = (problems: readonly PageProblem[]): string[] =>
  problems.map(({ page, message }) => `Page ${page} could not be read (${message.replace(/\.$/u, '')}); the other pages can be searched.`);

/** A page's picture that was given up. */
export const pictureWarning = (page: number, why: string): string => `Page ${page} could not be read from its picture (${why.replace(/\.$/u, '')}).`;

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
  if ((mimeType === 'application/pdf' || mimeType.startsWith('image/')) && pageCount > 0) {
    const pages =
      pageCount === 1
        ? 'It holds no text, and no words were recognised in its picture'
        : `None of its ${pageCount} pages holds text, and no words were recognised in their pictures`;
    return { code: 'document_scanned', message: `${pages}. Scan it again, straight and with at least 200 dots an inch, or upload a version with text.` };
  }
  return { code: 'document_empty', message: 'The file holds no text.' };
};
