/**
 * The places of the `k` highest scores above `floor`, best first; equal scores by place, lowest first. A heap of `k`, so that
 * a million scores cost one pass and no sort.
 */
export const topK = (scores: Float32Array, k: number, floor = -Infinity, count = scores.length): Int32Array => {
  const heap = new Int32Array(Math.max(0, Math.min(k, count)));
  let size = 0;
  /** Whether place `a` ranks below place `b`. */
  const below = (a: number, b: number): boolean => scores[a]! < scores[b]! || (scores[a]! === scores[b]! && a > b);
  const sink = (from: number, length: number): void => {
    let at = from;
    const moved = heap[at]!;
    for (;;) {
      let child = at * 2 + 1;
      if (child >= length) break;
      if (child + 1 < length && below(heap[child + 1]!, heap[child]!)) child += 1;
      if (!below(heap[child]!, moved)) break;
      heap[at] = heap[child]!;
      at = child;
    }
    heap[at] = moved;
  };
  const rise = (from: number): void => {
    let at = from;
    const moved = heap[at]!;
    while (at > 0) {
      const parent = (at - 1) >> 1;
      if (!below(moved, heap[parent]!)) break;
      heap[at] = heap[parent]!;
      at = parent;
    }
    heap[at] = moved;
  };
  for (let place = 0; place < count; place += 1) {
    if (!(scores[place]! > floor)) continue;
    if (size < heap.length) {
      heap[size] = place;
      size += 1;
      rise(size - 1);
    } else if (size > 0 && below(heap[0]!, place)) {
      heap[0] = place;
      sink(0, size);
    }
  }
  for (let length = size - 1; length > 0; length -= 1) {
    const worst = heap[0]!;
    heap[0] = heap[length]!;
    heap[length] = worst;
    sink(0, length);
  }
  return heap.slice(0, size);
};
