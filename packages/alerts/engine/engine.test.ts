import { describe, expect, test } from 'vitest';
import { emptyState, packState, step, unpackState, type EngineState, type Mute, type Reading, type Rule, type Transition } from './index.ts';

const STEP_MS = 5_000;
const MINUTE = 60_000;
const T0 = Date.UTC(2026, 0, 5, 12);

const rule = (more: Partial<Rule> = {}): Rule => ({
  id: 'r1',
  name: 'Hot',
  signal: 'metric.temperature',
  device: '*',
  side: 'above',
  levels: [
    { severity: 'warning', enter: 75, leave: 60 },
    { severity: 'critical', enter: 85, leave: 80 },
  ],
  forMs: 0,
  leaveForMs: 0,
  cooldownMs: 15 * MINUTE,
  noData: null,
  cause: 'temperature',
  perDevice: true,
  labels: {},
  sentence: { en: 'Hot' },
  runbook: '',
  ...more,
});

interface World {
  state: EngineState;
  now: number;
  log: Transition[];
  acknowledged: Set<string>;
  mutes: Mute[];
}

const world = (): World => ({ state: emptyState(), now: T0, log: [], acknowledged: new Set(), mutes: [] });
const dependencies = { queue: ['model', 'database'], model: [], index: ['database', 'model'], database: [] };

/** Steps on for `ms`, with what `read` says at each step. Returns what happened. */
const live = (box: World, rules: Rule[], ms: number, read: (at: number) => Record<string, Reading[] | number>): Transition[] => {
  const from = box.log.length;
  for (const until = box.now + ms; box.now < until;) {
    box.now += STEP_MS;
    const readings = new Map(Object.entries(read(box.now)).map(([key, value]) => [key, typeof value === 'number' ? [{ device: '', value }] : value]));
    const next = step(rules, box.state, {
      now: box.now,
      readings,
      intervalMs: STEP_MS,
      acknowledged: box.acknowledged,
      mutes: box.mutes,
      escalation: { afterMs: 15 * MINUTE, steps: 2 },
      dependencies,
    });
    box.state = next.state;
    box.log.push(...next.transitions);
  }
  return box.log.slice(from);
};
const hot = (value: number) => () => ({ 'metric.temperature': value });
const kinds = (transitions: Transition[]) => transitions.map(({ kind, tell }) => `${kind}${tell ? ' told' : ''}`);

describe('thresholds', () => {
  test('trouble enters at 75 and leaves at 60, not between', () => {
    const box = world();
    expect(kinds(live(box, [rule()], MINUTE, hot(74.9)))).toEqual([]);
    expect(kinds(live(box, [rule()], MINUTE, hot(75)))).toEqual(['opened told']);
    expect(kinds(live(box, [rule()], MINUTE, hot(61)))).toEqual([]);
    expect(kinds(live(box, [rule()], MINUTE, hot(60)))).toEqual(['resolved told']);
  });

  test('a value must stay for as long as the rule says; a dip begins again', () => {
    const box = world();
    const slow = [rule({ forMs: MINUTE })];
    expect(kinds(live(box, slow, 55_000, hot(90)))).toEqual([]);
    expect(kinds(live(box, slow, STEP_MS, hot(50)))).toEqual([]);
    expect(kinds(live(box, slow, 60_000, hot(90)))).toEqual([]);
    expect(kinds(live(box, slow, STEP_MS, hot(90)))).toEqual(['opened told']);
    expect(box.log[0]!.incident.severity).toBe('critical');
  });

  test('worse is told once more, better is not; it is one incident', () => {
    const box = world();
    live(box, [rule()], MINUTE, hot(76));
    live(box, [rule()], MINUTE, hot(90));
    live(box, [rule()], MINUTE, hot(79));
    live(box, [rule()], MINUTE, hot(90));
    live(box, [rule()], MINUTE, hot(20));
    expect(kinds(box.log)).toEqual(['opened told', 'raised told', 'lowered', 'raised', 'resolved told']);
    expect(new Set(box.log.map(({ incident }) => incident.id)).size).toBe(1);
    expect(box.log.at(-1)).toMatchObject({ durationMs: 4 * MINUTE });
  });

  test('below works as above', () => {
    const box = world();
    const low = [rule({ signal: 'disk.full_in', side: 'below', levels: [{ severity: 'warning', enter: 72, leave: 96 }] })];
    const hours = (value: number) => () => ({ 'disk.full_in': value });
    expect(kinds(live(box, low, MINUTE, hours(80)))).toEqual([]);
    expect(kinds(live(box, low, MINUTE, hours(71)))).toEqual(['opened told']);
    expect(kinds(live(box, low, MINUTE, hours(95)))).toEqual([]);
    expect(kinds(live(box, low, MINUTE, hours(96)))).toEqual(['resolved told']);
  });
});

describe('what people are not told', () => {
  test('A14 within the cooldown nothing is repeated; what still lasts then is told', () => {
    const box = world();
    live(box, [rule()], MINUTE, hot(80));
    live(box, [rule()], MINUTE, hot(20));
    expect(kinds(live(box, [rule()], 12 * MINUTE, hot(80)))).toEqual(['opened']);
    expect(kinds(live(box, [rule()], 2 * MINUTE, hot(80)))).toEqual(['told told']);
  });

  test('a silence holds until its end; what began and ended in it is never told', () => {
    const box = world();
    box.mutes = [{ target: 'temperature', from: T0, until: T0 + 10 * MINUTE, repeats: null }];
    expect(kinds(live(box, [rule()], 2 * MINUTE, hot(80)))).toEqual(['opened']);
    expect(kinds(live(box, [rule()], 2 * MINUTE, hot(20)))).toEqual(['resolved']);
    live(box, [rule()], 2 * MINUTE, hot(80));
    expect(kinds(live(box, [rule()], 6 * MINUTE, hot(80)))).toEqual(['told told']);
  });

  test('a window of maintenance comes back each day', () => {
    const box = world();
    box.mutes = [{ target: '*', from: T0 - 86_400_000, until: T0 - 86_400_000 + 5 * MINUTE, repeats: 'daily' }];
    expect(kinds(live(box, [rule()], 4 * MINUTE, hot(80)))).toEqual(['opened']);
    expect(kinds(live(box, [rule()], 2 * MINUTE, hot(80)))).toEqual(['told told']);
  });

  test('what comes and goes is told once, and its end when it was quiet for long', () => {
    const box = world();
    const rules = [rule({ cooldownMs: 0 })];
    for (let round = 0; round < 8; round += 1) {
      live(box, rules, MINUTE, hot(90));
      live(box, rules, MINUTE, hot(20));
    }
    expect(kinds(box.log)).toEqual(['opened told', 'resolved told', 'opened told', 'resolved told', 'flapping told']);
    expect(kinds(live(box, rules, 12 * MINUTE, hot(20)))).toEqual(['resolved told']);
    expect(box.log.at(-1)!.durationMs).toBe(11 * MINUTE);
  });
});

describe('one incident per cause', () => {
  const down = (id: string, cause: string): Rule =>
    rule({ id, cause, signal: 'service.down', device: cause, perDevice: false, levels: [{ severity: 'critical', enter: 1, leave: 0 }] });
  const rules = [down('q', 'queue'), down('i', 'index'), down('m', 'model'), down('d', 'database')];
  const services =
    (...names: string[]) =>
    () => ({ 'service.down': ['queue', 'index', 'model', 'database'].map((device) => ({ device, value: names.includes(device) ? 1 : 0 })) });

  test('the database is down and takes the rest with it: one incident, one alert, one recovery', () => {
    const box = world();
    live(box, rules, MINUTE, services('database', 'queue', 'index'));
    live(box, rules, MINUTE, services('queue'));
    live(box, rules, MINUTE, services());
    expect(kinds(box.log)).toEqual(['opened told', 'resolved told']);
    expect(box.log[0]!.incident.key).toBe('database');
    expect(box.log[0]!.members.map(({ ruleId }) => ruleId).sort()).toEqual(['d', 'i', 'q']);
  });

  test('the cause shows itself within seconds of what it brought down: nobody hears of the latter', () => {
    const box = world();
    live(box, rules, STEP_MS, services('queue', 'index'));
    live(box, rules, MINUTE, services('queue', 'index', 'database'));
    expect(kinds(box.log).filter((kind) => kind.endsWith('told'))).toEqual(['opened told']);
    expect(box.log[0]!.incident.key).toBe('database');
  });

  test('the cause shows itself late: the incident goes on under its name, others join it', () => {
    const box = world();
    live(box, rules, MINUTE, services('queue', 'index'));
    expect(kinds(box.log)).toEqual(['opened told', 'opened told']);
    live(box, rules, MINUTE, services('queue', 'index', 'database'));
    live(box, rules, MINUTE, services());
    expect(kinds(box.log).slice(2)).toEqual(['merged', 'rerooted', 'grown', 'resolved told']);
    expect(box.log.at(-1)!.incident).toMatchObject({ key: 'database', id: box.log[0]!.incident.id });
  });

  test('what does not depend on it is its own incident', () => {
    const box = world();
    live(box, rules, MINUTE, services('model', 'database'));
    expect(box.log.map(({ incident }) => incident.key).sort()).toEqual(['database', 'model']);
  });

  test('a warning upstream explains nothing', () => {
    const box = world();
    const warned = [rule({ id: 'w', cause: 'database', signal: 'queue.waiting', levels: [{ severity: 'warning', enter: 1, leave: 0 }] }), down('q', 'queue')];
    live(box, warned, MINUTE, () => ({ 'queue.waiting': 5, ...services('queue')() }));
    expect(box.log.map(({ incident }) => incident.key).sort()).toEqual(['database', 'queue']);
  });
});

describe('silence of the sensors', () => {
  test('is no recovery: the incident stays, and says that nothing is heard', () => {
    const box = world();
    live(box, [rule()], MINUTE, hot(90));
    expect(kinds(live(box, [rule()], 10 * MINUTE, () => ({})))).toEqual(['silent']);
    expect([...box.state.incidents.values()]).toMatchObject([{ silent: true, severity: 'critical' }]);
    expect(kinds(live(box, [rule()], MINUTE, hot(90)))).toEqual(['heard']);
    expect(kinds(live(box, [rule()], MINUTE, hot(20)))).toEqual(['resolved told']);
  });

  test('can be an incident of its own, also of what was never heard', () => {
    const box = world();
    const watched = [rule({ noData: { afterMs: 2 * MINUTE, severity: 'warning' } })];
    expect(kinds(live(box, watched, 90_000, () => ({})))).toEqual([]);
    expect(kinds(live(box, watched, MINUTE, () => ({})))).toEqual(['opened told']);
    expect(kinds(live(box, watched, MINUTE, hot(20)))).toEqual(['resolved told']);
  });

  test('what was about to fire begins again after it', () => {
    const box = world();
    const slow = [rule({ forMs: 2 * MINUTE })];
    live(box, slow, 115_000, hot(90));
    live(box, slow, 5 * MINUTE, () => ({}));
    expect(kinds(live(box, slow, MINUTE, hot(90)))).toEqual([]);
  });
});

describe('time', () => {
  const slow = [rule({ forMs: 10 * MINUTE, noData: { afterMs: 2 * MINUTE, severity: 'warning' } })];

  test.each([
    ['the machine slept for eight hours', 8 * 60 * MINUTE],
    ['the clock was set back by a day', -24 * 60 * MINUTE],
    ['the clock jumped ahead by a year', 365 * 24 * 60 * MINUTE],
  ])('%s: no timer moves', (_name, jump) => {
    const box = world();
    live(box, slow, 5 * MINUTE, hot(90));
    box.now += jump;
    expect(kinds(live(box, slow, 4 * MINUTE, hot(90)))).toEqual([]);
    expect(kinds(live(box, slow, 2 * MINUTE, hot(90)))).toEqual(['opened told']);
  });

  test('a restart keeps the timers and the incidents', () => {
    const box = world();
    live(box, slow, 8 * MINUTE, hot(90));
    box.state = unpackState(JSON.parse(JSON.stringify(packState(box.state))));
    expect(kinds(live(box, slow, 3 * MINUTE, hot(90)))).toEqual(['opened told']);
    box.state = unpackState(JSON.parse(JSON.stringify(packState(box.state))));
    expect(kinds(live(box, slow, MINUTE, hot(90)))).toEqual([]);
    expect(kinds(live(box, slow, MINUTE, hot(10)))).toEqual(['resolved told']);
  });

  test('the same readings give the same incidents, ids included', () => {
    const run = () => {
      const box = world();
      for (const value of [80, 20, 90, 76, 10]) live(box, [rule()], 3 * MINUTE, hot(value));
      return JSON.stringify(box.log);
    };
    expect(run()).toBe(run());
  });
});

describe('people', () => {
  test('what nobody takes goes to the next person, step by step; what is taken does not', () => {
    const box = world();
    live(box, [rule()], MINUTE, hot(90));
    expect(live(box, [rule()], 14 * MINUTE, hot(90))).toEqual([]);
    expect(live(box, [rule()], MINUTE, hot(90))).toMatchObject([{ kind: 'escalated', escalation: 1, tell: true }]);
    expect(live(box, [rule()], 15 * MINUTE, hot(90))).toMatchObject([{ kind: 'escalated', escalation: 2 }]);
    expect(live(box, [rule()], 60 * MINUTE, hot(90))).toEqual([]);

    const taken = world();
    live(taken, [rule()], MINUTE, hot(90));
    taken.acknowledged.add(taken.log[0]!.incident.id);
    expect(live(taken, [rule()], 60 * MINUTE, hot(90))).toEqual([]);
    expect(kinds(live(taken, [rule()], MINUTE, hot(20)))).toEqual(['resolved told']);
  });
});
