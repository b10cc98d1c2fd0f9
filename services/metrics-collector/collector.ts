import { defaultSettings, type Settings } from '#contracts';
import { isDatabaseAway, type Database } from '#db';
import { errorText, type Clock, type Logger } from '#kit';
import type { Backlog } from './backlog.ts';
import type { PartitionKeeper } from './keeper.ts';
import { LATE, orLate } from './patience.ts';
import { rollUp } from './rollups.ts';
import type { Sample } from './sample.ts';
import { insertSamples } from './samples.repository.ts';

/** 41 minutes at five seconds: one statement of about 300 kB. */
const BATCH_SAMPLES = 500;
/**
 * A server that answers at all answers this in milliseconds. A connection that was cut without a word would hold up
 * everything behind it; a statement that comes through later does no harm.
 */
const WRITE_TIMEOUT_MS = 15_000;
/** Catching up with a week of minutes takes about ten seconds. */
const MAINTENANCE_TIMEOUT_MS = 300_000;
const MINUTE_MS = 60_000;
const HOUR_MS = 3_600_000;
/** A sample older than this many intervals is a complaint of the service's health. */
const LATE_INTERVALS = 6;

interface Needs {
  database: Pick<Database, 'db' | 'inTransaction' | 'ping'>;
  keeper: PartitionKeeper;
  backlog: Backlog;
  takeSample: (t: number) => Promise<Sample>;
  clock: Pick<Clock, 'now'>;
  log: Logger;
}

export interface Collector {
  /** Measures once. Never waits for the database. */
  sample(): Promise<Sample>;
  /** Hands over what waits, then rolls up each minute and tidies each hour. One at a time; never throws. */
  deliver(): Promise<void>;
  configure(settings: Settings['metrics']): void;
  /** What is wrong, in a sentence; null when samples arrive. */
  complaint(): string | null;
}

export const createCollector = ({ database, keeper, backlog, takeSample, clock, log }: Needs): Collector => {
  let settings = defaultSettings.metrics;
  let delivering: Promise<void> | undefined;
  let lastStoredAt: number | null = null;
  let awaySince: number | null = null;
  let awayReason = '';
  let rolledMinute = NaN;
  let tidiedHour = NaN;
  const startedAt = clock.now();

  const write = (samples: Sample[]): Promise<void> =>
    within(WRITE_TIMEOUT_MS, async () => {
      // Statements wait for a server that is starting; samples have their own place to wait, on disk.
      await database.ping();
      await keeper.ensureRaw(samples.map(({ t }) => t));
      await insertSamples(database.db, samples);
    });

  /** Data that Postgres refuses would hold up everything behind it: then each sample goes by itself, and the refused is lost with a word. */
  const writeOneByOne = async (samples: Sample[]): Promise<void> => {
    for (const sample of samples) {
      try {
        await write([sample]);
      } catch (error) {
        if (!isRefusal(error)) throw error;
        log.error({ error, sample }, 'a sample was refused and is lost');
      }
    }
  };

  const flush = async (): Promise<void> => {
    while (backlog.size > 0) {
      const samples = backlog.take(BATCH_SAMPLES);
      try {
        await write(samples).catch((error: unknown) => {
          if (!isRefusal(error)) throw error;
          keeper.forget(); // a missing partition looks like refused data
          return writeOneByOne(samples);
        });
        backlog.stored();
        lastStoredAt = samples.at(-1)!.t;
      } catch (error) {
        backlog.giveBack();
        await backlog.save();
        throw error;
      }
    }
    await backlog.settle();
  };

  const maintain = async (now: number): Promise<void> => {
    // Unequal and not later: the clock may have been set back.
    const minute = Math.floor(now / MINUTE_MS);
    if (minute === rolledMinute) return;
    rolledMinute = minute; // also when it fails: once a minute is often enough to try
    await rollUp({ database, ensurePartitions: keeper.ensure }, now);
    const hour = Math.floor(now / HOUR_MS);
    if (hour === tidiedHour) return;
    await keeper.tidy(now, settings);
    tidiedHour = hour;
  };

  const deliverOnce = async (): Promise<void> => {
    try {
      await flush();
      if (awaySince !== null) log.info({ awayMs: clock.now() - awaySince }, 'samples are stored again, in order');
      awaySince = null;
    } catch (error) {
      const sentence = isDatabaseAway(error) ? 'the database is away; samples wait' : 'samples cannot be stored; they wait';
      if (awaySince === null) log.warn({ error, waiting: backlog.size }, sentence);
      awaySince ??= clock.now();
      awayReason = errorText(error);
      return;
    }
    try {
      await within(MAINTENANCE_TIMEOUT_MS, () => maintain(clock.now()));
    } catch (error) {
      log.warn({ error }, 'samples are stored, but not rolled up or tidied; that is tried again in a minute');
    }
  };

  return {
    async sample() {
      const sample = await takeSample(clock.now());
      backlog.push(sample);
      return sample;
    },
    deliver: () => (delivering ??= deliverOnce().finally(() => (delivering = undefined))),
    configure(next) {
      settings = next;
      tidiedHour = NaN;
    },
    complaint() {
      const ageMs = clock.now() - (lastStoredAt ?? startedAt);
      if (ageMs <= LATE_INTERVALS * settings.intervalMs) return null;
      const reason = awaySince === null ? 'the sensors do not answer' : awayReason;
      return `No sample was stored for ${Math.round(ageMs / 1000)} s (${reason}). ${backlog.size} wait and will be stored in order.`;
    },
  };
};

/** Data (class 22) or constraint (class 23) errors: trying the same again cannot help. */
const isRefusal = (error: unknown): boolean => /^2[23]/.test((error as { code?: string }).code ?? '');

const within = async (ms: number, work: () => Promise<void>): Promise<void> => {
  if ((await orLate(ms, work())) === LATE) throw new Error(`The database did not answer within ${ms / 1000} s.`);
};
