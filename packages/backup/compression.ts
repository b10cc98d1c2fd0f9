import { Readable } from 'node:stream';
import zlib from 'node:zlib';
import { Decompress } from 'fzstd';
import { AppError } from '#kit';

/** How a content was packed: the first byte inside its encryption. */
const RAW = 0;
const GZIP = 1;
const ZSTD = 2;

/** Below this share of its size a content is worth packing; a PDF or a picture is packed already. */
const WORTH_IT = 0.92;
const SAMPLE_BYTES = 64 * 1024;
/** Fastest levels: a backup shares its cores with people. */
const GZIP_LEVEL = 1;

type Bytes = AsyncIterable<Uint8Array>;

// In Node from 22.15 on, which a shipped release carries; the floor of 20.19 packs with gzip and can read both.
const createZstd = (zlib as { createZstdCompress?: () => NodeJS.ReadWriteStream }).createZstdCompress;

async function* peek(source: Bytes): AsyncGenerator<Uint8Array, void> {
  yield* source;
}

/** Whether the beginning of a content shrinks enough. */
const isWorthIt = (sample: Uint8Array): boolean => sample.length > 0 && zlib.gzipSync(sample, { level: GZIP_LEVEL }).length < sample.length * WORTH_IT;

/** `source` packed if that pays, behind a byte that says how. */
export async function* pack(source: Bytes): AsyncGenerator<Uint8Array> {
  const all = peek(source);
  const head: Uint8Array[] = [];
  let length = 0;
  while (length < SAMPLE_BYTES) {
    const next = await all.next();
    if (next.done) break;
    head.push(next.value);
    length += next.value.length;
  }
  async function* whole(): AsyncGenerator<Uint8Array> {
    yield* head;
    yield* all;
  }
  const sample = Buffer.concat(head).subarray(0, SAMPLE_BYTES);
  if (!isWorthIt(sample)) {
    yield Uint8Array.of(RAW);
    yield* whole();
    return;
  }
  yield Uint8Array.of(createZstd ? ZSTD : GZIP);
  yield* Readable.from(whole()).compose(createZstd ? createZstd() : zlib.createGzip({ level: GZIP_LEVEL })) as AsyncIterable<Uint8Array>;
}

async function* unzstd(source: Bytes): AsyncGenerator<Uint8Array> {
  let ready: Uint8Array[] = [];
  const stream = new Decompress((part) => void ready.push(part));
  for await (const part of source) {
    stream.push(part);
    yield* ready;
    ready = [];
  }
  stream.push(new Uint8Array(), true);
  yield* ready;
}

/** What `pack` was given. Errors: `backup_damaged` for what no release of ours wrote. */
export async function* unpack(source: Bytes): AsyncGenerator<Uint8Array> {
  const iterator = source[Symbol.asyncIterator]();
  let first = await iterator.next();
  while (!first.done && first.value.length === 0) first = await iterator.next();
  if (first.done) throw new AppError('backup_damaged', { message: 'A part of this backup is empty. Use another backup, or another copy of this one.' });
  const [kind] = first.value;
  const head = first.value.subarray(1);
  async function* rest(): AsyncGenerator<Uint8Array> {
    yield head;
    for (let next = await iterator.next(); !next.done; next = await iterator.next()) yield next.value;
  }
  if (kind === RAW) yield* rest();
  else if (kind === GZIP) yield* Readable.from(rest()).compose(zlib.createGunzip()) as AsyncIterable<Uint8Array>;
  else if (kind === ZSTD) yield* unzstd(rest());
  else throw new AppError('backup_damaged', { message: 'A part of this backup was written by a newer release. Update this box first.' });
}
