import type { SystemOverview, SystemProblem } from '#contracts';

/** The thresholds that alerts begin with (warning and critical), so that the sentence and the alert never disagree. */
const LIMITS = {
  ram: { warning: 90, critical: 97 },
  disk: { warning: 80, critical: 95 },
  temperature: { warning: 75, critical: 85 },
} as const;
/** A box that answers works at its limit; only one that never comes down from it is told. */
const BUSY_PERCENT = 95;
/** Six samples of five seconds. */
const SAMPLE_LATE_MS = 30_000;

type Facts = Pick<SystemOverview, 'now' | 'services' | 'counts' | 'model' | 'sampleAgeMs'> & {
  intervalMs: number;
  /** Mean load over the last minutes; null when unknown. */
  lately: { cpu: number | null; gpu: number | null };
};

const severityOf = (value: number, { warning, critical }: { warning: number; critical: number }): SystemProblem['severity'] | null =>
  value >= critical ? 'critical' : value >= warning ? 'warning' : null;

const measured = ({ now }: Facts): SystemProblem[] => {
  const problems: SystemProblem[] = [];
  const add = (code: SystemProblem['code'], severity: SystemProblem['severity'] | null, params: SystemProblem['params']) => {
    if (severity) problems.push({ code, severity, params });
  };
  if (now.ram.state === 'ok') add('ram.high', severityOf(now.ram.percent, LIMITS.ram), { percent: now.ram.percent });
  if (now.disk.state === 'ok') {
    for (const { name, percent, freeBytes } of now.disk.mounts) add('disk.high', severityOf(percent, LIMITS.disk), { mount: name, percent, freeBytes });
  }
  if (now.temperature.state === 'ok') {
    const hottest = now.temperature.sensors.reduce<{ name: string; celsius: number } | null>(
      (most, one) => (most && most.celsius >= one.celsius ? most : one),
      null,
    );
    if (hottest) add('temperature.high', severityOf(hottest.celsius, LIMITS.temperature), { sensor: hottest.name, celsius: hottest.celsius });
  }
  return problems;
};

const busy = ({ lately }: Facts): SystemProblem[] =>
  (['cpu', 'gpu'] as const).flatMap((metric) => {
    const percent = lately[metric];
    return percent !== null && percent >= BUSY_PERCENT
      ? [{ code: `${metric}.high` as const, severity: 'info' as const, params: { percent: Math.round(percent) } }]
      : [];
  });

const down = ({ services }: Facts): SystemProblem[] =>
  services
    .filter(({ state }) => state === 'failed' || state === 'restarting')
    .map(({ name, state }) => ({ code: 'service.down', severity: state === 'failed' ? 'critical' : 'warning', params: { service: name } }));

const ranks = { critical: 0, warning: 1, info: 2 } as const;

/** What is wrong now, the worst first. An empty list is "all well". */
export const findProblems = (facts: Facts): SystemProblem[] => {
  const { sampleAgeMs, intervalMs, counts, model } = facts;
  const problems = [...down(facts), ...measured(facts), ...busy(facts)];
  if (sampleAgeMs !== null && sampleAgeMs > Math.max(SAMPLE_LATE_MS, 6 * intervalMs))
    problems.push({ code: 'metrics.away', severity: 'warning', params: { ageMs: sampleAgeMs } });
  if (model.chat === null) problems.push({ code: 'model.none', severity: 'info', params: {} });
  if (counts.documents.failed > 0) problems.push({ code: 'documents.failed', severity: 'info', params: { count: counts.documents.failed } });
  return problems.sort((a, b) => ranks[a.severity] - ranks[b.severity]);
};
