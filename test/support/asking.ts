import type { JobEventData, JobEventName, MessageView } from '#contracts';
import { createServiceGroup, silentLogger, type Logger } from '#kit';
import { service as llmQueue } from '../../services/llm-queue/main.ts';
import { startBox, type Box, type Person } from './box.ts';
import { startScriptedRuntime, type ScriptedRuntime } from './scripted-runtime.ts';

/** One event as a reader of the stream sees it. */
export interface ReadEvent<Name extends JobEventName = JobEventName> {
  /** Absent for what is told of now and not replayed. */
  id?: number;
  event: Name;
  data: JobEventData<Name>;
}

interface ReadOptions {
  as: Person;
  /** `Last-Event-ID`. */
  after?: number;
  /** Another process of the box. */
  at?: string;
  signal?: AbortSignal;
}

/** A job's events as any client of Server-Sent Events reads them. Leaving the loop closes the connection. */
export async function* readEvents(box: Pick<Box, 'url'>, jobId: string, { as, after, at = box.url, signal }: ReadOptions): AsyncGenerator<ReadEvent> {
  const leaving = new AbortController();
  const response = await fetch(`${at}/api/v1/jobs/${jobId}/events`, {
    headers: { Authorization: `Bearer ${as.token}`, ...(after === undefined ? {} : { 'Last-Event-ID': String(after) }) },
    signal: signal ? AbortSignal.any([signal, leaving.signal]) : leaving.signal,
  });
  if (!response.ok || !response.body) throw new Error(`the stream answered ${response.status}: ${await response.text()}`);
  const reader = response.body.pipeThrough(new TextDecoderStream()).getReader();
  try {
    let buffered = '';
    for (;;) {
      const { done, value } = await reader.read();
      if (done) return;
      buffered += value;
      for (let end = buffered.indexOf('\n\n'); end !== -1; end = buffered.indexOf('\n\n')) {
        const fields = new Map(
          buffered
            .slice(0, end)
            .split('\n')
            .map((line) => [line.slice(0, line.indexOf(':')), line.slice(line.indexOf(':') + 1).trim()]),
        );
        buffered = buffered.slice(end + 2);
        if (fields.has('event'))
          yield {
            id: fields.has('id') ? Number(fields.get('id')) : undefined,
            event: fields.get('event') as JobEventName,
            data: JSON.parse(fields.get('data')!),
          };
      }
    }
  } finally {
    // Not `reader.cancel()`: through a pipe it may wait for a next chunk, which a model that hangs never sends.
    leaving.abort();
  }
}

/** The text that a reader of these events shows in the end. */
export const textOf = (events: readonly ReadEvent[]): string => {
  let text = '';
  for (const { event, data } of events) {
    if (event === 'started' && (data as JobEventData<'started'>).attempt > 1) text = '';
    if (event === 'token') text += (data as JobEventData<'token'>).text;
  }
  return text;
};

/** The worker as a process of its own would run it, against a box's database. */
export const startLlmQueue = async (
  box: Pick<Box, 'database'>,
  runtimeUrl: string,
  { env = {}, log = silentLogger }: { env?: Record<string, string>; log?: Logger } = {},
) => {
  const group = createServiceGroup({ env: { ARASUL_DATABASE_URL: box.database.url, ARASUL_RUNTIME_URL: runtimeUrl, ...env }, logFor: () => log });
  await group.start(llmQueue);
  return { stop: () => group.stop() };
};

/** A box whose questions are answered by a scripted model. */
export const startAskingBox = async ({ env = {}, publicDir }: { env?: Record<string, string>; publicDir?: string } = {}) => {
  const runtime: ScriptedRuntime = await startScriptedRuntime();
  const box = await startBox({ runtime: { url: runtime.url, token: '' }, publicDir });
  const queue = await startLlmQueue(box, runtime.url, { env });
  const owner = await box.owner();

  const converse = async (as: Person = owner): Promise<string> => {
    const { body } = await box.request('POST', '/api/v1/conversations', { as, body: {} });
    return body.id;
  };
  const ask = async (
    content: string,
    { as = owner, conversationId }: { as?: Person; conversationId?: string } = {},
  ): Promise<{ jobId: string; messageId: string; conversationId: string; ticket: JobEventData<'ticket'> }> => {
    const inside = conversationId ?? (await converse(as));
    const { status, body } = await box.request('POST', `/api/v1/conversations/${inside}/messages`, { as, body: { content } });
    if (status !== 202) throw new Error(`asking answered ${status}: ${JSON.stringify(body)}`);
    return { ...body, conversationId: inside };
  };
  const follow = async (jobId: string, options: Partial<ReadOptions> = {}): Promise<ReadEvent[]> => {
    const events: ReadEvent[] = [];
    for await (const event of readEvents(box, jobId, { as: owner, ...options })) events.push(event);
    return events;
  };
  const messages = async (conversationId: string, as: Person = owner): Promise<MessageView[]> => {
    const { body } = await box.request('GET', `/api/v1/conversations/${conversationId}/messages`, { as });
    return body.items;
  };

  return {
    box,
    runtime,
    owner,
    converse,
    ask,
    follow,
    messages,
    async stop() {
      await queue.stop();
      await box.stop();
      await runtime.stop();
    },
  };
};
