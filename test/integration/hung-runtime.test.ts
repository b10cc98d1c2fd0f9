import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { createServer } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { startAskingBox, textOf } from '../support/asking.ts';
import { hang, say } from '../support/scripted-runtime.ts';

/** A launcher's private socket, as far as restarts go. */
const startLauncherSocket = async (path: string) => {
  const asked: { path: string; reason: string }[] = [];
  let pid = 100;
  const server = createServer((request, response) => {
    let body = '';
    request.on('data', (part: Buffer) => (body += part.toString()));
    request.on('end', () => {
      response.setHeader('Content-Type', 'application/json');
      if (request.method === 'POST') {
        asked.push({ path: request.url!, reason: (JSON.parse(body) as { reason: string }).reason });
        pid += 1;
        response.statusCode = 202;
        response.end('{}');
        return;
      }
      const unknown = { heardMsAgo: null, loopMeanMs: null, loopMaxMs: null, rssBytes: null };
      const part = {
        name: 'model-runtime',
        services: ['model-runtime'],
        state: 'ready',
        pid,
        restarts: 0,
        lastError: null,
        essential: false,
        history: [],
        ...unknown,
      };
      response.end(JSON.stringify({ pid: 1, parts: [part] }));
    });
  });
  server.listen(path);
  await once(server, 'listening');
  return { asked, stop: () => new Promise((resolve) => server.close(resolve)) };
};

describe('A10 a runtime that hangs', () => {
  let folder: string;
  let launcher: Awaited<ReturnType<typeof startLauncherSocket>>;
  let asking: Awaited<ReturnType<typeof startAskingBox>>;
  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'arasul-hung-'));
    launcher = await startLauncherSocket(join(folder, 'control.sock'));
    asking = await startAskingBox({ env: { ARASUL_FIRST_TOKEN_TIMEOUT_MS: '1500', ARASUL_CONTROL_SOCKET: join(folder, 'control.sock') } });
  });
  afterAll(async () => {
    await asking.stop();
    await launcher.stop();
    await rm(folder, { recursive: true, force: true });
  });

  test('A10 is started again, and its question is answered at the second try', async () => {
    const first = asking.runtime.calls.length + 1;
    asking.runtime.script = async function* (model) {
      if (model.n === first) await hang(model);
      yield 'Back again.';
    };
    const { jobId } = await asking.ask('Are you there?');
    const events = await asking.follow(jobId);
    expect(events.at(-1)!.event).toBe('done');
    expect(textOf(events)).toBe('Back again.');
    expect(launcher.asked).toEqual([{ path: '/parts/model-runtime/restart', reason: 'The model wrote nothing for 2 s, so it was stopped.' }]);
  });

  test('A10 a question at which it hangs every time fails alone, with the reason; the next one is answered', async () => {
    const before = asking.runtime.calls.length;
    asking.runtime.script = async function* (model) {
      if (model.messages.at(-1)!.content.includes('poison')) await hang(model);
      yield 'Well.';
    };
    const poisonous = await asking.ask('Here is poison.');
    const next = await asking.ask('And how are you?');
    const events = await asking.follow(poisonous.jobId);
    expect(events.at(-1)).toMatchObject({ event: 'failed', data: { code: 'model_stopped', message: expect.stringContaining('wrote nothing') as string } });
    expect((await asking.follow(next.jobId)).at(-1)!.event).toBe('done');
    expect(asking.runtime.calls.slice(before).filter(({ messages }) => messages.at(-1)!.content.includes('poison'))).toHaveLength(2);
    asking.runtime.script = say('Yes.');
  });
});
