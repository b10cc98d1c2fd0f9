/** Lists of (document ordinal, weight) by term, in one growing array: a list of its own for each of 300 k terms would cost 200 bytes a term. */
export interface Postings {
  add(term: number, ordinal: number, weight: number): void;
  /** Entries of the list, packed as `ordinal << 8 | weight`; a view that is valid until the next change. */
  list(term: number): Uint32Array;
  /** Drops the entries for which `gone` holds, from every list. */
  remove(gone: (ordinal: number) => boolean): void;
  readonly bytes: number;
}

/** Eight bits; the ordinal has the other 24, for 16 million passages. */
const MAX_WEIGHT = 255;

const FIRST_CAPACITY = 2;

const grown = <T extends Uint32Array | Int32Array>(array: T, size: number): T => {
  const next = new (array.constructor as new (length: number) => T)(Math.max(size, Math.ceil(array.length * 1.5)));
  next.set(array);
  return next;
};

export const createPostings = (): Postings => {
  let arena = new Uint32Array(1 << 16);
  let used = 0;
  let start = new Int32Array(1 << 12);
  let length = new Int32Array(1 << 12);
  let capacity = new Int32Array(1 << 12);
  let terms = 0;
  /** Blocks given up by lists that outgrew them, by capacity. */
  const free = new Map<number, number[]>();

  const allocate = (size: number): number => {
    const reused = free.get(size)?.pop();
    if (reused !== undefined) return reused;
    if (used + size > arena.length) arena = grown(arena, used + size);
    used += size;
    return used - size;
  };

  const release = (at: number, size: number): void => {
    const blocks = free.get(size);
    if (blocks === undefined) free.set(size, [at]);
    else blocks.push(at);
  };

  return {
    add(term, ordinal, weight) {
      if (term >= start.length) [start, length, capacity] = [grown(start, term + 1), grown(length, term + 1), grown(capacity, term + 1)];
      terms = Math.max(terms, term + 1);
      const count = length[term]!;
      const room = capacity[term]!;
      if (count === room) {
        const size = room === 0 ? FIRST_CAPACITY : room * 2;
        const at = allocate(size);
        if (room > 0) {
          arena.copyWithin(at, start[term]!, start[term]! + count);
          release(start[term]!, room);
        }
        start[term] = at;
        capacity[term] = size;
      }
      arena[start[term]! + count] = ((ordinal << 8) | Math.min(MAX_WEIGHT, weight)) >>> 0;
      length[term] = count + 1;
    },
    list: (term) => (term < terms ? arena.subarray(start[term], start[term]! + length[term]!) : arena.subarray(0, 0)),
    remove(gone) {
      for (let term = 0; term < terms; term += 1) {
        const from = start[term]!;
        const count = length[term]!;
        let kept = 0;
        for (let at = from; at < from + count; at += 1) {
          const entry = arena[at]!;
          if (!gone(entry >>> 8)) arena[from + kept++] = entry;
        }
        length[term] = kept;
        if (kept === 0 && count > 0) {
          release(from, capacity[term]!);
          capacity[term] = 0;
        }
      }
    },
    get bytes() {
      return (arena.length + start.length * 3) * 4;
    },
  };
};
