import { accessSync, constants, existsSync, mkdirSync, readFileSync, readdirSync, statfsSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { z } from 'zod';
import { StartProblem } from './start-problem.ts';

/** Raised when a release lays the folder out in a way that older ones cannot read. */
const FORMAT = 1;
const MARKER = 'FORMAT';
const marker = z.object({ format: z.number().int(), writtenBy: z.string() });

const PRIVATE_FOLDERS = ['secrets', 'logs', 'objects', 'models', 'cache'];
const KNOWN_NAMES = new Set([...PRIVATE_FOLDERS, 'postgres', 'run', 'releases', 'updates', 'trust', 'stick', 'restore', MARKER, 'lost+found']);

// The new database takes 50 MB and its log up to 512 MB; a running one needs room for its log to recover.
const NEW_FOLDER_BYTES = 1_000_000_000;
const KNOWN_FOLDER_BYTES = 100_000_000;

/** The files that the launcher and others meet at. */
export interface DataFolder {
  path: string;
  lockFile: string;
  stateFile: string;
  setupCodeFile: string;
  cache: string;
  log(name: string): string;
}

export const dataFolder = (path: string): DataFolder => ({
  path,
  lockFile: join(path, 'run', 'launcher.lock'),
  stateFile: join(path, 'run', 'state.json'),
  setupCodeFile: join(path, 'secrets', 'setup-code'),
  cache: join(path, 'cache'),
  log: (name) => join(path, 'logs', `${name}.log`),
});

/**
 * Looks, without changing anything, whether Arasul can live in `path`: it is ours or empty, of this release or an older one, writable, on a
 * disk with room. Errors: `StartProblem`.
 */
export const checkDataFolder = (path: string, { freeBytes = freeBytesOf } = {}): void => {
  const nearest = nearestExisting(path);
  try {
    accessSync(nearest, constants.R_OK | constants.W_OK | constants.X_OK);
    readdirSync(nearest); // a file in its place is no folder
  } catch {
    throw new StartProblem(
      `The data folder ${path} cannot be written by this user. Give it to you (sudo chown -R "$USER" ${nearest}), or choose another with ARASUL_DATA_DIR.`,
    );
  }
  const isNew = checkContents(path);
  const [free, needed] = [freeBytes(nearest), isNew ? NEW_FOLDER_BYTES : KNOWN_FOLDER_BYTES];
  if (free < needed) {
    throw new StartProblem(
      `The disk of ${path} is nearly full: ${megabytes(free)} free, and Arasul needs ${megabytes(needed)} to start. Free some space, or choose another disk with ARASUL_DATA_DIR.`,
    );
  }
};

/** Makes what is missing of the folder, and marks it with this release. `version` is the product's. */
export const makeDataFolder = (path: string, version: string): void => {
  // Root's database runs under an account of its own, which must pass through these two; all else in them is closed.
  const passable = process.getuid?.() === 0 ? 0o711 : 0o700;
  for (const folder of [path, join(path, 'run')]) mkdirSync(folder, { recursive: true, mode: passable });
  for (const name of PRIVATE_FOLDERS) mkdirSync(join(path, name), { recursive: true, mode: 0o700 });
  const text = `${JSON.stringify({ format: FORMAT, writtenBy: version })}\n`;
  const file = join(path, MARKER);
  if (!existsSync(file) || readFileSync(file, 'utf8') !== text) writeFileSync(file, text);
};

/** Whether the folder is still without data. */
const checkContents = (path: string): boolean => {
  const file = join(path, MARKER);
  if (existsSync(file)) {
    const found = marker.safeParse(parseJson(readFileSync(file, 'utf8')));
    if (found.success && found.data.format > FORMAT) {
      throw new StartProblem(
        `The data in ${path} was written by a newer release (Arasul ${found.data.writtenBy}). Start that release, or choose another folder with ARASUL_DATA_DIR; nothing was changed.`,
      );
    }
    return !existsSync(join(path, 'postgres'));
  }
  const stranger = existsSync(path) ? readdirSync(path).find((name) => !name.startsWith('.') && !KNOWN_NAMES.has(name)) : undefined;
  if (stranger)
    throw new StartProblem(`${path} holds other things (“${stranger}”) and no data of Arasul. Choose an empty or a new folder with ARASUL_DATA_DIR.`);
  return true;
};

const nearestExisting = (path: string): string => (existsSync(path) || dirname(path) === path ? path : nearestExisting(dirname(path)));

const freeBytesOf = (path: string): number => {
  const { bavail, bsize } = statfsSync(path);
  return bavail * bsize;
};

const megabytes = (bytes: number): string => `${Math.round(bytes / 1_000_000)} MB`;

const parseJson = (text: string): unknown => {
  try {
    return JSON.parse(text);
  } catch {
    return null;
  }
};
