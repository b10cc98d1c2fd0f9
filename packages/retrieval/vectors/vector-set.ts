import { createScan } from './dot-products.ts';

/**
 * Unit vectors as int16 by a fixed scale. By Cauchy and Schwarz no sum of products can pass 32,767², so int32 never overflows;
 * the error of a cosine stays below 1e-4 and the order is that of float32 for all practical purposes, in half the memory.
 */
const SCALE = 32_767;
const PAGE_BYTES = 65_536;
/** Scores leave the module in blocks, through a small window of its memory. */
const BLOCK_ROWS = 4_096;

/** What a row without a vector scores. */
export const NO_VECTOR = -2;

/** Vectors by ordinal, searched exactly. */
export interface VectorSet {
  readonly dimensions: number;
  readonly size: number;
  readonly bytes: number;
  put(ordinal: number, vector: Float32Array): void;
  remove(ordinal: number): void;
  has(ordinal: number): boolean;
  /** The vector as it is kept (int16 precision). */
  get(ordinal: number): Float32Array;
  /** Writes the cosine of every ordinal below `count` to `scores`; NO_VECTOR where there is none or `allowed` (1 = yes) says no. */
  scores(query: Float32Array, scores: Float32Array, count: number, allowed?: Uint8Array): void;
}

const unit = (vector: Float32Array): Float32Array => {
  let sum = 0;
  for (const value of vector) sum += value * value;
  const length = Math.sqrt(sum);
  return length === 0 || Math.abs(length - 1) < 1e-6 ? vector : vector.map((value) => value / length);
};

export const createVectorSet = (dimensions: number): VectorSet => {
  const rowBytes = Math.ceil((dimensions * 2) / 16) * 16;
  const out = rowBytes;
  const firstRow = Math.ceil((rowBytes + BLOCK_ROWS * 4) / 16) * 16;
  const memory = new WebAssembly.Memory({ initial: Math.ceil(firstRow / PAGE_BYTES) + 16 });
  const scan = createScan(memory);
  let present = new Uint8Array(1 << 10);
  let size = 0;

  const reserve = (ordinal: number): void => {
    const wanted = firstRow + (ordinal + 1) * rowBytes;
    if (wanted > memory.buffer.byteLength) {
      // An eighth more than asked for: growing is cheap (address space is reserved), but not free.
      memory.grow(Math.ceil((wanted * 1.125 - memory.buffer.byteLength) / PAGE_BYTES));
    }
    if (ordinal >= present.length) {
      const next = new Uint8Array(Math.max(ordinal + 1, present.length * 2));
      next.set(present);
      present = next;
    }
  };

  const write = (address: number, vector: Float32Array): void => {
    if (vector.length !== dimensions) throw new RangeError(`A vector of ${vector.length} dimensions does not fit an index of ${dimensions}.`);
    const row = new Int16Array(memory.buffer, address, rowBytes / 2);
    unit(vector).forEach((value, at) => {
      row[at] = Math.round(value * SCALE);
    });
  };

  return {
    dimensions,
    get size() {
      return size;
    },
    get bytes() {
      return memory.buffer.byteLength + present.byteLength;
    },
    put(ordinal, vector) {
      reserve(ordinal);
      write(firstRow + ordinal * rowBytes, vector);
      if (present[ordinal] === 0) size += 1;
      present[ordinal] = 1;
    },
    remove(ordinal) {
      if (present[ordinal] !== 1) return;
      present[ordinal] = 0;
      size -= 1;
    },
    has: (ordinal) => present[ordinal] === 1,
    get: (ordinal) => Float32Array.from(new Int16Array(memory.buffer, firstRow + ordinal * rowBytes, dimensions), (value) => value / SCALE),
    scores(query, scores, count, allowed) {
      write(0, query);
      const rows = Math.min(count, present.length);
      const wanted = (row: number): boolean => present[row] === 1 && (allowed === undefined || allowed[row] === 1);
      const window = new Float32Array(memory.buffer, out, BLOCK_ROWS);
      scores.fill(NO_VECTOR, 0, count);
      let row = 0;
      while (row < rows) {
        if (!wanted(row)) {
          row += 1;
          continue;
        }
        let end = row + 1;
        while (end < rows && end - row < BLOCK_ROWS && wanted(end)) end += 1;
        scan(0, firstRow + row * rowBytes, end - row, rowBytes, out);
        for (let at = 0; at < end - row; at += 1) scores[row + at] = window[at]! / (SCALE * SCALE);
        row = end;
      }
    },
  };
};
