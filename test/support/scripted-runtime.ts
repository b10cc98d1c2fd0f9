import { once } from 'node:events';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';

/** One chat request as the runtime sees it. */
export interface Call {
  messages: { role: string; content: string }[];
  body: Record<string, unknown>;
  /** 1 for the first call. */
  n: number;
  /** Aborted when the client has gone. */
  signal: AbortSignal;
  /** Tokens that were sent. */
  sent: number;
}

/** One request for vectors: when it held the runtime. */
export interface Embedded {
  texts: number;
  from: number;
  to: number | null;
}

/** Writes one answer, token by token. Throwing breaks the connection in the middle, as a dying process does. */
export type Script = (call: Call) => AsyncIterable<string>;

/** Resolves when the client of this call has gone: a model that hangs. */
export const hang = ({ signal }: Call): Promise<void> =>
  new Promise((resolve) => (signal.aborted ? resolve() : signal.addEventListener('abort', () => resolve(), { once: true })));

/** The same words for everybody. */
export const say = (...tokens: string[]): Script =>
  async function* () {
    yield* tokens;
  };

const readJson = async (request: IncomingMessage): Promise<Record<string, unknown>> => {
  let text = '';
  for await (const chunk of request) text += String(chunk);
  return JSON.parse(text) as Record<string, unknown>;
};

/** A model runtime on OpenAI's wire whose every token is the test's own. */
export const startScriptedRuntime = async ({ model = 'scripted', contextTokens = 4_096, port = 0 } = {}) => {
  const calls: Call[] = [];
  let script: Script = say('Yes.');
  let hasModel = true;
  let isAway = false;
  let decodeMsPerToken = 5;
  let embedMsPerText: number | null = null;
  const embeddings: Embedded[] = [];

  /** One vector of two dimensions per text, in so many milliseconds each. */
  const embed = async (request: IncomingMessage, response: ServerResponse, msPerText: number): Promise<void> => {
    const { input } = await readJson(request);
    const texts = [input].flat() as string[];
    const call: Embedded = { texts: texts.length, from: Date.now(), to: null };
    embeddings.push(call);
    await new Promise((resolve) => setTimeout(resolve, msPerText * texts.length));
    call.to = Date.now();
    json(response, { object: 'list', model: `${model}-embed`, data: texts.map((_, index) => ({ object: 'embedding', index, embedding: [1, 0] })) });
  };

  const chat = async (request: IncomingMessage, response: ServerResponse): Promise<void> => {
    const body = await readJson(request);
    const gone = new AbortController();
    response.on('close', () => gone.abort());
    const call: Call = { messages: body.messages as Call['messages'], body, n: calls.length + 1, signal: gone.signal, sent: 0 };
    calls.push(call);
    const send = (delta: object, more: object = {}) =>
      response.write(
        `data: ${JSON.stringify({ id: 'x', object: 'chat.completion.chunk', model, choices: [{ index: 0, delta, finish_reason: null, ...more }] })}\n\n`,
      );
    response.writeHead(200, { 'Content-Type': 'text/event-stream' });
    send({ role: 'assistant', content: '' });
    for await (const token of script(call)) {
      if (gone.signal.aborted) return;
      send({ content: token });
      call.sent += 1;
    }
    if (gone.signal.aborted) return;
    const timings = { promptTokens: 10, cachedTokens: 0, prefillMs: 20, decodeMs: decodeMsPerToken * call.sent, tokensPerSecond: 1000 / decodeMsPerToken };
    response.write(`data: ${JSON.stringify({ choices: [{ index: 0, delta: {}, finish_reason: 'stop' }], timings })}\n\n`);
    response.write(
      `data: ${JSON.stringify({ choices: [], usage: { prompt_tokens: 10, completion_tokens: call.sent, total_tokens: 10 + call.sent }, timings })}\n\n`,
    );
    response.end('data: [DONE]\n\n');
  };

  const json = (response: ServerResponse, body: object, status = 200) => {
    response.writeHead(status, { 'Content-Type': 'application/json' });
    response.end(JSON.stringify(body));
  };

  const server = createServer((request, response) => {
    const route = `${request.method} ${request.url}`;
    if (isAway) {
      request.socket.destroy();
      return;
    }
    if (route === 'GET /v1/models') {
      json(response, {
        object: 'list',
        data: hasModel ? [{ id: model, object: 'model', purpose: 'chat', max_model_len: contextTokens, active: true, loaded: true }] : [],
      });
    } else if (route === 'POST /v1/chat/completions') {
      // What was sent before the death has arrived.
      chat(request, response).catch(() => response.write(': the end\n\n', () => response.destroy()));
    } else if (route === 'POST /v1/tokenize') {
      void readJson(request).then((body) => json(response, { count: Math.ceil(JSON.stringify(body.input ?? body.messages).length / 4) }));
    } else if (route === 'POST /v1/embeddings' && embedMsPerText !== null) {
      void embed(request, response, embedMsPerText);
    } else {
      json(response, { error: { message: 'not here', code: 'model_not_ready' } }, 503);
    }
  });
  server.listen(port, '127.0.0.1');
  await once(server, 'listening');

  return {
    model,
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    /** Every chat request so far. */
    calls,
    set script(next: Script) {
      script = next;
    },
    /** Without it, the runtime runs and has no chat model. */
    set hasModel(next: boolean) {
      hasModel = next;
    },
    /** Every request for vectors so far. */
    embeddings,
    /** What a text's vector takes; null: there is no embedding model. */
    set embedMsPerText(next: number | null) {
      embedMsPerText = next;
    },
    /** What it says that a token took. */
    set decodeMsPerToken(next: number) {
      decodeMsPerToken = next;
    },
    /** While it is, every connection breaks before an answer. */
    set isAway(next: boolean) {
      isAway = next;
    },
    async stop(): Promise<void> {
      server.closeAllConnections();
      server.close();
      await once(server, 'close');
    },
  };
};

export type ScriptedRuntime = Awaited<ReturnType<typeof startScriptedRuntime>>;
