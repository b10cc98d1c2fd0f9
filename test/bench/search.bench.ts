import { createWorkerEngine } from '#retrieval';
import { buildWorkers } from '../../scripts/build.mjs';
import { createVectorSet } from '../../packages/retrieval/vectors/vector-set.ts';
import { defineBench, percentile, type Figure } from './bench.ts';

const DIMENSIONS = 384;
/** A million takes minutes to make: `BENCH_PASSAGES=10000,100000,1000000 npm run bench -- search`. */
const SIZES = (process.env['BENCH_PASSAGES'] ?? '10000,100000').split(',').map(Number);
const WORDS_PER_PASSAGE = 90;
const VOCABULARY = 60_000;
const QUERIES = 60;
const RECALL_QUERIES = 40;
const DOCUMENT_PASSAGES = 500;
const WORKSPACE = 'bench';
const MODEL = 'bench';

/** Park and Miller's generator: the same library in every run. */
let seed = 12_345;
const random = (): number => (seed = (seed * 48_271) % 2_147_483_647) / 2_147_483_647;
/** Words as in a language: few are common, most are rare (Zipf). */
const word = (): string => `w${Math.floor(VOCABULARY ** random())}x`;
const text = (words: number): string => Array.from({ length: words }, word).join(' ');
const vector = (): Float32Array => {
  const values = Float32Array.from({ length: DIMENSIONS }, () => random() - 0.5);
  const length = Math.hypot(...values);
  return values.map((value) => value / length);
};

/** Latencies of whole searches through the worker thread, without model calls and rows, and the index's memory. */
const measureIndex = async (size: number): Promise<{ p50: number; p95: number; filteredP95: number; bytesPerPassage: number; passagesPerSecond: number }> => {
  const engine = createWorkerEngine();
  let addMs = 0;
  for (let from = 0; from < size; from += DOCUMENT_PASSAGES) {
    const passages = Array.from({ length: DOCUMENT_PASSAGES }, (_, at) => ({
      id: `00000000-0000-7000-8000-${String(from + at).padStart(12, '0')}`,
      contentHash: 'ab',
      text: text(WORDS_PER_PASSAGE),
      contextHeader: `document ${from}`,
      language: 'en',
    }));
    const values = new Float32Array(DOCUMENT_PASSAGES * DIMENSIONS);
    for (let at = 0; at < DOCUMENT_PASSAGES; at += 1) values.set(vector(), at * DIMENSIONS);
    const began = performance.now();
    await engine.add(`d${from}`, WORKSPACE, passages);
    addMs += performance.now() - began;
    await engine.addVectors({ model: MODEL, ids: passages.map(({ id }) => id), values });
  }
  const search = async (documentIds?: string[]): Promise<number> => {
    const query = `what is the ${text(7)}`;
    const values = vector();
    const began = performance.now();
    await engine.search({ workspaceId: WORKSPACE, scope: 'everything', query, mode: 'hybrid', limit: 10, documentIds, vector: { model: MODEL, values } });
    return performance.now() - began;
  };
  const filter = Array.from({ length: size / DOCUMENT_PASSAGES / 10 }, (_, at) => `d${at * 10 * DOCUMENT_PASSAGES}`);
  const all: number[] = [];
  const filtered: number[] = [];
  for (let n = 0; n < QUERIES; n += 1) {
    all.push(await search());
    filtered.push(await search(filter));
  }
  const { memoryBytes, passages } = await engine.stats();
  await engine.close();
  return {
    p50: percentile(all, 0.5),
    p95: percentile(all, 0.95),
    filteredP95: percentile(filtered, 0.95),
    bytesPerPassage: memoryBytes / passages,
    passagesPerSecond: (size / addMs) * 1000,
  };
};

/** One pass over 50,000 vectors: WebAssembly SIMD over int16 beside a loop over float32. */
const measureScan = (): { ours: number; plain: number; recall: number } => {
  const count = 50_000;
  const set = createVectorSet(DIMENSIONS);
  const rows = new Float32Array(count * DIMENSIONS);
  for (let at = 0; at < count; at += 1) {
    const row = vector();
    rows.set(row, at * DIMENSIONS);
    set.put(at, row);
  }
  const query = vector();
  const scores = new Float32Array(count);
  const plainScan = (): void => {
    for (let at = 0; at < count; at += 1) {
      let [a, b, c, d] = [0, 0, 0, 0];
      const from = at * DIMENSIONS;
      for (let k = 0; k < DIMENSIONS; k += 4) {
        a += rows[from + k]! * query[k]!;
        b += rows[from + k + 1]! * query[k + 1]!;
        c += rows[from + k + 2]! * query[k + 2]!;
        d += rows[from + k + 3]! * query[k + 3]!;
      }
      scores[at] = a + b + c + d;
    }
  };
  const fastest = (work: () => void): number => {
    let best = Infinity;
    for (let round = 0; round < 15; round += 1) {
      const began = performance.now();
      work();
      best = Math.min(best, performance.now() - began);
    }
    return best;
  };
  /** Of the ten nearest by float32, those that our scan has among its ten. */
  const recall = (): number => {
    const ten = (): Set<number> => new Set([...scores.keys()].sort((a, b) => scores[b]! - scores[a]!).slice(0, 10));
    let found = 0;
    for (let round = 0; round < RECALL_QUERIES; round += 1) {
      query.set(vector());
      plainScan();
      const wanted = ten();
      set.scores(query, scores, count);
      found += [...ten()].filter((at) => wanted.has(at)).length;
    }
    return found / (10 * RECALL_QUERIES);
  };
  return { plain: fastest(plainScan), ours: fastest(() => set.scores(query, scores, count)), recall: recall() };
};

export default defineBench({
  name: 'Search',
  about:
    'Search in the embedded index, as a library grows: words, meaning, feedback and fusion in the worker thread, without model calls and without reading rows. 384 dimensions, 90 words a passage.',
  async measure(): Promise<Figure[]> {
    await buildWorkers('.cache/workers');
    const { ours, plain, recall } = measureScan();
    const figures: Figure[] = [
      {
        name: 'scan of 50,000 vectors',
        value: ours,
        unit: 'ms',
        reference: { name: 'plain JavaScript, float32', value: plain },
        goal: { text: '<= 0.5x', atMost: 0.5 },
      },
      { name: 'recall@10 against float32, 50,000 vectors', value: recall, unit: 'of 1', goal: { text: '>= 0.98', atLeast: 0.98 } },
    ];
    for (const size of SIZES) {
      const measured = await measureIndex(size);
      const name = size.toLocaleString('en');
      figures.push(
        { name: `search, ${name} passages, p50`, value: measured.p50, unit: 'ms' },
        { name: `search, ${name} passages, p95`, value: measured.p95, unit: 'ms', ...(size === 100_000 ? { goal: { text: '<= 50 ms', atMost: 50 } } : {}) },
        { name: `search in a tenth of ${name} passages, p95`, value: measured.filteredP95, unit: 'ms' },
        { name: `memory a passage, ${name} passages`, value: measured.bytesPerPassage, unit: 'bytes' },
        { name: `words indexed, up to ${name} passages`, value: measured.passagesPerSecond, unit: 'passages/s' },
      );
    }
    return figures;
  },
});
