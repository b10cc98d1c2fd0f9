import { createHash } from 'node:crypto';

/**
 * An id that follows from what it names, so that an evaluation can be repeated to the letter: a UUID version 8 (RFC 9562)
 * whose first 48 bits are milliseconds, like version 7, and whose rest is a hash of the cause.
 */
export const incidentId = (key: string, openedAt: number, count: number): string => {
  const bytes = createHash('sha256').update(`${key}\n${openedAt}\n${count}`).digest().subarray(0, 16);
  bytes.writeUIntBE(Math.max(0, Math.floor(openedAt)), 0, 6);
  bytes[6] = (bytes[6]! & 0x0f) | 0x80;
  bytes[8] = (bytes[8]! & 0x3f) | 0x80;
  const hex = bytes.toString('hex');
  return `${hex.slice(0, 8)}-${hex.slice(8, 12)}-${hex.slice(12, 16)}-${hex.slice(16, 20)}-${hex.slice(20)}`;
};
