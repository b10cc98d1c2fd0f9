import { createBackTest, createPoints, framesOf, type Rule } from '#alerts';
import { alertSignals, type BackTestAnswer, type RuleDefinition, type Settings, type Words } from '#contracts';
import type { Database } from '#db';
import type { Clock } from '#kit';
import type { HistoryRepository, MetricSource } from './history.repository.ts';

const DAY_MS = 86_400_000;
/** As the engine looks. */
const LOOK_MS = 5_000;
/** A part of the history that is read at once; between two, others have their turn. */
const PART_LOOKS = 4_320;
/** Values of signals hold until they change; one that was not repeated for longer than this was not heard. */
const HOLD_MS = 65 * 60_000;
const POINTS = 400;
const MOST_LISTED = 200;

interface Needs {
  database: Pick<Database, 'db'>;
  history: HistoryRepository;
  settings: { get(): Pick<Settings, 'metrics'> };
  clock: Pick<Clock, 'now'>;
}

const nothing: Words = {
  en: 'Nothing of this is stored for that time, so that there was nothing to try the rule on.',
  de: 'Davon ist für diese Zeit nichts gespeichert; die Regel hatte nichts, woran sie sich messen ließ.',
};
const coarse: Words = {
  en: 'Only means by the minute or hour are kept of that time: short peaks and short times are not told apart.',
  de: 'Von dieser Zeit sind nur Mittelwerte je Minute oder Stunde erhalten: kurze Spitzen und kurze Zeiten lassen sich nicht unterscheiden.',
};

const everyOf: Record<MetricSource, number> = { raw: LOOK_MS, '1m': 60_000, '1h': 3_600_000 };

/** Tries rules on what is stored. */
export const createBackTestService = ({ database, history, settings, clock }: Needs) => {
  let before: Promise<unknown> = Promise.resolve();

  const sourceOf = (days: number): MetricSource => {
    const { rawDays, minuteDays } = settings.get().metrics;
    return days <= Math.min(rawDays, 7) ? 'raw' : days <= minuteDays ? '1m' : '1h';
  };

  const run = async (definition: RuleDefinition, days: number): Promise<BackTestAnswer> => {
    const rule: Rule = { ...definition, id: 'tried', name: definition.signal };
    const isMetric = rule.signal.startsWith('metric.');
    const source = isMetric ? sourceOf(days) : 'raw';
    const everyMs = isMetric ? everyOf[source] : days <= 7 ? LOOK_MS : everyOf['1m'];
    const toMs = Math.floor(clock.now() / everyMs) * everyMs;
    const fromMs = toMs - days * DAY_MS;
    const peak = rule.side === 'above' ? 'max' : 'min';
    const trial = createBackTest(rule, everyMs);
    const points = createPoints({ fromMs, toMs, count: POINTS });
    const held = new Map();
    for (let from = fromMs; from < toMs; from += PART_LOOKS * everyMs) {
      const span = { fromMs: from, toMs: Math.min(toMs, from + PART_LOOKS * everyMs) };
      const samples = isMetric
        ? await history.metric(database.db, rule, source, rule.forMs === 0 ? peak : 'mean', span)
        : await history.signal(database.db, rule, span);
      for (const frame of framesOf(samples, { ...span, everyMs, holdsMs: isMetric ? 0 : HOLD_MS }, held)) {
        trial.look(frame);
        for (const { device, value } of frame.readings ?? []) points.add(device, frame.now, value);
      }
      await new Promise(setImmediate);
    }
    const { incidents, messages, samples } = trial.result();
    const iso = (at: number): string => new Date(at).toISOString();
    return {
      from: iso(fromMs),
      to: iso(toMs),
      unit: alertSignals[rule.signal].unit,
      resolutionMs: everyMs,
      samples,
      incidents: incidents.slice(-MOST_LISTED).map(({ openedAt, resolvedAt, ...one }) => ({
        ...one,
        openedAt: iso(openedAt),
        resolvedAt: resolvedAt === null ? null : iso(resolvedAt),
      })),
      messages: messages.slice(-MOST_LISTED).map(({ at, ...one }) => ({ ...one, at: iso(at) })),
      cut: incidents.length > MOST_LISTED || messages.length > MOST_LISTED,
      series: points.list(
        rule.side,
        incidents.map(({ device }) => device),
      ),
      note: samples === 0 ? nothing : source === 'raw' ? null : coarse,
    };
  };

  return {
    /** What a rule, saved or not, would have told in the last `days`. One trial at a time: each takes a processor for up to seconds. */
    run({ definition, days }: { definition: RuleDefinition; days: number }): Promise<BackTestAnswer> {
      const answer = before.then(() => run(definition, days));
      before = answer.catch(() => undefined);
      return answer;
    },
  };
};
export type BackTestService = ReturnType<typeof createBackTestService>;
