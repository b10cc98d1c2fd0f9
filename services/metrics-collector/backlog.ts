import { appendFile, mkdir, readFile, rename, rm, writeFile } from 'node:fs/promises';
import { dirname } from 'node:path';
import { errorText, type Logger } from '#kit';
import type { Sample } from './sample.ts';

/** A day at one sample every five seconds: about 6 MB, in memory and in the file. */
export const BACKLOG_SAMPLES = 17_280;

interface Needs {
  /** Where samples wait through a restart of this process. */
  file: string;
  log: Logger;
  maxSamples?: number;
}

/** Samples that are measured and not yet in the database, oldest first. Bounded in memory and on disk. */
export interface Backlog {
  readonly size: number;
  push(sample: Sample): void;
  /** The oldest, `max` at most. They stay in the backlog's care until `stored` or `giveBack`. */
  take(max: number): Sample[];
  /** What was taken is in the database. */
  stored(): void;
  /** What was taken could not be stored and waits again, in front. */
  giveBack(): void;
  /** Brings the file up to date. A disk that refuses is logged: memory still holds the samples. */
  save(): Promise<void>;
  /** Removes the file once nothing waits. */
  settle(): Promise<void>;
  /** Takes up what an earlier process left behind. Returns how many samples. */
  load(): Promise<number>;
}

/**
 * Keeps samples as lines of JSON: a third of the memory of the objects, and the very lines of the file. When full, every
 * second sample of the older half goes: the whole outage stays covered, its beginning more and more coarsely.
 */
export const createBacklog = ({ file, log, maxSamples = BACKLOG_SAMPLES }: Needs): Backlog => {
  let lines: string[] = [];
  let taken: string[] = [];
  /** Of the newest lines, how many the file lacks; null when the file has to be written anew, or was never written. */
  let unsaved: number | null = null;
  let complained = false;

  const thin = () => {
    const half = lines.length >> 1;
    lines = [...lines.slice(0, half).filter((_, index) => index % 2 === 0), ...lines.slice(half)];
    unsaved = null;
    log.warn({ samples: lines.length }, 'the database is away for long: older samples are kept at half their rate');
  };

  const write = async (): Promise<void> => {
    const waiting = [...taken, ...lines];
    if (unsaved === null) {
      unsaved = 0;
      await mkdir(dirname(file), { recursive: true });
      await writeFile(`${file}.new`, asText(waiting));
      await rename(`${file}.new`, file);
    } else if (unsaved > 0) {
      const missing = waiting.slice(-unsaved);
      unsaved = 0;
      await appendFile(file, asText(missing));
    }
  };

  return {
    get size() {
      return taken.length + lines.length;
    },
    push(sample) {
      lines.push(JSON.stringify(sample));
      if (unsaved !== null) unsaved += 1;
      if (lines.length > maxSamples) thin();
    },
    take(max) {
      taken = lines.splice(0, max);
      return taken.map((line) => JSON.parse(line) as Sample);
    },
    stored() {
      taken = [];
    },
    giveBack() {
      lines = [...taken, ...lines];
      taken = [];
    },
    async save() {
      try {
        await write();
        complained = false;
      } catch (error) {
        unsaved = null;
        if (!complained) log.warn({ file, reason: errorText(error) }, 'waiting samples could not be kept on disk; they are in memory');
        complained = true;
      }
    },
    async settle() {
      if (taken.length + lines.length > 0 || unsaved === null) return;
      unsaved = null;
      await rm(file, { force: true }).catch((error: unknown) =>
        log.warn({ file, reason: errorText(error) }, 'the file of waiting samples could not be removed'),
      );
    },
    async load() {
      const text = await readFile(file, 'utf8').catch(() => '');
      const kept = text.split('\n').filter(isWholeSample);
      lines = [...kept, ...lines];
      // Also when nothing in it was whole: the file is ours to remove.
      unsaved = text === '' ? null : 0;
      return kept.length;
    },
  };
};

const asText = (lines: string[]): string => lines.map((line) => `${line}\n`).join('');

/** The last line of a file whose writer was killed may be cut. */
const isWholeSample = (line: string): boolean => {
  try {
    return typeof (JSON.parse(line) as { t?: unknown }).t === 'number';
  } catch {
    return false;
  }
};
