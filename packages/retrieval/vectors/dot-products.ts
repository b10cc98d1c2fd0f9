/**
 * Dot products of one vector with many, in WebAssembly SIMD (every engine that runs Node 20 has it). The module is so small
 * that it is assembled here instead of being built: one function, one imported memory.
 *
 *   scan(query, row, count, bytes, out): for each of `count` rows of `bytes` bytes (int16, a multiple of 16 bytes) from address `row` on,
 *   writes the int32 dot product with the row at address `query`, as float32, to `out`, `out + 4`, ...
 *
 * 100 k rows of 384 dimensions: see docs/adr on vector search for the figures beside plain JavaScript.
 */
export type Scan = (query: number, row: number, count: number, bytes: number, out: number) => void;

const I32 = 0x7f;
const V128 = 0x7b;
const VOID = 0x40;

const text = (value: string): number[] => [value.length, ...Buffer.from(value)];
const section = (id: number, bytes: readonly number[]): number[] => [id, ...leb(bytes.length), ...bytes];
const leb = (value: number): number[] => (value < 128 ? [value] : [(value & 127) | 128, ...leb(value >>> 7)]);

const get = (local: number): number[] => [0x20, local];
const set = (local: number): number[] => [0x21, local];
const i32 = (value: number): number[] => [0x41, value]; // one LEB128 byte: -64..63
const add = [0x6a];
const simd = (opcode: number, ...rest: number[]): number[] => [0xfd, ...leb(opcode), ...rest];
const load = simd(0, 4, 0);
const zero = simd(12, ...new Array<number>(16).fill(0));
const dotInt16 = simd(186);
const addInt32x4 = simd(174);
const lane = (index: number): number[] => simd(27, index);

const [QUERY, ROW, COUNT, BYTES, OUT, AT, SUM] = [0, 1, 2, 3, 4, 5, 6] as const;

const body = [
  [0x02, VOID, 0x03, VOID], // block, loop over rows
  [...get(COUNT), 0x45, 0x0d, 1], // none left: out of the block
  [...zero, ...set(SUM), ...i32(0), ...set(AT)],
  [0x03, VOID], // loop over 16 bytes
  [...get(SUM), ...get(ROW), ...get(AT), ...add, ...load, ...get(QUERY), ...get(AT), ...add, ...load, ...dotInt16, ...addInt32x4, ...set(SUM)],
  [...get(AT), ...i32(16), ...add, 0x22, AT, ...get(BYTES), 0x49, 0x0d, 0, 0x0b], // at += 16; again while at < bytes
  [...get(OUT), ...get(SUM), ...lane(0), ...get(SUM), ...lane(1), ...add, ...get(SUM), ...lane(2), ...add, ...get(SUM), ...lane(3), ...add],
  [0xb2, 0x38, 2, 0], // to float32, store
  [...get(ROW), ...get(BYTES), ...add, ...set(ROW), ...get(OUT), ...i32(4), ...add, ...set(OUT), ...get(COUNT), ...i32(1), 0x6b, ...set(COUNT)],
  [0x0c, 0, 0x0b, 0x0b, 0x0b], // next row; end loop, block, function
].flat();

const code = [2, 1, I32, 1, V128, ...body];

const bytes = Uint8Array.from([
  ...[0x00, 0x61, 0x73, 0x6d, 1, 0, 0, 0],
  ...section(1, [1, 0x60, 5, I32, I32, I32, I32, I32, 0]),
  ...section(2, [1, ...text('env'), ...text('memory'), 0x02, 0x00, 1]),
  ...section(3, [1, 0]),
  ...section(7, [1, ...text('scan'), 0x00, 0]),
  ...section(10, [1, ...leb(code.length), ...code]),
]);

let compiled: WebAssembly.Module | null = null;

/** The scan over a memory. All addresses are offsets into it. */
export const createScan = (memory: WebAssembly.Memory): Scan => {
  compiled ??= new WebAssembly.Module(bytes);
  return new WebAssembly.Instance(compiled, { env: { memory } }).exports['scan'] as Scan;
};
