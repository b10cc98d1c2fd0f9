import { spawn } from 'node:child_process';
import { createHash, randomBytes } from 'node:crypto';
import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { build } from 'esbuild';
import { systemClock } from '#kit';
import {
  createTrustStore,
  initKeyFolder,
  peekManifest,
  readJournal,
  readPointer,
  signBundleFile,
  signRelease,
  updatePlaces,
  writeBundle,
  type JournalEntry,
} from '#updates';
import { manifestOf } from '../bundles.ts';

/** Kills an update's whole process group, as the power would, and starts again. A few lines of script stand for the product, so that one takes a second. */

const RUNTIME = Buffer.from(`#!/bin/sh\nexec ${process.execPath} "$@"\n`);
/** Writes down that it ran, says that it is well, and ends once it was kept. */
const release = (version: string): string => `
import { readFileSync, renameSync, writeFileSync } from 'node:fs';
const data = process.env.ARASUL_DATA_DIR;
const pointer = () => JSON.parse(readFileSync(data + '/releases/current.json', 'utf8'));
writeFileSync(data + '/ran', ${JSON.stringify(version)});
const updateId = pointer().trial?.updateId;
if (updateId) {
  writeFileSync(data + '/updates/trial.new', JSON.stringify({ updateId, checks: [], verdict: 'good' }));
  renameSync(data + '/updates/trial.new', data + '/updates/trial.json');
}
setInterval(() => pointer().trial === null && process.exit(0), 10);
`;
/** Enough that laying it out takes a while. */
const FILES = 120;
const FILE_BYTES = 60_000;

export type Cut = { after: JournalEntry['state'] } | { ms: number };

export interface Outcome {
  cut: Cut;
  /** How far the story had come. */
  state: string;
  /** What ran after the power was back. */
  ran: string;
  problems: string[];
}

/** A box whose power is cut, again and again; each cut begins with the old release and an unapplied bundle. */
export const createCutBox = async () => {
  const work = mkdtempSync(join(tmpdir(), 'arasul-cuts-'));
  const [stick, old, keys] = [join(work, 'stick'), join(work, 'old'), join(work, 'keys')];
  for (const folder of [stick, old]) mkdirSync(folder);
  writeFileSync(join(old, 'run.mjs'), `import { writeFileSync } from 'node:fs'; writeFileSync(process.env.ARASUL_DATA_DIR + '/ran', '0.1.0');`);
  initKeyFolder(keys, { now: Date.now() });

  const script = resolve('.cache/scripts', `apply-once.${process.pid}.mjs`);
  await build({
    entryPoints: [join(import.meta.dirname, 'apply-once.ts')],
    outfile: script,
    bundle: true,
    platform: 'node',
    format: 'esm',
    target: 'node20',
    packages: 'external',
    logLevel: 'warning',
  });

  const files: Record<string, Buffer> = { 'runtime/bin/node': RUNTIME, 'run.mjs': Buffer.from(release('0.2.0')) };
  for (let n = 0; n < FILES; n += 1) files[`lib/part-${n}.bin`] = randomBytes(FILE_BYTES);
  const manifest = manifestOf({ version: '0.2.0', start: { node: 'runtime/bin/node', entry: 'run.mjs' } }, files);
  const bundle = join(stick, '0.2.0.arasul');
  for (const { path, sha256 } of manifest.files) writeFileSync(join(work, sha256), files[path]!);
  await writeBundle(bundle, { manifest, objectAt: (sha256) => join(work, sha256) });
  await signBundleFile(bundle, bundle, signRelease(keys, await peekManifest(bundle), { now: Date.now() }));

  const begin = (dataDir: string, words: readonly string[]) => {
    const child = spawn(process.execPath, [script, dataDir, old, ...words], {
      detached: true, // a group of its own, which is killed as a whole
      stdio: ['ignore', 'ignore', 'pipe'],
      env: { ...process.env, ARASUL_DATA_DIR: dataDir, NODE_OPTIONS: '', ARASUL_TRIAL_READY_SECONDS: '20' },
    });
    let said = '';
    child.stderr.on('data', (part: Buffer) => (said += part.toString()));
    const exited = new Promise<number | null>((done) => child.once('exit', (code) => done(code)));
    return { exited, said: () => said, kill: () => process.kill(-child.pid!, 'SIGKILL') };
  };

  const isWhole = (folder: string): string[] =>
    manifest.files.flatMap(({ path, sha256 }) => {
      const found = existsSync(join(folder, path))
        ? createHash('sha256')
            .update(readFileSync(join(folder, path)))
            .digest('hex')
        : 'nothing';
      return found === sha256 ? [] : [`${path} of the new release is not whole`];
    });

  return {
    /** How long the whole way takes when nothing cuts it. */
    async wholeMs(): Promise<number> {
      const began = performance.now();
      const { state } = await this.cut({ ms: 60_000 });
      if (state !== 'committed') throw new Error(`without a cut the update ended as ${state}`);
      return performance.now() - began;
    },

    /** Applies, cuts, starts again without the stick, and then applies anew. */
    async cut(cut: Cut): Promise<Outcome> {
      const dataDir = mkdtempSync(join(work, 'data-'));
      const places = updatePlaces(dataDir);
      const problems: string[] = [];
      await createTrustStore(places.trust).add('maker', readFileSync(join(keys, 'root', '1.root.json')));
      const precious = randomBytes(10_000);
      writeFileSync(join(dataDir, 'precious'), precious);

      const first = begin(dataDir, [bundle]);
      let ended = false;
      void first.exited.then(() => (ended = true));
      const until = performance.now() + ('ms' in cut ? cut.ms : 60_000);
      while (!ended && performance.now() < until) {
        if ('after' in cut && (await readJournal(places.journal)).some(({ state }) => state === cut.after)) break;
        await systemClock.sleep('ms' in cut ? Math.min(20, Math.max(1, until - performance.now())) : 1);
      }
      if (!ended) first.kill();
      await first.exited;
      const state = (await readJournal(places.journal)).at(-1)?.state ?? 'nothing';
      const wasSwitched = (await readPointer(places.pointer)) !== null;

      rmSync(join(dataDir, 'ran'), { force: true });
      const second = begin(dataDir, []);
      const code = await second.exited;
      // Without a pointer the caller starts itself: the old release.
      const ran = wasSwitched
        ? existsSync(join(dataDir, 'ran'))
          ? readFileSync(join(dataDir, 'ran'), 'utf8')
          : `nothing (${code}: ${second.said()})`
        : '0.1.0';
      if (!wasSwitched && code !== 3) problems.push(`nothing was switched, and the start ended with ${code}: ${second.said()}`);
      if (!['0.1.0', '0.2.0'].includes(ran)) problems.push(`after the cut ran ${ran}`);
      if (ran === '0.2.0') problems.push(...isWhole(places.release('0.2.0')));
      if (!readFileSync(join(dataDir, 'precious')).equals(precious)) problems.push('the data changed');

      const pointer = await readPointer(places.pointer);
      if (pointer?.trial) problems.push('the trial is still open');
      if (pointer?.release.version !== '0.2.0') {
        const again = begin(dataDir, [bundle]);
        const last = await again.exited;
        const end = (await readJournal(places.journal)).at(-1)?.state;
        if (end !== 'committed' || last !== 0) problems.push(`applied again it ended as ${end} (${last}): ${again.said()}`);
      }
      rmSync(dataDir, { recursive: true, force: true });
      return { cut, state, ran, problems };
    },

    remove: () => {
      rmSync(work, { recursive: true, force: true });
      rmSync(script, { force: true });
    },
  };
};
export type CutBox = Awaited<ReturnType<typeof createCutBox>>;

/** Every step of the journal, then random moments of the whole way. */
export const cutsFor = (count: number, wholeMs: number, random: () => number): Cut[] => {
  const steps: Cut[] = (['found', 'verified', 'staged', 'backed_up', 'switched', 'trial', 'committed'] as const).map((after) => ({ after }));
  return Array.from({ length: count }, (_, n) => (n % 3 === 0 ? steps[(n / 3) % steps.length]! : { ms: random() * wholeMs }));
};
