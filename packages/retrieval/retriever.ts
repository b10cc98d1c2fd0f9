import type { VectorIndex } from '#clients';
import { AppError, errorText, type Logger } from '#kit';
import { createWorkerEngine, type SearchEngine } from './index/engine.ts';
import { CANDIDATES, type IndexAnswer } from './index/search-index.ts';
import { nearDuplicates } from './fusion/fold.ts';
import { highlightsOf } from './query/highlights.ts';
import { analyzeQuestion, foldSpaces } from './query/question.ts';
import { FUSION } from './fusion/fuse.ts';
import { inNewOrder, rerank, RERANKED } from './fusion/rerank.ts';
import type { Allowance } from './index/register.ts';
import { createOuterVectors, type OuterHits } from './vectors/outer-vectors.ts';
import { createFollower } from './source/follower.ts';
import type { PassageSource, PassageView } from './source/source.ts';
import type { EmbedQuery, FoundPassage, Reranker, Retriever, SearchRequest } from './types.ts';

const DEFAULT_LIMIT = 10;
const MAX_LIMIT = 200;
/** A question is answered by words alone when its embedding takes longer: a model that is being loaded must not hold up search. */
const EMBED_TIMEOUT_MS = 3_000;
/** A search that comes before the stored passages are in the index waits for them: half an index would say that there is nothing. */
const LOAD_PATIENCE_MS = 15_000;
/** People refine and page: the same question comes again. Not for long, since the model may be changed. */
const REMEMBERED_QUESTIONS = 256;
const REMEMBERED_MS = 60_000;
/** Quoted phrases are checked in the text, after ranking; this many times more candidates are looked at. */
const PHRASE_DEPTH = 10;
/** Passages beyond the limit that are looked at, for those that are left out because an earlier one says the same. */
const FOLD_SHARE = 0.5;
/** Rows that vanish between ranking and reading are made up for; when more do, the ranking is asked for so many times more. */
const SPARE = 5;
const DEEPER = 8;
const MAX_DEPTH = 5_000;

interface Needs {
  readonly source: PassageSource;
  /** Keeps and compares vectors instead of the box's own index. */
  readonly vectors?: VectorIndex | null;
  /** Without it, or while it fails, only words are compared. */
  readonly embedQuery?: EmbedQuery;
  /** Without it, or while it fails, the order of fusion stands. */
  readonly reranker?: Reranker;
  /** Calls back when another model's vectors are to be compared. */
  readonly onSwitch?: (listener: () => void) => void;
  readonly log: Pick<Logger, 'warn'>;
  /** Makes the index; a worker thread unless told otherwise. Called again when the thread is lost. */
  readonly createEngine?: (onExit: (error: Error) => void) => SearchEngine;
}

interface Found {
  readonly answer: IndexAnswer;
  readonly kept: readonly PassageView[];
  readonly folded: number;
  readonly searchMs: number;
  /** Reads passages as this search may show them. */
  readonly view: (ids: readonly string[]) => Promise<readonly PassageView[]>;
}

/** Falls with the order: those that were scored again come before the others, whatever fusion made of them. */
const scoreOf = (fused: number, rerank: number | null, isReranked: boolean): number => (!isReranked ? fused : rerank === null ? fused / 2 : (1 + rerank) / 2);

type QueryVector = { readonly model: string; readonly values: Float32Array };

const withTimeout = async <T>(work: Promise<T>, timeoutMs: number, tooLate: () => Error): Promise<T> => {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<never>((_, reject) => {
    timer = setTimeout(() => reject(tooLate()), timeoutMs);
  });
  return Promise.race([work, late]).finally(() => clearTimeout(timer));
};

/** Questions' vectors, embedded once. Answers undefined while the model is away. */
const createQuestionVectors = (embedQuery: EmbedQuery | undefined, log: Needs['log']) => {
  const remembered = new Map<string, QueryVector & { readonly until: number }>();
  const find = async (text: string, embedModel?: string): Promise<QueryVector | undefined> => {
    const key = `${embedModel ?? ''}\u0000${text}`;
    const known = remembered.get(key);
    if (known !== undefined && known.until > performance.now()) return known;
    if (embedQuery === undefined) return undefined;
    try {
      const { model, vectors } = await withTimeout(
        embedQuery([text], { model: embedModel }),
        EMBED_TIMEOUT_MS,
        () => new Error(`no embedding within ${EMBED_TIMEOUT_MS} ms`),
      );
      const values = vectors[0];
      if (values === undefined) return undefined;
      if (remembered.size >= REMEMBERED_QUESTIONS) remembered.delete(remembered.keys().next().value ?? '');
      remembered.delete(key);
      remembered.set(key, { model, values, until: performance.now() + REMEMBERED_MS });
      return { model, values };
    } catch (error) {
      log.warn({ reason: errorText(error) }, 'a question could not be embedded; searching by words alone');
      return undefined;
    }
  };
  return { find, forget: () => remembered.clear() };
};

/** Finds passages by words and by meaning in an index that follows the rows of `source`. Starts loading at once. */
export const createRetriever = ({
  source,
  vectors,
  embedQuery,
  reranker,
  onSwitch,
  log,
  createEngine = (onExit) => createWorkerEngine({ onExit }),
}: Needs): Retriever => {
  let closed = false;
  const start = (): SearchEngine =>
    createEngine((error) => {
      if (closed) return;
      log.warn({ reason: errorText(error) }, 'the search index was lost and is being built again from the rows');
      engine = start();
      ready = follower.refreshAll();
      ready.catch(() => undefined);
    });
  let engine = start();
  const outer = vectors ? createOuterVectors({ index: vectors, source, log }) : undefined;
  const follower = createFollower({ source, engine: () => engine, outer, log });
  let ready = follower.loaded;
  const { find: vectorOf, forget } = createQuestionVectors(embedQuery, log);
  onSwitch?.(forget);

  const stillLoading = () =>
    new AppError('part_away', { message: 'The search index is still being loaded from the database. Try again in a moment.', retryAfterMs: 5_000 });

  /** What the vector index outside found by meaning; undefined while it is away. */
  const nearOutside = async (
    { model, values }: QueryVector,
    allowance: Allowance,
    depth: number,
    feedback = FUSION.feedback,
  ): Promise<OuterHits | undefined> => {
    const documentIds = (await engine.openDocuments(allowance)) ?? undefined;
    const query = { model, values, feedback, limit: Math.max(CANDIDATES, depth), workspaceId: allowance.workspaceId, documentIds };
    return outer!.near(query).catch((error: unknown) => {
      log.warn({ reason: errorText(error) }, 'the vector index does not answer; searching by words alone');
      return undefined;
    });
  };

  const search = async (request: SearchRequest) => {
    const began = performance.now();
    const query = request.query.trim();
    const {
      limit = DEFAULT_LIMIT,
      mode = 'hybrid',
      reader,
      folderIds,
      only,
      asOf,
      weights,
      explain,
      embedModel,
      fold = true,
      rerank: mayRerank = true,
    } = request;
    if (query === '') throw new AppError('validation_failed', { message: 'The question is empty. Type what to look for.' });
    if (!Number.isInteger(limit) || limit < 1 || limit > MAX_LIMIT)
      throw new AppError('validation_failed', { message: `\`limit\` must be between 1 and ${MAX_LIMIT}.` });

    await withTimeout(ready, LOAD_PATIENCE_MS, stillLoading);
    const documentIds = only === undefined ? request.documentIds : await source.findMatching(reader.workspaceId, only, request.documentIds);
    const question = analyzeQuestion(query, []);
    const vector = mode === 'words' ? undefined : await vectorOf(question.text, embedModel);
    const embedded = performance.now();
    // Somebody who types looks for words, at each letter anew.
    const deepest = mayRerank && mode !== 'words' && reranker !== undefined && (await reranker.find()) !== null ? Math.max(limit, RERANKED) : limit;
    let meaningAway = mode !== 'words' && vector === undefined;
    const find = async (depth: number): Promise<Found> => {
      // Read anew after the question was embedded, which takes time: what was closed meanwhile is not searched.
      const scope = await source.openScope(reader, folderIds);
      const from = performance.now();
      const allowance = { workspaceId: reader.workspaceId, scope, documentIds, asOf: asOf?.getTime() };
      const near = outer !== undefined && vector !== undefined && !meaningAway ? await nearOutside(vector, allowance, depth, weights?.feedback) : undefined;
      if (outer !== undefined && near === undefined && mode !== 'words') meaningAway = true;
      const answer = await engine.search({
        ...allowance,
        query,
        mode: meaningAway ? 'words' : mode,
        limit: depth,
        ...(outer === undefined ? { vector } : { outer: near }),
        weights,
        explain,
      });
      const searchMs = performance.now() - from;
      const view = (ids: readonly string[]) => source.readViews(ids, { reader, documentIds, within: scope.within, asOf });
      const { candidates } = answer;
      const views = await view(candidates.map(({ id }) => id));
      const fitting = views.filter(({ text }) => question.phrases.every((phrase) => foldSpaces(text).includes(phrase.text)));
      const firsts = fold ? nearDuplicates(fitting.map(({ text }) => text)) : fitting.map((_, at) => at);
      const kept = fitting.filter((_, at) => firsts[at] === at).slice(0, deepest);
      // The rows refused what the index still held: look further down, so that a late notice costs nobody a passage.
      if (kept.length < deepest && candidates.length === depth && depth < MAX_DEPTH) return find(depth * DEEPER);
      return { answer, kept, folded: firsts.filter((first, at) => first !== at).length, searchMs, view };
    };
    const depth = question.phrases.length > 0 ? deepest * PHRASE_DEPTH : deepest + SPARE + (fold ? Math.ceil(deepest * FOLD_SHARE) : 0);
    const { answer, kept, folded, searchMs, view } = await find(depth);
    const { candidates, evidence, trace } = answer;
    const again = mayRerank && mode !== 'words' ? await rerank(reranker, question.text, kept, log) : 'not_wanted';
    // Rights may have changed while the model read.
    const shown =
      typeof again === 'string'
        ? kept.slice(0, limit)
        : await view(
            inNewOrder(kept, again.scores)
              .slice(0, limit)
              .map(({ passageId }) => passageId),
          );
    const rescored = typeof again === 'string' ? undefined : again.scores;
    const byId = new Map(candidates.map((candidate) => [candidate.id, candidate]));
    const items: FoundPassage[] = shown.map((found) => {
      const { words, meaning, name, fused } = byId.get(found.passageId)!;
      const { terms } = analyzeQuestion(query, [found.language]);
      const score = rescored?.get(found.passageId) ?? null;
      return {
        ...found,
        score: scoreOf(fused, score, rescored !== undefined),
        scores: { words, meaning, name, fused, rerank: score },
        highlights: highlightsOf(found.text, found.language, terms),
      };
    });
    const ended = performance.now();
    const staged =
      trace === undefined
        ? []
        : await view([...new Set([...Object.values(trace.stages).flatMap((places) => places.map(({ id }) => id)), ...(rescored?.keys() ?? [])])]);
    return {
      items,
      evidence,
      ...(meaningAway ? { degraded: 'meaning_away' as const } : {}),
      ...(vector === undefined ? {} : { model: vector.model }),
      ...(trace === undefined
        ? {}
        : {
            trace: {
              ...trace,
              times: {
                embedMs: embedded - began,
                searchMs,
                readMs: ended - embedded - searchMs - (typeof again === 'string' ? 0 : again.tookMs),
                rerankMs: typeof again === 'string' ? 0 : again.tookMs,
              },
              rerank:
                typeof again === 'string'
                  ? again
                  : { model: again.model, places: [...again.scores].map(([id, score]) => ({ id, score })).sort((a, b) => b.score - a.score) },
              folded,
              places: Object.fromEntries(staged.map(({ passageId, documentId, filename, page }) => [passageId, { documentId, filename, page }])),
            },
          }),
      tookMs: ended - began,
    };
  };

  return {
    search,
    loaded: follower.loaded,
    refresh: follower.refresh,
    async rebuild() {
      const old = engine;
      engine = start();
      ready = follower.refreshAll();
      ready.catch(() => undefined);
      await old.close();
      await ready;
    },
    stats: () => engine.stats(),
    async close() {
      closed = true;
      outer?.close();
      follower.close();
      await engine.close();
    },
  };
};
