import { readdir, readFile } from 'node:fs/promises';
import { basename, join } from 'node:path';
import { z } from 'zod';
import type { BoxReport } from './box-report.ts';

type Line = BoxReport['log'][number];

/** pino's numbers, from warning on. */
const LEVELS = new Map([
  [40, 'warn'],
  [50, 'error'],
  [60, 'fatal'],
]);
const logLine = z.object({ level: z.number(), time: z.union([z.number(), z.string()]).optional(), msg: z.string().optional() });
const KEPT_BYTES = 5_000_000;
const MOST_LINES = 200;
/** Shorter ones say nothing, and stand in any program. */
const SHORTEST = 12;

/**
 * The log's warnings and errors, counted by their words. Words are shown only where `isOwn` finds them in the program itself: a name, a
 * document's text or a secret that got into a line is not there, and cannot be told.
 */
export const digestLogs = async (folder: string, isOwn: (message: string) => boolean): Promise<Line[]> => {
  const lines = new Map<string, Line>();
  for (const name of (await readdir(folder).catch(() => [])).filter((one) => one.endsWith('.log'))) {
    const service = basename(name, '.log');
    const text = (await readFile(join(folder, name), 'utf8').catch(() => '')).slice(-KEPT_BYTES);
    for (const raw of text.split('\n')) {
      const parsed = parse(raw);
      const level = parsed === null ? undefined : LEVELS.get(parsed.level);
      if (!parsed || level === undefined) continue;
      const message = parsed.msg !== undefined && parsed.msg.length >= SHORTEST && isOwn(parsed.msg) ? parsed.msg : null;
      const key = `${service} ${level} ${message ?? ''}`;
      const at = parsed.time === undefined ? null : new Date(parsed.time);
      const known = lines.get(key) ?? { service, level, message, count: 0, lastAt: null };
      lines.set(key, { ...known, count: known.count + 1, lastAt: at && !Number.isNaN(at.getTime()) ? at.toISOString() : known.lastAt });
    }
  }
  return [...lines.values()].sort((a, b) => b.count - a.count).slice(0, MOST_LINES);
};

const parse = (raw: string): z.infer<typeof logLine> | null => {
  if (!raw.startsWith('{')) return null;
  try {
    return logLine.parse(JSON.parse(raw));
  } catch {
    return null;
  }
};

/** Whether a text stands in the built program, word for word. */
export const ownWords = async (distDir: string): Promise<(message: string) => boolean> => {
  const files = await readdir(distDir, { recursive: true }).catch(() => []);
  const programs = await Promise.all(
    files.filter((name) => name.endsWith('.js') && !name.startsWith('public')).map((name) => readFile(join(distDir, name), 'utf8').catch(() => '')),
  );
  return (message) => programs.some((program) => program.includes(message));
};
