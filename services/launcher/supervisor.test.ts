import { describe, expect, test } from 'vitest';
import type { Clock } from '#kit';
import type { Part, RunningPart } from './part.ts';
import { StartProblem } from './start-problem.ts';
import { supervise, type PartState } from './supervisor.ts';

/** Time that passes as fast as it is slept. */
const quickClock = (): Clock => {
  let now = 0;
  return {
    now: () => now,
    sleep: (ms) => {
      now += ms;
      return Promise.resolve();
    },
  };
};

/** A part whose lives are scripted: each either fails to start, ends by itself, or runs until it is stopped. */
const scripted = (lives: ('runs' | 'ends' | Error)[]): Part & { starts: number } => ({
  name: 'part',
  services: ['part'],
  starts: 0,
  start() {
    const life = lives[this.starts++] ?? 'runs';
    if (life instanceof Error) return Promise.reject(life);
    let end: (how: string) => void = () => undefined;
    const exited = new Promise<string>((resolve) => (end = resolve));
    const running: RunningPart = { pid: this.starts, exited, stop: () => Promise.resolve(end('was stopped')), heardAt: () => null, vitals: () => null };
    if (life === 'ends') setImmediate(() => end('was killed'));
    return Promise.resolve(running);
  },
});

const watch = (part: Part) => {
  const states: PartState[] = [];
  const supervised = supervise(part, { clock: quickClock(), onChange: (_, state) => states.push(state) });
  return { supervised, states, seen: () => states.map(({ state }) => state) };
};

describe('a supervised part', () => {
  test('is started again after it ended, and tells each state with its reason', async () => {
    const part = scripted(['ends', 'runs']);
    const { supervised, states, seen } = watch(part);
    await supervised.ready;
    while (part.starts < 2) await new Promise(setImmediate);
    await supervised.stop();
    expect(seen()).toEqual(['starting', 'ready', 'restarting', 'ready', 'stopped']);
    expect(states.at(-2)).toEqual({ state: 'ready', pid: 2, restarts: 1, lastError: 'part was killed.' });
  });

  test('is given up, with the reason, when it never becomes ready', async () => {
    const { supervised, seen } = watch(scripted(Array.from({ length: 20 }, () => new Error('no luck'))));
    await expect(supervised.ready).rejects.toThrow(/no luck.*never became ready/);
    expect((await supervised.failed).message).toContain('no luck');
    expect(seen().at(-1)).toBe('failed');
  });

  test('is given up at once when starting it again cannot help', async () => {
    const part = scripted([new StartProblem('Set the port.')]);
    const { supervised } = watch(part);
    await expect(supervised.ready).rejects.toThrow('Set the port.');
    expect(part.starts).toBe(1);
  });

  test('is ended and started again when somebody asks for it, with who and why, also after it was given up', async () => {
    const part = scripted(['runs', 'runs']);
    const { supervised, states } = watch(part);
    await supervised.ready;
    supervised.restart({ by: 'mara', reason: 'To try it.' });
    while (part.starts < 2 || states.at(-1)?.state !== 'ready') await new Promise(setImmediate);
    expect(supervised.history()).toMatchObject([{ by: 'mara', reason: 'To try it.', readyAt: expect.any(Number) as number }]);
    await supervised.stop();

    const broken = scripted([new StartProblem('Set the port.'), 'runs']);
    const again = watch(broken);
    await again.supervised.failed;
    again.supervised.restart({ by: 'self-healing', reason: 'The port is free now.' });
    while (again.states.at(-1)?.state !== 'ready') await new Promise(setImmediate);
    await again.supervised.stop();
  });

  test('stays stopped while it is held, and runs again when that ends', async () => {
    const part = scripted(['runs', 'runs']);
    const { supervised, states } = watch(part);
    await supervised.ready;
    supervised.hold({ by: 'mara', reason: 'Held by mara.' });
    while (states.at(-1)?.state !== 'stopped') await new Promise(setImmediate);
    for (let i = 0; i < 50; i += 1) await new Promise(setImmediate);
    expect(part.starts).toBe(1);
    supervised.restart({ by: 'mara', reason: 'On again.' });
    while (states.at(-1)?.state !== 'ready') await new Promise(setImmediate);
    expect(part.starts).toBe(2);
    await supervised.stop();
    expect(states.at(-1)?.state).toBe('stopped');
  });

  test('can be stopped while it starts: what comes up is taken down again', async () => {
    const { supervised, seen } = watch(scripted(['runs']));
    await Promise.all([supervised.stop(), supervised.stop()]);
    expect(seen().at(-1)).toBe('stopped');
    expect(seen()).not.toContain('ready');
  });
});
