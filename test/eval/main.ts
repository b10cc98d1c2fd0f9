// Measures retrieval and grounding on public collections, beside the reference, in one run.
// usage: npm run eval -- [--data DIR] [--models DIR] [--cache DIR] [--no-baseline] [--out FILE.md]
import { mkdirSync, writeFileSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import { parseArgs } from 'node:util';
import { FOREIGN_QUESTIONS } from '../../packages/abstention/foreign-questions.ts';
import { runBaseline, type BaselineReport } from './baseline.ts';
import { aboutStrangers, measureAbstention, type AbstentionReport } from './abstention.ts';
import { readAbstracts, readFilings, readGradedQueries, readQuestions } from './corpora.ts';
import { createCachedEmbedder } from './embedder.ts';
import { measureGrounding } from './grounding.ts';
import { meanReciprocalRank, ndcg10, pageRecall, type PageRecall } from './measures.ts';
import { toMarkdown } from './report.ts';
import { openReranker } from './reranker.ts';
import { buildCorpus, STAGES } from './stages.ts';

const MODEL = 'all-minilm-l6-v2';
const DIMENSIONS = 384;
const STATEMENTS = 300;

export interface EvalReport {
  readonly model: string;
  /** The model that reranks, where the models folder has one. */
  readonly reranker: string | null;
  readonly baseline: { readonly financebench: BaselineReport; readonly cranfield: BaselineReport } | null;
  readonly financebench: {
    readonly questions: number;
    readonly passages: number;
    readonly stages: Readonly<Record<string, PageRecall & { readonly mrr: number }>>;
  };
  readonly cranfield: { readonly queries: number; readonly passages: number; readonly stages: Readonly<Record<string, { readonly 'ndcg@10': number }>> };
  readonly abstention: { readonly filings: AbstentionReport; readonly abstracts: AbstentionReport };
  readonly grounding: Awaited<ReturnType<typeof measureGrounding>>;
}

const home = process.env['XDG_CACHE_HOME'] ?? join(process.env['HOME'] ?? '/tmp', '.cache');
const { values: options } = parseArgs({
  options: {
    data: { type: 'string', default: '../shared/eval' },
    models: { type: 'string', default: process.env['ARASUL_MODELS_DIR'] ?? '../shared/models' },
    cache: { type: 'string', default: join(home, 'arasul-eval') },
    'no-baseline': { type: 'boolean', default: false },
    out: { type: 'string', default: 'docs/eval.md' },
  },
});
const dataDir = resolve(options.data);
const modelsDir = resolve(options.models);
const cacheDir = resolve(options.cache);

/** The reference needs Python and pdftotext; without them the product is measured all the same. */
const reference = async (): Promise<EvalReport['baseline']> => {
  if (options['no-baseline']) return null;
  try {
    return {
      financebench: await runBaseline({ dataDir, modelsDir, cacheDir, task: 'financebench' }),
      cranfield: await runBaseline({ dataDir, modelsDir, cacheDir, task: 'cranfield' }),
    };
  } catch (error) {
    say(`the reference could not be run and is left out: ${String(error)}`);
    return null;
  }
};

/** What was ranked, without repeats: pages of filings (`document#page`) or whole abstracts (`document`). */
const distinct = (ids: readonly string[], parts: 1 | 2): string[] => [...new Set(ids.map((id) => id.split('#').slice(0, parts).join('#')))];

const say = (text: string): void => void process.stderr.write(`${text}\n`);
const embedder = await createCachedEmbedder({ modelsDir, model: MODEL, cacheFile: join(cacheDir, `${MODEL}.bin`), dimensions: DIMENSIONS });

say('reading the filings');
const filings = await readFilings(dataDir);
const questions = readQuestions(dataDir);
say('passages, words and vectors of the filings');
const pages = await buildCorpus(
  filings,
  questions.map(({ question }) => question),
  embedder,
);

say('passages, words and vectors of the abstracts');
const abstracts = readAbstracts(dataDir);
const queries = readGradedQueries(dataDir);
const library = await buildCorpus(
  abstracts.map(({ document }) => document),
  queries.map(({ query }) => query),
  embedder,
);
const numbers = new Map(abstracts.map(({ number, document }) => [document.filename, number]));

const asked = questions.map(({ question }) => question);
const researched = queries.map(({ query }) => query.replace(/\s+/gu, ' '));
/** As the questions on the filings call them. */
const COMPANIES =
  '3M|Activision Blizzard|Adobe|AES|Amazon|Amcor|AMD|American Express|American Water Works|Best Buy|Block|Boeing|Coca[- ]Cola|Corning|Costco|CVS Health|CVS|Foot ?Locker|General Mills|Johnson & Johnson|JnJ|JPM(?:organ)?|Kraft Heinz|Lockheed Martin|MGM Resorts|MGM|Microsoft|Netflix|Nike|Paypal|Pepsico|Pfizer|Ulta Beauty|Ulta|Verizon|Walmart'.split(
    '|',
  );

const stagesOf = <T>(measure: (stage: (typeof STAGES)[number]) => T): Record<string, T> =>
  Object.fromEntries(STAGES.map((stage) => [stage.name, measure(stage)]));

const reranker = await openReranker(modelsDir);
const scored = async (corpus: typeof pages, texts: readonly string[]): Promise<readonly (readonly string[])[]> => {
  const rankings: (readonly string[])[] = [];
  for (const text of texts) rankings.push(await corpus.rerank(text, reranker!.score));
  return rankings;
};
if (reranker !== null) say(`reranking with ${reranker.model}`);
const rescored =
  reranker === null
    ? null
    : {
        pages: await scored(
          pages,
          questions.map(({ question }) => question),
        ),
        abstracts: await scored(
          library,
          queries.map(({ query }) => query),
        ),
      };
await reranker?.close();
const RERANK_STAGE = `+ reranking (${reranker?.model})`;
const pageMeasures = (rankings: readonly (readonly string[])[]) => {
  const distinctPages = rankings.map((ids) => distinct(ids, 2));
  return { ...pageRecall(questions, distinctPages), mrr: meanReciprocalRank(questions, distinctPages) };
};
const abstractMeasures = (rankings: readonly (readonly string[])[]) => ({
  'ndcg@10': ndcg10(
    queries,
    rankings.map((ids) => distinct(ids, 1).map((name) => numbers.get(name)!)),
  ),
});

const report: EvalReport = {
  model: MODEL,
  reranker: reranker?.model ?? null,
  financebench: {
    questions: questions.length,
    passages: pages.passages,
    stages: {
      ...stagesOf((stage) => pageMeasures(questions.map(({ question }) => pages.rank(question, stage)))),
      ...(rescored === null ? {} : { [RERANK_STAGE]: pageMeasures(rescored.pages) }),
    },
  },
  cranfield: {
    queries: queries.length,
    passages: library.passages,
    stages: {
      ...stagesOf((stage) => abstractMeasures(queries.map(({ query }) => library.rank(query, stage)))),
      ...(rescored === null ? {} : { [RERANK_STAGE]: abstractMeasures(rescored.abstracts) }),
    },
  },
  abstention: {
    filings: await measureAbstention(pages, embedder, {
      'its own questions': asked,
      'questions of other fields (those it was fitted to)': FOREIGN_QUESTIONS,
      'questions on the abstracts': researched,
      'its own questions about companies that are not there': aboutStrangers(asked, COMPANIES),
    }),
    abstracts: await measureAbstention(library, embedder, {
      'its own questions': researched,
      'questions of other fields (those it was fitted to)': FOREIGN_QUESTIONS,
      'questions on the filings': asked,
    }),
  },
  grounding: await measureGrounding(filings, STATEMENTS),
  baseline: await reference(),
};

mkdirSync(dirname(options.out), { recursive: true });
writeFileSync(options.out, toMarkdown(report));
process.stdout.write(`${JSON.stringify(report, null, 1)}\n`);
