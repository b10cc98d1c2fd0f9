/** A tar block. */
export const BLOCK = 512;
/** Eleven octal digits. */
export const LARGEST_ENTRY_BYTES = 8 ** 11 - 1;

const NAME_BYTES = 100;
const TYPES: Record<string, string> = {
  '1': 'a hard link',
  '2': 'a symbolic link',
  '3': 'a device',
  '4': 'a device',
  '5': 'a folder',
  '6': 'a pipe',
  x: 'an extended header',
  g: 'an extended header',
  L: 'a long name',
  K: 'a long link',
};

/**
 * The one header that a regular file of that name and size has in a bundle: owner 0, mode 0644, time 0. Since it follows from name and size,
 * a reader compares all 512 bytes, and two builds are equal.
 */
export const tarHeader = (name: string, size: number): Buffer => {
  if (Buffer.byteLength(name) > NAME_BYTES || size > LARGEST_ENTRY_BYTES) throw new RangeError(`“${name}” (${size} bytes) does not fit into a bundle`);
  const header = Buffer.alloc(BLOCK);
  const octal = (value: number, at: number, length: number): void => void header.write(`${value.toString(8).padStart(length - 1, '0')}\0`, at, 'latin1');
  header.write(name, 0, 'utf8');
  octal(0o644, 100, 8);
  octal(0, 108, 8);
  octal(0, 116, 8);
  octal(size, 124, 12);
  octal(0, 136, 12);
  header.fill(' ', 148, 156);
  header.write('0', 156, 'latin1');
  header.write('ustar\x0000', 257, 'latin1');
  const sum = header.reduce((total, byte) => total + byte, 0);
  header.write(`${sum.toString(8).padStart(6, '0')}\0 `, 148, 'latin1');
  return header;
};

export type HeaderReading =
  { kind: 'end' } | { kind: 'file'; name: string; size: number } | { kind: 'unsafe'; what: string; name: string } | { kind: 'damaged' };

/** Reads a header; anything but the canonical one of a regular file is `unsafe` (it tries something) or `damaged`. */
export const readTarHeader = (block: Buffer): HeaderReading => {
  if (block.every((byte) => byte === 0)) return { kind: 'end' };
  const text = (from: number, to: number): string => block.toString('utf8', from, to).split('\0')[0] ?? '';
  const prefix = text(345, 500);
  const name = prefix === '' ? text(0, NAME_BYTES) : `${prefix}/${text(0, NAME_BYTES)}`;
  const type = String.fromCharCode(block[156] ?? 0);
  const checksum = Number.parseInt(text(148, 156).trim(), 8);
  const sum = block.reduce((total, byte, at) => total + (at >= 148 && at < 156 ? 0x20 : byte), 0);
  if (checksum !== sum) return { kind: 'damaged' };
  if (TYPES[type] !== undefined) return { kind: 'unsafe', what: TYPES[type], name };
  if (name.startsWith('/') || name.split('/').includes('..')) return { kind: 'unsafe', what: 'a path that leads out of it', name };
  const size = Number.parseInt(text(124, 136), 8);
  if (!Number.isSafeInteger(size) || size < 0 || prefix !== '' || Buffer.byteLength(name) > NAME_BYTES || !block.equals(tarHeader(name, size)))
    return { kind: 'unsafe', what: 'an entry in a form that no bundle of Arasul has', name };
  return { kind: 'file', name, size };
};

/** Zero bytes after `size` bytes of content, up to the next block. */
export const paddingOf = (size: number): number => (BLOCK - (size % BLOCK)) % BLOCK;
