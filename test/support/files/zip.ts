import { ZipFile } from 'yazl';

/** Name and content of each entry, in order. */
export type Entries = Readonly<Record<string, string | Uint8Array>>;

/** A zip with these entries; those in `stored` are not compressed. */
export const makeZip = async (entries: Entries, { stored = [] as readonly string[] } = {}): Promise<Buffer> => {
  const zip = new ZipFile();
  for (const [name, content] of Object.entries(entries))
    zip.addBuffer(Buffer.from(content as string), name, { compress: !stored.includes(name), mtime: new Date(0) });
  zip.end();
  const chunks: Buffer[] = [];
  for await (const chunk of zip.outputStream) chunks.push(chunk as Buffer);
  return Buffer.concat(chunks);
};

/** Renames an entry in place, to names that no honest writer makes. Both must be equally long. */
export const renamed = (zip: Buffer, from: string, to: string): Buffer => {
  if (from.length !== to.length) throw new Error('The names must be equally long.');
  const changed = Buffer.from(zip);
  for (let at = changed.indexOf(from); at !== -1; at = changed.indexOf(from, at + 1)) changed.write(to, at, 'latin1');
  return changed;
};

export const escapeXml = (text: string): string => text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;').replaceAll('"', '&quot;');

const ENTRY = Buffer.from('504b0102', 'hex');

/** A zip whose directory claims this size for every entry, whatever is in it. */
export const claiming = (zip: Buffer, sizeBytes: number): Buffer => {
  const changed = Buffer.from(zip);
  for (let at = changed.indexOf(ENTRY); at !== -1; at = changed.indexOf(ENTRY, at + 4)) changed.writeUInt32LE(sizeBytes, at + 24);
  return changed;
};

/** A zip all of whose entries are the bytes of the first one. */
export const overlapping = (zip: Buffer): Buffer => {
  const changed = Buffer.from(zip);
  for (let at = changed.indexOf(ENTRY); at !== -1; at = changed.indexOf(ENTRY, at + 4)) changed.writeUInt32LE(0, at + 42);
  return changed;
};
