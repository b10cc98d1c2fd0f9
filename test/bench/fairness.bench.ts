import { mkdir, writeFile } from 'node:fs/promises';
import { createState, decide, take, worstWaitMs } from '#scheduler';
import { drawFairness } from '../support/scheduler/draw.ts';
import { configFor, makeLoad, MODELS, userName, weightOfUser } from '../support/scheduler/load.ts';
import { measure, type Measures } from '../support/scheduler/measure.ts';
import { createByModelWithRule, createFifo, createGreedy, createOurs, createRoundRobin } from '../support/scheduler/policies.ts';
import { simulate } from '../support/scheduler/simulate.ts';
import { defineBench, percentile } from './bench.ts';

const USERS = 1_000;
const JOBS = 100_000;
const INTENSITY = 1.5;
const QUEUED = 10_000;

const percent = (share: number) => `${(share * 100).toFixed(share < 0.1 ? 1 : 0)} %`;
const minutes = (ms: number) => (ms < 90 * 60_000 ? `${(ms / 60_000).toFixed(0)} min` : `${(ms / 3_600_000).toFixed(0)} h`);

const page = (all: readonly Measures[], best: Measures): string =>
  [
    '# Fairness',
    '',
    'Made by `npm run bench -- fairness`, in virtual time with a fixed seed: every run gives these figures.',
    '',
    `${USERS.toLocaleString('en')} people with weights 3:2:1 in turn ask ${JOBS.toLocaleString('en')} questions (Zipf 1.1: few ask much), Poisson arrivals at ${INTENSITY}x of what one accelerator can do, for three models`,
    '(50, 30, 20 %), answers of 2-30 s. Changing the model takes 45 s. Estimates are off by up to a third either way, as a real queue’s are.',
    '',
    '![Share error and work done, by order](images/fairness.svg)',
    '',
    '| order | work done, of the best | switches | share error, largest | 99 of 100 windows | light users wait, p50 | p99 | stated worst wait |',
    '|---|---|---|---|---|---|---|---|',
    ...all.map((one) =>
      [
        '',
        one.policy,
        `${(one.busyShare / best.busyShare).toFixed(3)}x`,
        one.switches.toLocaleString('en'),
        one.windows ? percent(one.shareErrorMax) : 'no window',
        one.windows ? percent(one.shareErrorP99) : '',
        minutes(one.lightWaitP50Ms),
        minutes(one.lightWaitP99Ms),
        one.worstBreachMs === null ? 'none stated' : one.worstBreachMs <= 0 ? 'never broken' : `broken by ${minutes(one.worstBreachMs)}`,
        '',
      ]
        .join(' | ')
        .trim(),
    ),
    '',
    '- **Share error**: on every window of 200 jobs of a person in backlog, what the person got of all that the people in backlog got, over its share by weight, minus one.',
    '  In backlog is who had a job waiting for the model at work at every turn of the window. Windows end with the last arrival: while a line runs dry, people who were blocked by a model catch up.',
    '- **Light users** asked fewer than 30 questions in all. Their wait is set by the stints: a switch of 45 s may cost 4 % of the time, so that a model is kept for up to 18 minutes while others wait.',
    '  On a box with one chat model there are no stints, and the wait is that for the running answer.',
    '- **Stated worst wait**: told to each job when it comes, and never broken here, nor in 500 random lines with three classes (`packages/scheduler/scheduler.test.ts`).',
    '- **The best order** leaves a model only when nobody waits for it.',
    '',
  ].join('\n');

/** Rounds before measuring, for the compiler. */
const WARM_UP = 500;

/** Milliseconds of each of 5,000 decisions with 10,000 jobs in line of 500 people, a new one coming for each that ends. */
const decisionTimes = (): { decisions: number[]; statements: number[] } => {
  const config = configFor(USERS);
  const state = createState(config);
  const add = (index: number, now: number) => {
    const job = {
      id: `j${index}`,
      user: userName(index % 500),
      class: 'interactive' as const,
      model: MODELS[index % 3]!,
      arrivedAt: now,
      estimateMs: 5_000 + (index % 7) * 1_000,
      capMs: 30_000,
    };
    const began = performance.now();
    worstWaitMs(state, job, now);
    const stated = performance.now() - began;
    take(state, { type: 'arrived', job }, now);
    return stated;
  };
  for (let index = 0; index < QUEUED; index += 1) add(index, 0);
  let now = 0;
  const decisions: number[] = [];
  const statements: number[] = [];
  for (let round = 0; round < WARM_UP + 5_000; round += 1) {
    const began = performance.now();
    const { id } = decide(state, now)!;
    if (round >= WARM_UP) decisions.push(performance.now() - began);
    now += 8_000;
    take(state, { type: 'finished', id, usedMs: 8_000 }, now);
    statements.push(add(QUEUED + round, now));
  }
  return { decisions, statements };
};

export default defineBench({
  name: 'fairness',
  about: `Weights 3:2:1, ${USERS.toLocaleString('en')} people, Zipf arrivals, three models with 45 s switches, ${JOBS.toLocaleString('en')} jobs in virtual time; decisions with ${QUEUED.toLocaleString('en')} jobs in line. See [fairness](fairness.md).`,
  async measure() {
    const load = makeLoad({ seed: 1, jobs: JOBS, users: USERS, intensity: INTENSITY });
    const weights = new Map(Array.from({ length: USERS }, (_, index) => [userName(index), weightOfUser(index)]));
    const weightOf = (user: string) => weights.get(user) ?? 1;
    const policies = [createOurs(configFor(USERS), weights), createGreedy(), createByModelWithRule(), createRoundRobin(), createFifo()];
    const all = policies.map((policy) => measure(simulate(load, policy), weightOf));
    const [ours, best] = all as [Measures, Measures];
    await mkdir('docs/images', { recursive: true });
    await writeFile('docs/images/fairness.svg', drawFairness(all, best));
    await writeFile('docs/fairness.md', page(all, best));
    const { decisions, statements } = decisionTimes();
    return [
      { name: 'share error on every window of 200 jobs, largest', value: ours.shareErrorMax * 100, unit: '%', goal: { atMost: 3, text: '<= 3 %' } },
      { name: 'stated worst wait exceeded by', value: Math.max(0, ours.worstBreachMs ?? 0) / 1000, unit: 's', goal: { atMost: 0, text: 'never' } },
      {
        name: 'work done',
        value: ours.busyShare,
        unit: 'of the time',
        reference: { name: 'best order without fairness', value: best.busyShare },
        goal: { atLeast: 0.95, text: '>= 0.95x' },
      },
      { name: 'decision with 10,000 jobs in line, p99', value: percentile(decisions, 0.99), unit: 'ms', goal: { atMost: 1, text: '<= 1 ms' } },
      { name: 'worst wait computed with 10,000 jobs in line, p99', value: percentile(statements, 0.99), unit: 'ms' },
    ];
  },
});
