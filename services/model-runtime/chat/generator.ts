import type { LlamaContext, LlamaModel, SequenceEvaluateOptions, Token } from 'node-llama-cpp';
import { AppError } from '#kit';
import type { PromptMessage, PromptTemplate } from './prompt.ts';
import type { SpareCores } from './spare-cores.ts';
import { createStopFilter } from './stop-strings.ts';
import { createTextStream } from './text-stream.ts';

export interface GenerateRequest {
  maxTokens?: number;
  temperature: number;
  topP?: number;
  topK?: number;
  minP?: number;
  seed?: number;
  frequencyPenalty?: number;
  presencePenalty?: number;
  stop: readonly string[];
}

export interface Generation {
  reason: 'stop' | 'length';
  promptTokens: number;
  completionTokens: number;
  /** Prompt tokens whose state was still there from the call before. */
  cachedTokens: number;
  prefillMs: number;
  decodeMs: number;
}

export interface Generator {
  /** The prompt's tokens, checked against the window. Errors: `context_exceeded`. */
  prepare(messages: readonly PromptMessage[]): Token[];
  countTokens(input: string | readonly PromptMessage[]): number;
  /** Text as it is made; the summary is its return value. One at a time: the caller holds the slot. An abort ends it within a few tokens. */
  generate(prompt: Token[], request: GenerateRequest, signal: AbortSignal): AsyncGenerator<string, Generation>;
}

interface Needs {
  model: LlamaModel;
  context: LlamaContext;
  template: PromptTemplate;
  spareCores: SpareCores;
}

/** Room that must be left for an answer, or the prompt does not fit. */
const LEAST_ANSWER_TOKENS = 16;
/**
 * A stop during the prefill waits for the piece in hand, so pieces are as small as they may be without costing anything: per token, pieces
 * of 16 took 11.5 ms of processor time, of 32 10.9, of 64 8.1, of 128 7.5, of 512 7.6 (135 M parameters, one thread).
 */
const LEAST_PIECE = 64;
const PIECE_MS = 250;
/** No text fits with more; splitting megabytes into tokens to find that out would hold up everybody for seconds. */
const MOST_LETTERS_PER_TOKEN = 64;
/** How often the number of threads is looked at again while writing. */
const TOKENS_PER_LOOK = 8;
/** How far back the penalties of a request look. */
const PENALISED_TOKENS = 64;

/** Text generation in one context with one sequence, whose state is kept for the next prompt that begins the same. */
export const createGenerator = ({ model, context, template, spareCores }: Needs): Generator => {
  const sequence = context.getSequence();
  const { llama } = model;
  const onCpu = llama.gpu === false;
  let piece = onCpu ? LEAST_PIECE : context.batchSize;

  const useSpareCores = () => {
    if (onCpu) llama.maxThreads = spareCores.threads();
  };

  const tokensOf = (messages: readonly PromptMessage[]): Token[] => {
    const tokens = template(messages).flatMap(({ text, special }) => model.tokenize(text, special, 'trimLeadingSpace'));
    const { bos, shouldPrependBosToken } = model.tokens;
    if (shouldPrependBosToken && bos !== null && tokens[0] !== bos) tokens.unshift(bos);
    return tokens;
  };

  /** All but the last token, in pieces, so that a stop is heard between them. */
  const prefill = async (prompt: Token[], signal: AbortSignal): Promise<number> => {
    await sequence.adaptStateToTokens(prompt.slice(0, -1), false);
    const cached = sequence.nextTokenIndex;
    for (let at = cached; at < prompt.length - 1;) {
      signal.throwIfAborted();
      useSpareCores();
      const part = prompt.slice(at, Math.min(at + piece, prompt.length - 1));
      const began = performance.now();
      await sequence.evaluateWithoutGeneratingNewTokens(part);
      at += part.length;
      if (onCpu && part.length === piece) {
        const perToken = (performance.now() - began) / part.length;
        piece = Math.max(LEAST_PIECE, Math.min(context.batchSize, Math.round(PIECE_MS / perToken)));
      }
    }
    signal.throwIfAborted();
    return cached;
  };

  return {
    countTokens: (input) => (typeof input === 'string' ? model.tokenize(input).length : tokensOf(input).length),
    prepare(messages) {
      const letters = messages.reduce((sum, { content }) => sum + content.length, 0);
      const tokens = letters > context.contextSize * MOST_LETTERS_PER_TOKEN ? null : tokensOf(messages);
      if (tokens === null) {
        throw new AppError('context_exceeded', {
          message: `The prompt has ${letters} letters, far more than this model's ${context.contextSize} tokens. Send fewer or shorter messages.`,
          details: { contextTokens: context.contextSize },
        });
      }
      const room = context.contextSize - tokens.length;
      if (room < LEAST_ANSWER_TOKENS) {
        throw new AppError('context_exceeded', {
          message: `The prompt has ${tokens.length} tokens; with room for an answer, this model takes ${context.contextSize - LEAST_ANSWER_TOKENS}. Send fewer or shorter messages, or choose a model with a larger context.`,
          details: { promptTokens: tokens.length, contextTokens: context.contextSize },
        });
      }
      return tokens;
    },
    async *generate(prompt, request, signal) {
      const began = performance.now();
      const limit = Math.min(request.maxTokens ?? Infinity, context.contextSize - prompt.length);
      const text = createTextStream<Token>((tokens, before) => model.detokenize(tokens, false, before));
      const filter = createStopFilter(request.stop);
      const cachedTokens = await prefill(prompt, signal);
      let first: number | undefined;
      const written: Token[] = [];
      let reason: Generation['reason'] = 'stop';
      const summary = (): Generation => {
        const now = performance.now();
        return {
          reason,
          promptTokens: prompt.length,
          completionTokens: written.length,
          cachedTokens,
          prefillMs: (first ?? now) - began,
          decodeMs: now - (first ?? now),
        };
      };
      for await (const token of sequence.evaluate(
        prompt.slice(-1),
        samplingOf(request, () => written.slice(-PENALISED_TOKENS)),
      )) {
        signal.throwIfAborted();
        written.push(token);
        first ??= performance.now();
        if (written.length % TOKENS_PER_LOOK === 0) useSpareCores();
        const shown = filter.push(text.push(token));
        if (shown.text) yield shown.text;
        if (shown.stopped) return summary();
        if (written.length >= limit) {
          reason = 'length';
          break;
        }
      }
      const last = filter.push(text.flush());
      const rest = last.stopped ? last.text : last.text + filter.flush();
      if (rest) yield rest;
      return summary();
    },
  };
};

const samplingOf = (
  { temperature, topP, topK, minP, seed, frequencyPenalty, presencePenalty }: GenerateRequest,
  written: () => Token[],
): SequenceEvaluateOptions => ({
  temperature,
  topP,
  topK,
  minP,
  seed,
  repeatPenalty: frequencyPenalty || presencePenalty ? { punishTokens: written, penalty: 1, frequencyPenalty, presencePenalty } : undefined,
});
