/** A segment of rows has about so many bytes. */
const MEAN_BYTES = 2 ** 20;
/** Shorter ones would be many files; longer ones much memory. */
const MIN_BYTES = 128 * 1024;
const MAX_BYTES = 8 * 2 ** 20;
/** How much of a row decides: its id is at the beginning. */
const LOOKED_AT_BYTES = 48;

const NEWLINE = 10;

/** FNV-1a over the beginning of a row. */
const hashOf = (bytes: Uint8Array, from: number, to: number): number => {
  let hash = 0x811c9dc5;
  const end = Math.min(to, from + LOOKED_AT_BYTES);
  for (let at = from; at < end; at += 1) hash = Math.imul(hash ^ bytes[at]!, 0x01000193);
  // Its upper bits hardly know the last bytes, and it is they that are compared.
  hash ^= hash >>> 15;
  hash = Math.imul(hash, 0x2c1b3c6d);
  return (hash ^ (hash >>> 12)) >>> 0;
};

/** Whether a segment ends after this row; more likely the longer it is, so that segments are alike in bytes and not in rows. */
const isBoundary = (bytes: Uint8Array, from: number, to: number): boolean => hashOf(bytes, from, to) / 2 ** 32 < (to - from) / MEAN_BYTES;

/**
 * Cuts the rows of `copy … to stdout` (a line each) where the rows themselves say, so that rows that did not change make the same segments
 * again, wherever they stand. Each segment is whole rows.
 */
export async function* segmentsOf(source: AsyncIterable<Uint8Array>): AsyncGenerator<{ bytes: Buffer; rows: number }> {
  let parts: Buffer[] = [];
  let length = 0;
  let rows = 0;
  /** Bytes of the row in hand that came before this part. */
  let head: Buffer[] = [];
  const take = (): { bytes: Buffer; rows: number } => {
    const segment = { bytes: Buffer.concat(parts), rows };
    parts = [];
    length = 0;
    rows = 0;
    return segment;
  };
  for await (const part of source) {
    const bytes = Buffer.from(part.buffer, part.byteOffset, part.byteLength);
    let from = 0;
    for (let end = bytes.indexOf(NEWLINE); end !== -1; end = bytes.indexOf(NEWLINE, from)) {
      const row = head.length > 0 ? Buffer.concat([...head, bytes.subarray(from, end + 1)]) : bytes.subarray(from, end + 1);
      head = [];
      from = end + 1;
      parts.push(row);
      length += row.length;
      rows += 1;
      if (length >= MAX_BYTES || (length >= MIN_BYTES && isBoundary(row, 0, row.length))) yield take();
    }
    if (from < bytes.length) head.push(bytes.subarray(from));
  }
  if (rows > 0) yield take();
}
