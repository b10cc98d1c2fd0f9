const SAMPLE_BYTES = 64 * 1024;
/** Text in UTF-16 without a mark shows itself by its zero bytes, all on even or all on odd places. */
const MIN_ZERO_SHARE = 0.2;

const MARKS: readonly { readonly bytes: readonly number[]; readonly encoding: string }[] = [
  { bytes: [0xef, 0xbb, 0xbf], encoding: 'utf-8' },
  { bytes: [0xff, 0xfe], encoding: 'utf-16le' },
  { bytes: [0xfe, 0xff], encoding: 'utf-16be' },
];

const zeroShare = (bytes: Uint8Array, offset: 0 | 1): number => {
  let zeros = 0;
  for (let at = offset; at < bytes.length; at += 2) if (bytes[at] === 0) zeros++;
  return zeros / Math.max(1, bytes.length / 2);
};

const isUtf8 = (bytes: Uint8Array): boolean => {
  const text = new TextDecoder('utf-8').decode(bytes, { stream: true });
  const broken = text.split('\uFFFD').length - 1;
  if (broken === 0) return true;
  // One broken character in a long text does not make it Latin-1: what else is beyond ASCII decides.
  const beyondAscii = text.replace(/[\0-\x7f\uFFFD]/gu, '').length;
  return beyondAscii > 10 * broken;
};

/** The encoding of a text by its mark, else by what its bytes can be: UTF-8, UTF-16, else Windows-1252, which reads every byte. */
export const detectEncoding = (bytes: Uint8Array): string => {
  const mark = MARKS.find((known) => known.bytes.every((byte, at) => bytes[at] === byte));
  if (mark !== undefined) return mark.encoding;
  const sample = bytes.subarray(0, SAMPLE_BYTES);
  const [even, odd] = [zeroShare(sample, 0), zeroShare(sample, 1)];
  if (odd > MIN_ZERO_SHARE && even < odd / 4) return 'utf-16le';
  if (even > MIN_ZERO_SHARE && odd < even / 4) return 'utf-16be';
  return isUtf8(bytes) ? 'utf-8' : 'windows-1252';
};

/** Text of any encoding, without its mark, in the composed form (NFC), with line feeds alone and nothing that Postgres refuses. */
export const decodeText = (bytes: Uint8Array, encoding: string = detectEncoding(bytes)): string =>
  new TextDecoder(encoding)
    .decode(bytes)
    .replace(/\r\n?/gu, '\n')
    .replace(/[\0-\x08\x0b\x0e-\x1f\x7f\u00AD]/gu, '')
    .replace(/\p{Cs}/gu, '\uFFFD')
    .normalize('NFC');
