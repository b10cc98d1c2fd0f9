import { refused } from '../refuse.ts';
import { entryKind, type EntryKind } from './names.ts';
import { BLOCK, paddingOf, readTarHeader } from './tar-header.ts';

export interface BundleEntry {
  name: string;
  kind: EntryKind;
  size: number;
  /** The content, once; must be read to its end before the next entry is asked for. */
  content(): AsyncGenerator<Buffer>;
}

const endsEarly = () =>
  refused('truncated', 'The bundle ends in the middle: it was not copied to its end. Copy it again, and take the stick out only when the copy is done.');
const damaged = (where: string) => refused('damaged', `The bundle is damaged (${where}). Copy it again from its source.`);

/** Takes exact numbers of bytes from a stream of chunks. */
const createTaker = (source: AsyncIterable<Buffer>) => {
  const iterator = source[Symbol.asyncIterator]();
  let rest: Buffer = Buffer.alloc(0);
  const more = async (): Promise<boolean> => {
    let next: IteratorResult<Buffer>;
    try {
      next = await iterator.next();
    } catch (cause) {
      throw refused(
        'source_gone',
        'The bundle could not be read to its end: the stick was taken out, or it is failing. Nothing was changed; put it in again.',
        cause,
      );
    }
    if (next.done) return false;
    rest = next.value;
    return true;
  };
  return {
    /** Up to `wanted` bytes as they lie in the buffer; empty at the end. */
    async some(wanted: number): Promise<Buffer> {
      while (rest.length === 0) if (!(await more())) return rest;
      const part = rest.subarray(0, wanted);
      rest = rest.subarray(part.length);
      return part;
    },
    async exactly(wanted: number): Promise<Buffer | null> {
      const parts: Buffer[] = [];
      let missing = wanted;
      while (missing > 0) {
        const part = await this.some(missing);
        if (part.length === 0) return missing === wanted ? null : Promise.reject(endsEarly());
        parts.push(part);
        missing -= part.length;
      }
      return parts.length === 1 ? parts[0]! : Buffer.concat(parts);
    },
    close: async () => void (await iterator.return?.()),
  };
};

const isZero = (bytes: Buffer): boolean => bytes.every((byte) => byte === 0);

/**
 * The entries of a bundle, in the one order that a bundle has: roots by version, timestamp, snapshot, targets, release.json, objects by
 * hash. Nothing is skipped and nothing repeated: all that is not exactly a bundle is refused. Errors: `update_refused`.
 */
export async function* readEntries(source: AsyncIterable<Buffer>): AsyncGenerator<BundleEntry> {
  const taker = createTaker(source);
  try {
    let last = '';
    let lastOrder = 0;
    for (;;) {
      const block = await taker.exactly(BLOCK);
      if (block === null) throw endsEarly();
      const header = readTarHeader(block);
      if (header.kind === 'damaged') throw damaged('a header');
      if (header.kind === 'end') break;
      if (header.kind === 'unsafe')
        throw refused(
          'unsafe_archive',
          `The bundle holds ${header.what} (“${header.name}”). A bundle holds plain files alone; this one was not made by Arasul's tools, and nothing of it was taken.`,
        );
      const { name, size } = header;
      const kind = entryKind(name);
      if (kind === null)
        throw refused(
          'unsafe_archive',
          `The bundle holds “${name}”, which no bundle has (names are exact, capitals included). It was not made by Arasul's tools, and nothing of it was taken.`,
        );
      if (name === last)
        throw refused(
          'unsafe_archive',
          `The bundle holds “${name}” twice, so that a check could see one and the installation the other. Nothing of it was taken.`,
        );
      if (kind.order < lastOrder || (kind.order === lastOrder && name < last))
        throw refused('unsafe_archive', `“${name}” stands at the wrong place of the bundle. It was not made by Arasul's tools, and nothing of it was taken.`);
      if (kind.kind !== 'object' && size > kind.limit)
        throw refused(
          'endless_data',
          `The bundle's ${name} claims ${size} bytes, and ${kind.limit} are the most that is read before a signature was checked. Nothing of it was taken.`,
        );
      last = name;
      lastOrder = kind.order;
      let left = size;
      yield {
        name,
        kind,
        size,
        async *content() {
          while (left > 0) {
            const part = await taker.some(left);
            if (part.length === 0) throw endsEarly();
            left -= part.length;
            yield part;
          }
        },
      };
      if (left > 0) throw new Error(`${name} was not read to its end`);
      const padding = await taker.exactly(paddingOf(size));
      if (padding === null && paddingOf(size) > 0) throw endsEarly();
      if (padding !== null && !isZero(padding)) throw damaged('between two files');
    }
    const second = await taker.exactly(BLOCK);
    if (second === null) throw endsEarly();
    if (!isZero(second)) throw damaged('its end');
    if ((await taker.some(1)).length > 0)
      throw refused('endless_data', 'The bundle goes on after its end. Nothing after the end was signed, and nothing of the file was taken.');
  } finally {
    await taker.close();
  }
}

/** An entry's content as a whole; its size was limited when its header was read. */
export const wholeEntry = async (entry: BundleEntry): Promise<Buffer> => {
  const parts: Buffer[] = [];
  for await (const part of entry.content()) parts.push(Buffer.from(part));
  return Buffer.concat(parts);
};
