import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, test } from 'vitest';
import { childPart, type ChildPart } from './child-part.ts';
import { StartProblem } from './start-problem.ts';

const folder = mkdtempSync(join(tmpdir(), 'arasul-child-'));
afterAll(() => rmSync(folder, { recursive: true }));

/** A child process that runs `script`; it hears the launcher as `message` events and speaks by `process.send`. */
const childThat = (script: string, { stopLimitMs = 10_000 } = {}): ChildPart => {
  const entry = join(folder, `${Math.random()}.mjs`);
  writeFileSync(entry, script);
  return childPart({
    name: 'core',
    services: ['one'],
    entry,
    processEnv: { PATH: process.env.PATH },
    env: () => ({ SECRET: 'by message' }),
    logFile: join(folder, 'core.log'),
    onHealth: () => undefined,
    stopLimitMs,
  });
};
const never = new AbortController().signal;
const waits =
  "setInterval(() => {}, 1000); process.on('message', ({ env }) => { console.log(env.SECRET, process.env.SECRET); process.send({ type: 'ready' }); });";

describe('a child process', () => {
  test('gets its environment by message, where no other user can read it, and its words are kept', async () => {
    const running = await childThat(waits).start(never);
    await running.stop();
    expect(await running.exited).toBe('was ended by SIGTERM');
    expect(readFileSync(join(folder, 'core.log'), 'utf8')).toBe('by message undefined\n');
  });

  test('that does not stop when asked to is killed', async () => {
    const running = await childThat(`process.on('SIGTERM', () => {}); ${waits}`, { stopLimitMs: 100 }).start(never);
    await running.stop();
    expect(await running.exited).toContain('was killed');
  });

  test('that ends before it is ready says why: for good when trying again cannot help', async () => {
    const says = (permanent: boolean): string =>
      `process.send({ type: 'failed', message: 'ARASUL_X is missing.', permanent: ${permanent} }, () => process.exit(1));`;
    await expect(childThat(says(true)).start(never)).rejects.toBeInstanceOf(StartProblem);
    await expect(childThat(says(false)).start(never)).rejects.toThrow('core stopped: ARASUL_X is missing.');
    await expect(childThat('process.exit(3)').start(never)).rejects.toThrow('core stopped with code 3');
  });

  test('that was loaded early starts as that process, and one that never starts is ended', async () => {
    const part = childThat(waits);
    part.preload();
    const running = await part.start(never);
    part.discard(); // nothing is waiting any more
    process.kill(running.pid, 0);
    await running.stop();

    const unused = childThat(
      "process.on('SIGTERM', () => { console.log('ended unused'); process.exit(0); }); setInterval(() => {}, 1000); console.log('loaded');",
    );
    unused.preload();
    while (!readFileSync(join(folder, 'core.log'), 'utf8').includes('loaded')) await new Promise(setImmediate);
    unused.discard();
    while (!readFileSync(join(folder, 'core.log'), 'utf8').includes('ended unused')) await new Promise(setImmediate);
  });

  test('that is told to stop while it starts does not become ready', async () => {
    const stopping = new AbortController();
    const starting = childThat('setInterval(() => {}, 1000);').start(stopping.signal);
    stopping.abort();
    await expect(starting).rejects.toThrow('was ended by SIGTERM');
  });
});
