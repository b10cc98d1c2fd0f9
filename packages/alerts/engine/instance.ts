import type { RuleLevel, Severity } from '#contracts';
import { rank } from './severity.ts';
import type { Instance, Rule } from './types.ts';

export const freshInstance = (awakeMs: number): Instance => ({
  severity: null,
  since: {},
  clearSince: null,
  seenAt: awakeMs,
  value: null,
  silent: false,
  firingSince: null,
});

/** A value counts from the threshold on, itself included. */
const isBeyond = ({ side }: Rule, { enter }: RuleLevel, value: number): boolean => (side === 'above' ? value >= enter : value <= enter);

/** Trouble that has begun lasts until `leave` is reached; where both are the same value, until it is passed. */
const stillBeyond = (rule: Rule, level: RuleLevel, value: number): boolean => {
  if (level.leave === level.enter) return isBeyond(rule, level, value);
  return rule.side === 'above' ? value > level.leave : value < level.leave;
};

const levelsByRank = new WeakMap<object, readonly RuleLevel[]>();
const risingLevels = (rule: Rule): readonly RuleLevel[] => {
  let levels = levelsByRank.get(rule.levels);
  if (!levels) levelsByRank.set(rule.levels, (levels = [...rule.levels].sort((a, b) => rank(a.severity) - rank(b.severity))));
  return levels;
};

/** Takes in a value: timers run while it is beyond `enter`, trouble lasts until it was long enough beyond `leave`. */
export const hear = (rule: Rule, before: Instance, value: number, awakeMs: number): Instance => {
  const levels = risingLevels(rule);
  const since: Instance['since'] = {};
  let risen: Severity | null = null;
  for (const level of levels) {
    if (!isBeyond(rule, level, value)) continue;
    const from = before.since[level.severity] ?? awakeMs;
    since[level.severity] = from;
    if (awakeMs - from >= rule.forMs) risen = level.severity;
  }
  let { severity } = before;
  let clearSince: number | null = null;
  if (rank(risen) >= rank(severity)) severity = risen;
  else {
    const inForce = levels.find((level) => level.severity === severity);
    if (!inForce || !stillBeyond(rule, inForce, value)) {
      clearSince = before.clearSince ?? awakeMs;
      if (awakeMs - clearSince >= rule.leaveForMs) {
        const below = levels.filter((level) => rank(level.severity) < rank(severity) && stillBeyond(rule, level, value)).at(-1);
        severity = below?.severity ?? null;
        clearSince = null;
      }
    }
  }
  return { severity, since, clearSince, seenAt: awakeMs, value, silent: false, firingSince: severity === null ? null : (before.firingSince ?? awakeMs) };
};

/** Two samples of the slowest interval that can be set (a minute) may be missing before silence is "no data", where the rule does not say how long. */
const defaultSilenceMs = (intervalMs: number): number => Math.max(150_000, 6 * intervalMs);

/**
 * Nothing was heard. What fired goes on firing: silence is no recovery. What was about to fire begins again, since nobody
 * knows how the value was meanwhile.
 */
export const missOut = (rule: Rule, before: Instance, awakeMs: number, intervalMs: number): Instance => {
  if (awakeMs - before.seenAt < (rule.noData?.afterMs ?? defaultSilenceMs(intervalMs))) return before;
  if (before.silent) return before;
  const firing = before.severity !== null || rule.noData !== null;
  return { ...before, since: {}, clearSince: null, silent: true, firingSince: firing ? (before.firingSince ?? awakeMs) : null };
};

/** How bad an instance is now; null while it does not fire. */
export const severityOf = (rule: Rule, { severity, silent }: Instance): Severity | null => {
  if (!silent || !rule.noData) return severity;
  return rank(severity) >= rank(rule.noData.severity) ? severity : rule.noData.severity;
};
