import type { Answer, JobEvent, RateSample, Worked } from '#answers';
import type { ChatEvent, ChatMessage, ModelRuntime } from '#clients';
import type { AnswerRecord, AnswerTimings, Settings } from '#contracts';
import { confidence } from '#abstention';
import { AppError, isAppError } from '#kit';
import { createGrounder, standaloneQuery, type FoundPassage, type GroundingPassage, type Retriever } from '#retrieval';
import type { ClaimedJob } from '../line/line.ts';
import { digestDocument, digestPrompt, partsRead, type Digest } from './digest.ts';
import { createDraft } from './draft.ts';
import { toTurns, type Turn } from './history.ts';
import type { Library } from './library.ts';
import { chooseModel, type ChosenModel } from './model-choice.ts';
import { phrasesFor } from './phrases.ts';
import { buildPrompt, type Prompt } from './prompt.ts';
import { quotePassages } from './quote-passages.ts';
import { refuse } from './refuse.ts';
import { isAboutAll, relevantTo } from './relevance.ts';
import { createLoopGuard } from './loop-guard.ts';
import { createSentenceStream, type Step } from './sentence-stream.ts';
import { watchedChat } from './watched-chat.ts';
import type { PatienceWith } from './patience.ts';

export interface AnswerNeeds {
  runtime: Pick<ModelRuntime, 'chat' | 'models' | 'countTokens' | 'load'>;
  retriever: Pick<Retriever, 'search' | 'loaded'>;
  library: Library;
  /** The confidence below which the documents do not answer, for searches with this model's vectors or by words alone (null). */
  threshold: (workspaceId: string, embedModel: string | null) => Promise<number>;
  settings: () => Settings;
  patience: PatienceWith;
}

export interface AnswerInHand {
  /** Writes the answer. Throws the signal's reason, or why the model could not go on. */
  write(signal: AbortSignal): Promise<void>;
  /** The answer as far as it is. */
  soFar(): Answer;
  /** What it cost; null while it is not whole. */
  cost(): RateSample | null;
  /** What the model read and wrote, and how long that took; null when none answered. */
  worked(): Worked | null;
}

/** The end of a sentence that the length limit did not cut. */
const ENDS_WHOLE = /[.!?…:;|)\]"”’»]\s*$/u;

/** What is asked, whichever way it came in. */
interface Question {
  text: string;
  turns: Turn[];
  instructions?: string;
}

/** What a sentence can be bound to. */
type Traceable = GroundingPassage & { readonly documentId: string; readonly filename: string };

/** One attempt at one job. `emit` is told every event in order. */
export const beginAnswer = (
  needs: AnswerNeeds,
  job: ClaimedJob & { loadMs?: number },
  { attempt, isLast }: { attempt: number; isLast: boolean },
  emit: (event: JobEvent) => void,
): AnswerInHand => {
  const { spec } = job;
  const { runtime, library } = needs;
  const settings = needs.settings();
  const chat = spec.kind === 'chat' ? spec : null;
  const isDigest = chat?.mode === 'summary' || chat?.mode === 'compare';
  const began = performance.now();
  const draft = createDraft((event) => {
    if (event.event === 'token') firstTokenMs ??= performance.now() - began;
    emit(event);
  });
  let model: ChosenModel | null = null;
  /** Why the runtime could not even be asked for its models; set on the last attempt, which then does without. */
  let away: AppError | null = null;
  let answeredBy: Answer['answeredBy'] = null;
  let firstTokenMs: number | undefined;
  let retrievalMs = 0;
  let finished: Extract<ChatEvent, { type: 'done' }> | null = null;
  let endedMs: number | null = null;
  let record: AnswerRecord | undefined;

  const findQuestion = async (): Promise<Question> => {
    if (spec.kind === 'chat') {
      const before = job.conversationId && job.messageId ? await library.messagesBefore(job.conversationId, job.messageId) : [];
      return { text: job.prompt, turns: toTurns(before.slice(0, -1)) };
    }
    const instructions = spec.messages
      .filter(({ role }) => role === 'system')
      .map(({ content }) => content)
      .join('\n');
    return { text: job.prompt, turns: toTurns(spec.messages.slice(0, -1)), instructions };
  };

  /** Streams one model answer; `onText` sees what it writes. */
  const stream = async (
    messages: readonly ChatMessage[],
    maxTokens: number | undefined,
    signal: AbortSignal,
    onText: (text: string) => Promise<void | 'enough'> | void,
  ): Promise<void> => {
    const asked = spec.kind === 'completion' ? spec : null;
    const request = {
      messages,
      model: model?.id,
      maxTokens: asked?.maxTokens ?? maxTokens,
      temperature: asked?.temperature ?? settings.chat.temperature,
      topP: asked?.topP,
      seed: asked?.seed,
      stop: asked?.stop,
    };
    const patience = await needs.patience(model?.id, spec.kind);
    answeredBy = 'model';
    for await (const event of watchedChat(runtime, request, { signal, patience })) {
      if (event.type === 'done') finished = event;
      else if ((await onText(event.text)) === 'enough') return; // leaving the loop stops the model
    }
  };

  const asOf = chat?.asOf === undefined ? undefined : new Date(chat.asOf);

  /** The passages to answer from, and whether they answer at all. */
  const retrieve = async (
    question: Question,
    documentIds: string[] | undefined,
  ): Promise<{ passages: FoundPassage[]; isAnswered: boolean; nearest: readonly FoundPassage[] }> => {
    const from = performance.now();
    await needs.retriever.loaded;
    const query = standaloneQuery(
      question.text,
      question.turns.flatMap(({ question: asked, answer }) => [
        { role: 'user', content: asked },
        { role: 'assistant', content: answer },
      ]),
    );
    const {
      items,
      degraded,
      evidence,
      model: embedModel,
    } = await needs.retriever.search({ reader: job, query, limit: settings.chat.passages, documentIds, folderIds: chat?.folderIds, asOf });
    retrievalMs = performance.now() - from;
    record = { ...recordOf(query), degraded: degraded ?? null };
    emit({
      event: 'retrieved',
      data: { passages: items.map(({ passageId, documentId, filename, page, score }) => ({ passageId, documentId, filename, page, score })), degraded },
    });
    // Who names the documents has decided what is relevant.
    const passages = documentIds ? [...items] : relevantTo(query, items);
    if (isAboutAll(query)) return { passages, isAnswered: passages.length > 0, nearest: items };
    // Whether the documents are likely to answer, by what the search found and the threshold that was fitted to them.
    const [sureness, threshold] = [confidence(evidence), await needs.threshold(job.workspaceId, embedModel ?? null)];
    Object.assign(record, { confidence: sureness, threshold });
    return { passages, isAnswered: passages.length > 0 && (settings.chat.abstention === 'off' || sureness >= threshold), nearest: items };
  };

  /** Lets the model's text through, and binds each sentence to the passage that bears it as soon as it is whole. */
  const writeGrounded = async (
    { messages, passages, answerTokens }: Pick<Prompt, 'messages' | 'answerTokens'> & { passages: readonly Traceable[] },
    question: Question,
    signal: AbortSignal,
  ): Promise<void> => {
    // By words and numbers alone: comparing by meaning takes the accelerator from the very answer that is being written.
    const grounder = createGrounder({ passages, question: question.text });
    const sentences = createSentenceStream({ stripMarkers: true });
    const isLooping = createLoopGuard();
    let start: number | null = null;
    const follow = async (steps: readonly Step[], isCut = false): Promise<void | 'enough'> => {
      for (const step of steps) {
        if (step !== 'sentence') {
          const before = draft.content.length;
          draft.write(step.text);
          const written = draft.content.slice(before);
          if (written.trim() !== '') start ??= before + written.length - written.trimStart().length;
          continue;
        }
        if (start === null) continue;
        const from = start;
        start = null;
        const sentence = draft.content.slice(from);
        // Half a sentence claims nothing yet.
        if (isCut && step === steps.at(-1) && !ENDS_WHOLE.test(sentence)) continue;
        const check = await grounder.check(sentence);
        const source = passages.find(({ passageId }) => passageId === check.passageId);
        if (source) draft.cite(from, { source, quote: check.quote, boxes: check.boxes, support: check.support }, check.unsupportedNumbers);
        else if (check.claims) draft.doubt(from, check.unsupportedNumbers);
        if (isLooping(sentence)) return 'enough';
      }
    };
    let looped = false;
    await stream(messages, answerTokens, signal, async (text) => {
      const enough = await follow(sentences.push(text));
      looped ||= enough === 'enough';
      return enough;
    });
    if (!looped) await follow(sentences.end(), finished?.reason === 'length');
  };

  const answerFromDocuments = async (question: Question, documentIds: string[] | undefined, signal: AbortSignal): Promise<void> => {
    const words = phrasesFor(settings.general.language, question.text);
    const { passages, isAnswered, nearest } = await retrieve(question, documentIds);
    signal.throwIfAborted();
    if (record) Object.assign(record, await library.record(passages.map(({ passageId }) => passageId)));
    if (!isAnswered) return refuse(draft, nearest, words.notInDocuments);
    if (chat?.mode === 'quotes') {
      answeredBy = 'passages';
      return quotePassages(draft, passages, words.quotes, words);
    }
    if (!model) {
      answeredBy = 'passages';
      quotePassages(draft, passages, away ? words.modelAway : words.noModel, words);
      return;
    }
    const prompt = await promptFor(question, passages, signal);
    await writeGrounded(prompt, question, signal);
    if (draft.citations.length === 0) quotePassages(draft, passages, words.untraced, words);
  };

  /** One document summarised, or two compared: read in parts, then told as one. */
  const writeDigest = async (question: Question, documentIds: readonly string[], signal: AbortSignal): Promise<void> => {
    const words = phrasesFor(settings.general.language, question.text);
    const documents = await Promise.all(documentIds.map((id) => library.wholeDocument(job, id, asOf)));
    if (documents.some((passages) => passages.length === 0)) return refuse(draft, [], words.notInDocuments);
    needModel();
    const { contextTokens } = model!;
    const all = documents.reduce((sum, passages) => sum + partsRead(passages, contextTokens), 0);
    let done = 0;
    const tell = () => emit({ event: 'progress', data: { done: done++, all } });
    const ask = async (messages: readonly ChatMessage[], maxTokens: number): Promise<string> => {
      let text = '';
      await stream(messages, maxTokens, signal, (piece) => void (text += piece));
      return text;
    };
    tell();
    const digests: Digest[] = [];
    for (const passages of documents) digests.push(await digestDocument(passages[0]!.filename, passages, { ask, contextTokens, onPart: tell }));
    const told = digests.map(({ notes }, at) => ({ filename: documents[at]![0]!.filename, notes }));
    const passages = digests.flatMap((digest) => digest.passages);
    const ids = passages.map(({ passageId }) => passageId);
    record = { ...recordOf(question.text), ...(await library.record(ids)) };
    await writeGrounded(
      { messages: digestPrompt(question.text, told, contextTokens), passages, answerTokens: settings.chat.maxAnswerTokens },
      question,
      signal,
    );
    digests.forEach(({ read, parts }, at) => {
      if (read < parts) draft.write(`\n\n${words.partly(told[at]!.filename, read, parts)}`);
    });
  };

  const recordOf = (query: string): AnswerRecord => ({
    query,
    model: null,
    settings: { passages: settings.chat.passages, maxAnswerTokens: settings.chat.maxAnswerTokens, temperature: settings.chat.temperature },
    degraded: null,
    documents: [],
    passages: [],
  });

  const promptFor = ({ text, turns, instructions }: Question, passages: readonly FoundPassage[], signal: AbortSignal): Promise<Prompt> =>
    buildPrompt(
      { question: text, turns, passages, instructions, contextTokens: model!.contextTokens, answerTokens: settings.chat.maxAnswerTokens },
      (messages) => runtime.countTokens(messages, { model: model!.id, signal }),
    );

  const needModel = (): void => {
    if (away) throw away;
    if (!model)
      throw new AppError('model_not_ready', {
        message: 'There is no chat model yet, and no document to quote from. Add one of the two: Models, or Documents.',
      });
  };

  return {
    async write(signal) {
      const asked = spec.model;
      const models =
        chat?.mode === 'quotes'
          ? null
          : await runtime.models({ signal }).catch((error: unknown) => {
              if (signal.aborted || !isLast || !isAppError(error)) throw error;
              away = error;
              return null;
            });
      model = models && chooseModel(models, { asked, preferred: settings.models.externalChatModel });
      emit({ event: 'started', data: { model: model?.id ?? null, attempt } });
      if (spec.kind === 'completion' && !spec.fromDocuments) {
        needModel();
        await stream(spec.messages, undefined, signal, (text) => draft.write(text));
      } else {
        const documentIds = chat?.documentIds;
        const [question, hasPassages] = await Promise.all([findQuestion(), library.hasPassages(job, documentIds, asOf)]);
        if (isDigest) await writeDigest(question, documentIds ?? [], signal);
        else if (hasPassages) await answerFromDocuments(question, documentIds, signal);
        else {
          needModel();
          const { messages, answerTokens } = await promptFor(question, [], signal);
          await stream(messages, answerTokens, signal, (text) => draft.write(text));
        }
      }
      endedMs = performance.now() - began;
    },

    soFar() {
      const timings: AnswerTimings = {
        queuedMs: Math.round(job.queuedMs),
        loadMs: job.loadMs ? Math.round(job.loadMs) : undefined,
        retrievalMs: Math.round(retrievalMs),
        prefillMs: finished ? Math.round(finished.timings.prefillMs) : undefined,
        decodeMs: finished ? Math.round(finished.timings.decodeMs) : undefined,
        firstTokenMs: firstTokenMs === undefined ? undefined : Math.round(firstTokenMs),
        totalMs: Date.now() - job.createdAt,
        promptTokens: finished?.usage.promptTokens,
        completionTokens: finished?.usage.completionTokens,
      };
      return draft.toAnswer({
        answeredBy,
        model: answeredBy === 'model' ? finished?.model || model?.id || null : null,
        timings,
        promptTokens: finished?.usage.promptTokens,
        completionTokens: finished?.usage.completionTokens,
        finishReason: finished?.reason,
        record: record && { ...record, model: answeredBy === 'model' && model ? { id: finished?.model || model.id, digest: model.digest } : null },
      });
    },

    worked() {
      if (!finished) return null;
      const { timings, usage } = finished;
      return {
        freshTokens: timings.promptTokens - timings.cachedTokens,
        prefillMs: timings.prefillMs,
        answerTokens: usage.completionTokens,
        decodeMs: timings.decodeMs,
      };
    },

    cost() {
      // What a whole document takes says nothing about questions.
      if (endedMs === null || isDigest) return null;
      const freshTokens = finished ? finished.timings.promptTokens - finished.timings.cachedTokens : 0;
      return {
        serviceMs: endedMs,
        firstTokenMs: firstTokenMs ?? endedMs,
        prefillMsPerToken: finished && freshTokens > 0 ? finished.timings.prefillMs / freshTokens : undefined,
        decodeMsPerToken: finished && finished.usage.completionTokens > 1 ? finished.timings.decodeMs / finished.usage.completionTokens : undefined,
        answerTokens: finished?.usage.completionTokens,
        freshTokens,
      };
    },
  };
};
