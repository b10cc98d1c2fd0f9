import { open, readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { readingsKey, type Reading, type Rule } from '#alerts';
import type { Read } from './read.ts';

/** Looks that make up a minute. */
const LOOKS = 12;
/** A log that grows faster than this between two looks is read from its end: what it says is much of the same. */
const MOST_BYTES = 2 ** 20;

interface Tail {
  offset: number;
  rest: string;
}

/** What was written to a file since the last look; of one that is new to us, nothing. */
const readNew = async (path: string, tail: Tail | undefined): Promise<{ tail: Tail; lines: string[] }> => {
  const file = await open(path, 'r');
  try {
    const { size } = await file.stat();
    if (!tail) return { tail: { offset: size, rest: '' }, lines: [] };
    // Shorter than it was: the log was turned over, and begins anew.
    const from = size < tail.offset ? 0 : tail.offset;
    const start = Math.max(from, size - MOST_BYTES);
    const bytes = Buffer.alloc(size - start);
    const { bytesRead } = await file.read(bytes, 0, bytes.length, start);
    const lines = ((start === tail.offset ? tail.rest : '') + bytes.toString('utf8', 0, bytesRead)).split('\n');
    return { tail: { offset: start + bytesRead, rest: lines.pop() ?? '' }, lines };
  } finally {
    await file.close();
  }
};

/**
 * Counts, for each log of the box by its name, the lines of the last minute that hold a rule's words (whatever their case). Reads nothing while no
 * rule asks for it.
 */
export const createLogReader = (folder: string | null) => {
  const tails = new Map<string, Tail>();
  /** Lines found at each of the last looks, by words and log. */
  const found = new Map<string, Map<string, number[]>>();

  return async (read: Read, rules: readonly Rule[]): Promise<void> => {
    const wanted = new Map(
      rules.flatMap((rule) => (rule.signal === 'log.matches' && rule.match !== undefined ? [[readingsKey(rule), rule.match.toLowerCase()]] : [])),
    );
    for (const key of found.keys()) if (!wanted.has(key)) found.delete(key);
    if (folder === null || wanted.size === 0) return tails.clear();
    const names = (await readdir(folder).catch(() => [])).filter((name) => name.endsWith('.log'));
    for (const name of names) {
      const read = await readNew(join(folder, name), tails.get(name)).catch(() => null);
      if (!read) continue;
      tails.set(name, read.tail);
      const lines = read.lines.map((line) => line.toLowerCase());
      for (const [key, words] of wanted) {
        const logs = found.get(key) ?? new Map<string, number[]>();
        found.set(key, logs);
        const log = name.slice(0, -'.log'.length);
        const counts = logs.get(log) ?? [];
        counts.push(lines.filter((line) => line.includes(words)).length);
        if (counts.length > LOOKS) counts.shift();
        logs.set(log, counts);
      }
    }
    for (const [key, logs] of found) {
      const readings: Reading[] = [...logs].map(([device, counts]) => ({ device, value: counts.reduce((sum, each) => sum + each, 0) }));
      read.set(key, readings);
    }
  };
};
