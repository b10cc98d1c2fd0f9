import { AppError } from '#kit';

/** Packs the sort key of a page's last row into the opaque cursor of the next page. */
export const encodeCursor = (key: readonly (string | number)[]): string => Buffer.from(JSON.stringify(key)).toString('base64url');

/** The sort key inside a cursor. Throws `validation_failed` for anything that this API did not issue. */
export const decodeCursor = (cursor: string, length: number): (string | number)[] => {
  try {
    const key: unknown = JSON.parse(Buffer.from(cursor, 'base64url').toString('utf8'));
    if (Array.isArray(key) && key.length === length && key.every((part) => typeof part === 'string' || typeof part === 'number')) return key;
  } catch {
    // falls through to the one error for all broken cursors
  }
  throw new AppError('validation_failed', { message: '`cursor` is not one of this list. Start again without it.', details: { path: 'cursor' } });
};

/** Cuts `limit + 1` fetched rows into a page: the extra row tells that there is a next one. */
export const toPage = <Row, Item>(
  rows: Row[],
  limit: number,
  keyOf: (row: Row) => (string | number)[],
  view: (row: Row) => Item,
): { items: Item[]; nextCursor: string | null } => {
  const shown = rows.slice(0, limit);
  const last = shown.at(-1);
  return { items: shown.map(view), nextCursor: rows.length > limit && last !== undefined ? encodeCursor(keyOf(last)) : null };
};
