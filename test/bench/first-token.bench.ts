import { mkdir, writeFile } from 'node:fs/promises';
import { dirname } from 'node:path';
import { createServiceGroup, silentLogger } from '#kit';
import { prepareQueueStore } from '#queue';
import { startBackend, type Backend } from '../../services/dashboard-backend/backend.ts';
import { setupCodePath } from '../../services/dashboard-backend/features/setup/index.ts';
import { service as llmQueue } from '../../services/llm-queue/main.ts';
import { say, startScriptedRuntime } from '../support/scripted-runtime.ts';
import { defineBench, percentile } from './bench.ts';
import { withScratchDatabase, type Scratch } from './scratch-database.ts';

const ROUNDS = 60;
const WARM_UP = 10;

/** Milliseconds until `found` is seen in the answer's body. */
const timeTo = async (found: string, request: () => Promise<Response>): Promise<number> => {
  const began = performance.now();
  const response = await request();
  let text = '';
  for await (const piece of response.body!.pipeThrough(new TextDecoderStream())) {
    text += piece;
    if (text.includes(found)) break;
  }
  return performance.now() - began;
};

/** The processes of a box as they run by default, backend and queue together, with a model that answers at once. */
const withCore = async <T>({ database, dataDir }: Scratch, runtimeUrl: string, work: (url: string, token: string) => Promise<T>): Promise<T> => {
  let backend!: Backend;
  const config = {
    dataDir,
    databaseUrl: database.url,
    host: '127.0.0.1',
    port: 0,
    stateFile: null,
    publicDir: null,
    productDir: '.',
    redisUrl: undefined,
    runtime: { url: runtimeUrl, token: '' },
  };
  await prepareQueueStore({ url: database.url, log: silentLogger });
  const group = createServiceGroup({ env: { ARASUL_DATABASE_URL: database.url, ARASUL_RUNTIME_URL: runtimeUrl }, logFor: () => silentLogger });
  await group.start({ name: 'dashboard-backend', start: async (host) => (backend = await startBackend(host, config)) });
  await group.start(llmQueue);
  try {
    const url = `http://127.0.0.1:${backend.port}`;
    await mkdir(dirname(setupCodePath(dataDir)), { recursive: true });
    await writeFile(setupCodePath(dataDir), 'AAAA-BBBB');
    const body = JSON.stringify({ code: 'AAAA-BBBB', username: 'owner', password: 'Tr0ub4dour-and-3-horses' });
    const answer = await fetch(`${url}/api/v1/setup`, { method: 'POST', headers: { 'content-type': 'application/json' }, body });
    return await work(url, ((await answer.json()) as { accessToken: string }).accessToken);
  } finally {
    await group.stop();
  }
};

export default defineBench({
  name: 'first token',
  about: `From a question's submission to its first token in the event stream, against the same model asked directly; a model that answers at once, so that all of it is overhead; ${ROUNDS} pairs, one after the other.`,
  measure: () =>
    withScratchDatabase(async (scratch) => {
      const runtime = await startScriptedRuntime();
      runtime.script = say('Yes', '.');
      try {
        return await withCore(scratch, runtime.url, async (url, token) => {
          const headers = { authorization: `Bearer ${token}`, 'content-type': 'application/json' };
          const post = async (path: string, body: object) =>
            (await (await fetch(`${url}/api/v1${path}`, { method: 'POST', headers, body: JSON.stringify(body) })).json()) as { id: string; jobId: string };
          const through = async (): Promise<number> => {
            const { id } = await post('/conversations', {});
            let jobId = '';
            const ms = await timeTo('event: token', async () => {
              ({ jobId } = await post(`/conversations/${id}/messages`, { content: 'Is it?' }));
              return fetch(`${url}/api/v1/jobs/${jobId}/events`, { headers });
            });
            // The next round finds an idle box.
            await (await fetch(`${url}/api/v1/jobs/${jobId}/events`, { headers })).text();
            return ms;
          };
          const direct = () =>
            timeTo('"Yes"', () =>
              fetch(`${runtime.url}/v1/chat/completions`, {
                method: 'POST',
                headers,
                body: JSON.stringify({ messages: [{ role: 'user', content: 'Is it?' }], stream: true }),
              }),
            );
          const added: number[] = [];
          const raw: number[] = [];
          for (let round = 0; round < ROUNDS + WARM_UP; round += 1) {
            const directMs = await direct();
            const throughMs = await through();
            if (round < WARM_UP) continue;
            raw.push(directMs);
            added.push(throughMs - directMs);
          }
          return [
            { name: 'added before the first token, p50', value: percentile(added, 0.5), unit: 'ms', goal: { atMost: 15, text: '<= 15 ms' } },
            { name: 'added before the first token, p95', value: percentile(added, 0.95), unit: 'ms' },
            { name: 'the model asked directly, p50', value: percentile(raw, 0.5), unit: 'ms' },
          ];
        });
      } finally {
        await runtime.stop();
      }
    }),
});
