import { createServer, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';

export interface BotCall {
  method: string;
  /** Fields, parsed where they are JSON; of a form with a file, its text fields. */
  params: Record<string, any>; // eslint-disable-line @typescript-eslint/no-explicit-any -- a test says what it expects
}

type Fault = { status: number; retryAfter?: number; text?: string } | 'cut';

const BOT_ID = 4711;
export const BOT_TOKEN = `${BOT_ID}:AAE-bot-token-of-a-test-0123456789`;

/** Fields of an urlencoded body; what is structured in them is JSON, as the Bot API has it. */
const readFields = (text: string): BotCall['params'] =>
  Object.fromEntries([...new URLSearchParams(text)].map(([name, value]) => [name, /^[[{]/.test(value) ? (JSON.parse(value) as unknown) : value]));

/** Text fields of a multipart form; of a file, that it is there. */
const readForm = (text: string): Record<string, string> =>
  Object.fromEntries([...text.matchAll(/name="([^"]+)"[^\r]*(?:\r\n[^\r]+)*\r\n\r\n([^\r]*)/g)].map(([, name, value]) => [name!, value!]));

/** A server that speaks the Bot API over HTTP: holds updates until they are confirmed, numbers messages, and answers badly when told so. */
export const startBotApi = async () => {
  const calls: BotCall[] = [];
  const faults = new Map<string, Fault[]>();
  let updates: { update_id: number }[] = [];
  const files = new Map<string, Buffer>();
  let nextUpdate = 1;
  let nextMessage = 100;
  const waiting = new Set<() => void>();

  const answer = (response: ServerResponse, result: unknown): void =>
    void response.writeHead(200, { 'content-type': 'application/json' }).end(JSON.stringify({ ok: true, result }));

  const serve = (method: string, params: BotCall['params'], response: ServerResponse): void => {
    if (method === 'getMe') return answer(response, { id: BOT_ID, is_bot: true, first_name: 'Box', username: 'my_box_bot' });
    if (method === 'getUpdates') {
      updates = updates.filter(({ update_id }) => update_id >= Number(params.offset ?? 0));
      const give = (): void => {
        clearTimeout(timer);
        waiting.delete(give);
        if (!response.destroyed) answer(response, updates.slice(0, 100));
      };
      const timer = setTimeout(give, Number(params.timeout ?? 0) * 1000);
      if (updates.length > 0) return give();
      waiting.add(give);
      response.on('close', () => {
        clearTimeout(timer);
        waiting.delete(give);
      });
      return;
    }
    if (method === 'getFile') return answer(response, { file_id: params.file_id, file_unique_id: 'u', file_path: `documents/${params.file_id}` });
    if (method === 'sendMessage' || method === 'sendPhoto') {
      return answer(response, { message_id: (nextMessage += 1), date: 1, chat: { id: Number(params.chat_id), type: 'private' }, text: params.text });
    }
    answer(response, true);
  };

  const server = createServer((request, response) => {
    const chunks: Buffer[] = [];
    request.on('data', (chunk: Buffer) => chunks.push(chunk));
    request.on('end', () => {
      const [, fileToken, fileId = ''] = /^\/file\/bot([^/]+)\/documents\/(\w+)/.exec(request.url ?? '') ?? [];
      const file = fileToken === BOT_TOKEN ? files.get(fileId) : undefined;
      if (file) return void response.writeHead(200).end(file);
      const [, token, method = ''] = /^\/bot([^/]+)\/(\w+)/.exec(request.url ?? '') ?? [];
      const text = Buffer.concat(chunks).toString('latin1');
      const params = request.headers['content-type']?.includes('urlencoded') ? readFields(Buffer.concat(chunks).toString('utf8')) : readForm(text);
      if (token !== BOT_TOKEN) {
        response.writeHead(401, { 'content-type': 'application/json' }).end(JSON.stringify({ ok: false, error_code: 401, description: 'Unauthorized' }));
        return;
      }
      calls.push({ method, params });
      const fault = faults.get(method)?.shift();
      if (fault === 'cut') return void request.socket.destroy();
      if (fault?.text !== undefined) return void response.writeHead(fault.status, { 'content-type': 'text/html' }).end(fault.text);
      if (fault) {
        const parameters = fault.retryAfter === undefined ? {} : { parameters: { retry_after: fault.retryAfter } };
        const body = { ok: false, error_code: fault.status, description: 'as the test said', ...parameters };
        return void response.writeHead(fault.status, { 'content-type': 'application/json' }).end(JSON.stringify(body));
      }
      serve(method, params, response);
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));

  const push = (update: Record<string, unknown>): void => {
    updates.push({ update_id: nextUpdate, ...update });
    nextUpdate += 1;
    for (const give of waiting) give();
  };
  const person = (id: number, language: string) => ({ id, is_bot: false, first_name: 'Anna', language_code: language });

  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    calls,
    sent: (method: string) => calls.filter((call) => call.method === method).map(({ params }) => params),
    /** The next answers to a method. */
    fail: (method: string, ...next: Fault[]): void => void faults.set(method, [...(faults.get(method) ?? []), ...next]),
    write: (chatId: number, text: string, { language = 'en' } = {}): void =>
      push({ message: { message_id: (nextMessage += 1), date: 1, chat: { id: chatId, type: 'private' }, from: person(chatId, language), text } }),
    /** Somebody sends a file. */
    sendFile: (chatId: number, name: string, content: Buffer, { size = content.length } = {}): void => {
      const fileId = `file${nextUpdate}`;
      files.set(fileId, content);
      const document = { file_id: fileId, file_unique_id: 'u', file_name: name, file_size: size };
      push({ message: { message_id: (nextMessage += 1), date: 1, chat: { id: chatId, type: 'private' }, from: person(chatId, 'en'), document } });
    },
    press: (chatId: number, data: string, { id = `cb${nextUpdate}` } = {}): void =>
      push({
        callback_query: {
          id,
          from: person(chatId, 'en'),
          chat_instance: '1',
          data,
          message: { message_id: 101, date: 1, chat: { id: chatId, type: 'private' } },
        },
      }),
    unconfirmed: () => updates.length,
    stop: () =>
      new Promise<void>((resolve) => {
        server.closeAllConnections();
        server.close(() => resolve());
      }),
  };
};
export type BotApi = Awaited<ReturnType<typeof startBotApi>>;
