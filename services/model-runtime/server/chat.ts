import { randomUUID } from 'node:crypto';
import { once } from 'node:events';
import type { ServerResponse } from 'node:http';
import type { Generation, GenerateRequest } from '../chat/generator.ts';
import type { Slot } from '../chat/slot.ts';
import type { Residency } from '../residency.ts';
import { readBody, sendJson, type Handler } from './http.ts';
import { chatBody, type ChatBody } from './wire.ts';

interface Needs {
  residency: Residency;
  slot: Slot;
}

/** A long prefill sends nothing; proxies and clients give up on a silent line. */
const HEARTBEAT_MS = 5_000;

/** `POST /v1/chat/completions`, as a stream or at once, with `timings` beside OpenAI's `usage`. */
export const chatHandler =
  ({ residency, slot }: Needs): Handler =>
  async ({ request, response, signal }) => {
    const body = await readBody(request, chatBody);
    const giveBack = await slot.take(signal);
    try {
      await residency.withChat(body.model, async (model) => {
        const prompt = model.prepare(body.messages);
        const output = body.stream ? streamTo(response, body, model.id) : collectFor(response, model.id);
        const pieces = model.generate(prompt, requestOf(body), signal);
        try {
          for (;;) {
            const step = await pieces.next();
            if (step.done) {
              output.end(step.value);
              break;
            }
            await output.write(step.value);
          }
        } finally {
          output.close();
        }
      });
    } finally {
      giveBack();
    }
  };

interface Output {
  write(text: string): Promise<void>;
  end(generation: Generation): void;
  /** In any case, at the end. */
  close(): void;
}

const head = (object: string, model: string) => ({ id: `chatcmpl-${randomUUID()}`, object, created: Math.floor(Date.now() / 1000), model });

const collectFor = (response: ServerResponse, model: string): Output => {
  let content = '';
  return {
    async write(text) {
      content += text;
    },
    end: (generation) =>
      sendJson(response, {
        ...head('chat.completion', model),
        choices: [{ index: 0, message: { role: 'assistant', content }, logprobs: null, finish_reason: generation.reason }],
        usage: usageOf(generation),
        timings: timingsOf(generation),
      }),
    close() {},
  };
};

const streamTo = (response: ServerResponse, { stream_options: options }: ChatBody, model: string): Output => {
  const common = head('chat.completion.chunk', model);
  const send = (part: object): boolean => response.write(`data: ${JSON.stringify({ ...common, ...part })}\n\n`);
  const choice = (delta: object, finish_reason: string | null) => ({ choices: [{ index: 0, delta, logprobs: null, finish_reason }] });
  response.writeHead(200, { 'Content-Type': 'text/event-stream; charset=utf-8', 'Cache-Control': 'no-store' });
  send(choice({ role: 'assistant', content: '' }, null));
  const heartbeat = setInterval(() => response.write(': at work\n\n'), HEARTBEAT_MS);
  return {
    async write(text) {
      if (!send(choice({ content: text }, null)) && !response.destroyed) await Promise.race([once(response, 'drain'), once(response, 'close')]);
    },
    end(generation) {
      send({ ...choice({}, generation.reason), timings: timingsOf(generation) });
      if (options?.include_usage) send({ choices: [], usage: usageOf(generation), timings: timingsOf(generation) });
      response.end('data: [DONE]\n\n');
    },
    close: () => clearInterval(heartbeat),
  };
};

const usageOf = ({ promptTokens, completionTokens, cachedTokens }: Generation) => ({
  prompt_tokens: promptTokens,
  completion_tokens: completionTokens,
  total_tokens: promptTokens + completionTokens,
  prompt_tokens_details: { cached_tokens: cachedTokens },
});

const round = (value: number) => Math.round(value * 10) / 10;

const timingsOf = ({ promptTokens, cachedTokens, completionTokens, prefillMs, decodeMs }: Generation) => ({
  promptTokens,
  cachedTokens,
  prefillMs: round(prefillMs),
  decodeMs: round(decodeMs),
  // The first token belongs to the prefill, so the rest took decodeMs.
  tokensPerSecond: decodeMs > 0 ? round(((completionTokens - 1) / decodeMs) * 1000) : 0,
});

const requestOf = (body: ChatBody): GenerateRequest => ({
  maxTokens: body.max_completion_tokens ?? body.max_tokens ?? undefined,
  temperature: body.temperature,
  topP: body.top_p ?? undefined,
  topK: body.top_k ?? undefined,
  minP: body.min_p ?? undefined,
  seed: body.seed ?? undefined,
  frequencyPenalty: body.frequency_penalty ?? undefined,
  presencePenalty: body.presence_penalty ?? undefined,
  stop: body.stop,
});
