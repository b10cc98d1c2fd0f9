import { AppError, errorText, type Logger } from '#kit';
import { createWorkerEngine, type SearchEngine } from './index/engine.ts';
import { highlightsOf } from './query/highlights.ts';
import { analyzeQuestion, foldSpaces } from './query/question.ts';
import { createFollower } from './source/follower.ts';
import type { PassageSource } from './source/source.ts';
import type { EmbedQuery, FoundPassage, Retriever, SearchRequest } from './types.ts';

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
/** Rows that vanish between ranking and reading are made up for; when more do, the ranking is asked for so many times more. */
const SPARE = 5;
const DEEPER = 8;
const MAX_DEPTH = 5_000;

interface Needs {
  readonly source: PassageSource;
  /** Without it, or while it fails, only words are compared. */
  readonly embedQuery?: EmbedQuery;
  readonly log: Pick<Logger, 'warn'>;
  /** Makes the index; a worker thread unless told otherwise. Called again when the thread is lost. */
  readonly createEngine?: (onExit: (error: Error) => void) => SearchEngine;
}

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
  return async (text: string): Promise<QueryVector | undefined> => {
    const known = remembered.get(text);
    if (known !== undefined && known.until > performance.now()) return known;
    if (embedQuery === undefined) return undefined;
    try {
      const { model, vectors } = await withTimeout(embedQuery([text]), EMBED_TIMEOUT_MS, () => new Error(`no embedding within ${EMBED_TIMEOUT_MS} ms`));
      const values = vectors[0];
      if (values === undefined) return undefined;
      if (remembered.size >= REMEMBERED_QUESTIONS) remembered.delete(remembered.keys().next().value ?? '');
      remembered.delete(text);
      remembered.set(text, { model, values, until: performance.now() + REMEMBERED_MS });
      return { model, values };
    } catch (error) {
      log.warn({ reason: errorText(error) }, 'a question could not be embedded; searching by words alone');
      return undefined;
    }
  };
};

/** Finds passages by words and by meaning in an index that follows the rows of `source`. Starts loading at once. */
export const createRetriever = ({ source, embedQuery, log, createEngine = (onExit) => createWorkerEngine({ onExit }) }: Needs): Retriever => {
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
  const follower = createFollower({ source, engine: () => engine, log });
  let ready = follower.loaded;
  const vectorOf = createQuestionVectors(embedQuery, log);

  const stillLoading = () =>
    new AppError('part_away', { message: 'The search index is still being loaded from the database. Try again in a moment.', retryAfterMs: 5_000 });

  const search = async (request: SearchRequest) => {
    const began = performance.now();
    const query = request.query.trim();
    const { limit = DEFAULT_LIMIT, mode = 'hybrid', reader, documentIds, folderIds, asOf } = request;
    if (query === '') throw new AppError('validation_failed', { message: 'The question is empty. Type what to look for.' });
    if (!Number.isInteger(limit) || limit < 1 || limit > MAX_LIMIT)
      throw new AppError('validation_failed', { message: `\`limit\` must be between 1 and ${MAX_LIMIT}.` });

    await withTimeout(ready, LOAD_PATIENCE_MS, stillLoading);
    const question = analyzeQuestion(query, []);
    const vector = mode === 'words' ? undefined : await vectorOf(question.text);
    const meaningAway = mode !== 'words' && vector === undefined;
    const find = async (depth: number): Promise<FoundPassage[]> => {
      // Read anew after the question was embedded, which takes time: what was closed meanwhile is not searched.
      const scope = await source.openScope(reader, folderIds);
      const candidates = await engine.search({
        workspaceId: reader.workspaceId,
        scope,
        documentIds,
        asOf: asOf?.getTime(),
        query,
        mode: meaningAway ? 'words' : mode,
        limit: depth,
        vector,
      });
      const byId = new Map(candidates.map((candidate) => [candidate.id, candidate]));
      const views = await source.readViews(
        candidates.map(({ id }) => id),
        { reader, documentIds, within: scope.within, asOf },
      );
      const found = views.filter((view) => question.phrases.every((phrase) => foldSpaces(view.text).includes(phrase.text))).slice(0, limit);
      // The rows refused what the index still held: look further down, so that a late notice costs nobody a passage.
      if (found.length < limit && candidates.length === depth && depth < MAX_DEPTH) return find(depth * DEEPER);
      return found.map((view) => {
        const { words, meaning, fused } = byId.get(view.passageId)!;
        const { terms } = analyzeQuestion(query, [view.language]);
        return { ...view, score: fused, scores: { words, meaning, fused }, highlights: highlightsOf(view.text, view.language, terms) };
      });
    };
    const items = await find(question.phrases.length > 0 ? limit * PHRASE_DEPTH : limit + SPARE);
    return { items, ...(meaningAway ? { degraded: 'meaning_away' as const } : {}), tookMs: performance.now() - began };
  };

  return {
    search,
    loaded: follower.loaded,
    refresh: follower.refresh,
    stats: () => engine.stats(),
    async close() {
      closed = true;
      follower.close();
      await engine.close();
    },
  };
};
