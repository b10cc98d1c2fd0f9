import { useMemo, useSyncExternalStore } from 'react';
import { useTranslation } from 'react-i18next';
import { localeFor } from '../../i18n/i18n.ts';
import { formatBytes, formatCelsius, formatNumber, formatPercent, formatSpeed } from './numbers.ts';
import { formatAbsolute, formatDay, formatDuration, formatEstimate, formatRelative, formatSpan } from './times.ts';

/** All formats of numbers and times, bound to the language of the page. */
export const useFormat = () => {
  const { i18n } = useTranslation();
  return useMemo(() => {
    const locale = localeFor(i18n.language);
    return {
      locale,
      number: (value: number, digits?: number) => formatNumber(value, locale, digits),
      percent: (value: number) => formatPercent(value, locale),
      celsius: (value: number) => formatCelsius(value, locale),
      bytes: (value: number) => formatBytes(value, locale),
      speed: (value: number) => formatSpeed(value, locale),
      duration: (ms: number) => formatDuration(ms, locale),
      estimate: (ms: number) => formatEstimate(ms, locale),
      relative: (at: number, now: number) => formatRelative(at, now, locale),
      span: (from: number, to: number) => formatSpan(from, to, locale),
      day: (at: number) => formatDay(at, locale),
      absolute: (at: number) => formatAbsolute(at, locale),
    };
  }, [i18n.language]);
};
export type Format = ReturnType<typeof useFormat>;

let now = Date.now();
const listeners = new Set<() => void>();
let timer: ReturnType<typeof setInterval> | undefined;

const subscribe = (listener: () => void): (() => void) => {
  listeners.add(listener);
  if (timer === undefined) now = Date.now();
  timer ??= setInterval(() => {
    now = Date.now();
    for (const each of listeners) each();
  }, 1000);
  return () => {
    listeners.delete(listener);
    if (listeners.size === 0) {
      clearInterval(timer);
      timer = undefined;
    }
  };
};

/** The present, once a second, from one clock for the whole page; `everyMs` thins it out for what changes slowly. */
export const useNow = (everyMs = 1000): number => useSyncExternalStore(subscribe, () => Math.floor(now / everyMs) * everyMs);
