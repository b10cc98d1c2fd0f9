import { spawn } from 'node:child_process';
import { createHash } from 'node:crypto';
import { copyFile, link, mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join, resolve } from 'node:path';
import type { ReleaseManifest, UpdateEvent } from '#contracts';
import { openDatabase, type Database } from '#db';
import { silentLogger } from '#kit';
import { hardwareOf, manifestBytes, readJournal, updatePlaces, writeBundle, type JournalEntry } from '#updates';
import { build } from '../../scripts/build.mjs';
import { collect } from '../../scripts/release/collect.ts';
import { embeddedUrl } from '../../services/launcher/embedded-postgres.ts';
import { testModelsDir } from './models.ts';
import { prosePage, lines, makePdf } from './pdf.ts';
import { startProduct, type Product } from './product.ts';
import { waitFor } from './wait.ts';

/** The real product as signed releases, and a box that runs one: nothing here stands in for anything. */

export const BASE = '0.1.1';
const FACT = 'The warranty of the Kestrel circulation pump is 42 months from the day of delivery.';
const QUESTION = 'How long is the warranty of the Kestrel circulation pump?';

/** What a release has that the one before it has not; null takes a file away. */
export type Changes = Record<string, string | null>;

const sha256 = (text: string): string => createHash('sha256').update(text).digest('hex');

const run = (args: readonly string[], env: NodeJS.ProcessEnv): Promise<string> =>
  new Promise((done, fail) => {
    const child = spawn(process.execPath, args, { env: { ...process.env, NODE_ENV: undefined, VITEST: undefined, ...env } });
    let said = '';
    child.stdout.on('data', (part: Buffer) => (said += part.toString()));
    child.stderr.on('data', (part: Buffer) => (said += part.toString()));
    child.once('close', (code) => (code === 0 ? done(said) : fail(new Error(`${args.join(' ')} ended with ${code}:\n${said}`))));
  });

/** A box that runs release 0.1.1 of this product, whose owner has a document and a golden question, and a maker's keys that it trusts. */
export const startUpdatableBox = async ({ env = {} }: { env?: NodeJS.ProcessEnv } = {}) => {
  await build();
  const work = await mkdtemp(join(tmpdir(), 'arasul-releases-'));
  const dataDir = join(work, 'data');
  const stick = join(work, 'stick');
  const keys = join(work, 'keys');
  const places = updatePlaces(dataDir);
  const boxEnv = { ARASUL_MODELS_DIR: await testModelsDir(), ARASUL_DATA_DIR: dataDir, ...env };
  for (const folder of [dataDir, stick, join(work, 'objects')]) await mkdir(folder, { recursive: true, mode: 0o700 });

  const collected = await collect({
    root: resolve('.'),
    version: BASE,
    arch: process.arch as 'x64',
    hardware: [hardwareOf()],
    minimumVersion: '0.1.0',
    node: { path: process.execPath, version: process.versions.node },
    changes: { en: ['The first.'], de: ['Das Erste.'] },
    workDir: join(work, 'generated'),
  });
  const base = collected.manifest;
  // As an installer lays it down: names of the same bytes where the disk allows.
  for (const folder of new Set(base.files.map(({ path }) => dirname(join(places.release(BASE), path))))) await mkdir(folder, { recursive: true });
  for (const { path, sha256: hash } of base.files) {
    const [from, to] = [collected.objectAt(hash), join(places.release(BASE), path)];
    await link(from, to).catch(() => copyFile(from, to));
  }
  await writeFile(places.manifest(BASE), manifestBytes(base));
  const release = { version: BASE, dir: places.release(BASE), node: join(places.release(BASE), base.start.node), entry: base.start.entry };
  await writeFile(places.pointer, JSON.stringify({ format: 1, release, previous: null, trial: null }));

  const arasul = (...words: string[]): Promise<string> => run(['scripts/arasul.mjs', ...words], boxEnv);
  const releaseTool = (...words: string[]): Promise<string> => run(['scripts/run.mjs', 'scripts/release/main.ts', ...words], {});
  await releaseTool('keys', 'init', keys);
  await arasul('update', 'trust', 'add', 'maker', join(keys, 'root', '1.root.json'));

  const product: Product = await startProduct({ dataDir, env: boxEnv });
  // eslint-disable-next-line @typescript-eslint/no-explicit-any -- a test says what it expects
  const call = async (method: string, path: string, { as, body }: { as?: string; body?: object | FormData } = {}): Promise<any> => {
    const isForm = body instanceof FormData;
    const answer = await fetch(`${product.url}/api/v1${path}`, {
      method,
      headers: { ...(as ? { Authorization: `Bearer ${as}` } : {}), ...(body && !isForm ? { 'Content-Type': 'application/json' } : {}) },
      body: body === undefined || isForm ? body : JSON.stringify(body),
    });
    const text = await answer.text();
    if (!answer.ok) throw new Error(`${method} ${path} answered ${answer.status}: ${text}`);
    return text === '' ? null : JSON.parse(text);
  };
  const { accessToken: token } = await call('POST', '/setup', { body: { code: product.code, username: 'mara', password: 'correct-horse-battery' } });
  const form = new FormData();
  const pages = [prosePage(1, 8), { texts: [...prosePage(2, 6).texts!, ...lines([FACT], { top: 380 })] }, prosePage(3, 8)];
  form.append('file', new Blob([new Uint8Array(makePdf(pages))], { type: 'application/pdf' }), 'manual.pdf');
  const { items } = await call('POST', '/documents', { as: token, body: form });
  const documentId: string = items[0].id;
  await waitFor(async () => (await call('GET', `/documents/${documentId}`, { as: token })).status === 'indexed', {
    what: 'the manual to be indexed',
    timeoutMs: 120_000,
    everyMs: 200,
  });
  await call('POST', '/golden/questions', { as: token, body: { question: QUESTION, documentId, page: 2 } });
  await call('POST', '/golden/runs', { as: token });
  const goldenRuns = async () => (await call('GET', '/golden/runs', { as: token })).items as { trigger: string; questions: number; foundAt5: number }[];
  await waitFor(async () => (await goldenRuns()).length > 0, { what: 'the golden question to be asked', timeoutMs: 60_000, everyMs: 200 });

  const inDatabase = async <T>(look: (db: Database['db']) => Promise<T>): Promise<T> => {
    const database = openDatabase({ url: embeddedUrl(dataDir), log: silentLogger, max: 1 });
    try {
      return await look(database.db);
    } finally {
      await database.close();
    }
  };
  const journal = (): Promise<JournalEntry[]> => readJournal(places.journal);
  return {
    product,
    places,
    stick,
    token,
    call,
    arasul,
    releaseTool,
    /** Asks the golden questions, and resolves with how that went. */
    async askGolden() {
      const before = (await goldenRuns()).length;
      await call('POST', '/golden/runs', { as: token });
      return waitFor(async () => (await goldenRuns()).slice(0, -before || undefined).find(({ trigger }) => trigger === 'manual'), {
        what: 'the golden questions to be asked',
        everyMs: 200,
      });
    },
    journal,

    /** A signed bundle of this product with these changes, on the stick. It carries what the box has not. */
    async makeRelease(version: string, changes: Changes): Promise<string> {
      const objects = new Map<string, string>();
      const all: Changes = { 'package.json': JSON.stringify({ name: 'arasul', version, private: true, type: 'module' }), ...changes };
      const files = base.files.filter(({ path }) => !(path in all));
      for (const [path, content] of Object.entries(all)) {
        if (content === null) continue;
        const hash = sha256(content);
        objects.set(hash, join(work, 'objects', hash));
        await writeFile(objects.get(hash)!, content);
        files.push({ path, sha256: hash, size: Buffer.byteLength(content), executable: false });
      }
      files.sort((a, b) => (a.path < b.path ? -1 : 1));
      const components = base.components.map((one) => (one.type === 'product' || one.type === 'dashboard' ? { ...one, version } : one));
      const migrations = files.map(({ path }) => /^postgres-init\/migrations\/(\d{4}_\w+)\.sql$/.exec(path)?.[1]).filter((name) => name !== undefined);
      const manifest: ReleaseManifest = { ...base, version, components, migrations, files, changes: { en: ['Better.'], de: ['Besser.'] } };
      const unsigned = join(work, `${version}.arasul`);
      await writeBundle(unsigned, {
        manifest,
        objectAt: (hash) => objects.get(hash) ?? collected.objectAt(hash),
        without: new Set(base.files.map(({ sha256: hash }) => hash)),
      });
      const file = join(stick, `arasul-${version}.arasul`);
      await releaseTool('sign', unsigned, '--keys', keys, '--out', file);
      return file;
    },

    /**
     * Applies a bundle, from the machine's own terminal unless `apply` says how else, and resolves with the verdict and with how long the
     * dashboard did not answer.
     */
    async update(file: string, apply = (): Promise<unknown> => arasul('update', 'apply', file, '--yes')) {
      const before = (await journal()).length;
      let awayMs = 0;
      let asking = true;
      const watch = (async () => {
        for (let last = performance.now(); asking;) {
          const ready = await fetch(`${product.url}/health/ready`, { signal: AbortSignal.timeout(500) }).then(
            ({ ok }) => ok,
            () => false,
          );
          const now = performance.now();
          if (!ready) awayMs += now - last;
          last = now;
          await new Promise((next) => setTimeout(next, 50));
        }
      })();
      const began = performance.now();
      await apply();
      const appliedMs = performance.now() - began;
      const verdict = await waitFor(async () => (await journal()).slice(before).find(({ state }) => state === 'committed' || state === 'rolled_back'), {
        what: `a verdict over ${file}; the terminal said:\n${product.output().slice(-3_000)}`,
        timeoutMs: 300_000,
        everyMs: 100,
      });
      const verdictMs = performance.now() - began;
      await waitFor(
        () =>
          fetch(`${product.url}/health/ready`).then(
            ({ ok }) => ok,
            () => false,
          ),
        { what: 'the box to be ready', timeoutMs: 120_000, everyMs: 50 },
      );
      const wholeMs = performance.now() - began;
      asking = false;
      await watch;
      return { verdict, figures: { appliedMs, verdictMs, wholeMs, awayMs } };
    },

    /** An update as the history tells it, once that says so. */
    told: (version: string, state: string) =>
      waitFor(
        async () => {
          const { items } = (await call('GET', '/updates/history', { as: token })) as { items: UpdateEvent[] };
          return items.find(({ to, state: now }) => to === version && now === state);
        },
        { what: `the history to tell that ${version} was ${state}`, timeoutMs: 60_000, everyMs: 100 },
      ),

    /** The row of a way back, once all of it is done. */
    settled: (version: string) =>
      waitFor(
        () =>
          inDatabase((db) =>
            db
              .selectFrom('update_rollbacks as r')
              .innerJoin('update_events as e', 'e.id', 'r.original_update_event_id')
              .selectAll('r')
              .where('e.version_to', '=', version)
              .where('r.success', 'is not', null)
              .executeTakeFirst(),
          ),
        { what: `the way back of ${version} to be finished`, timeoutMs: 60_000, everyMs: 200 },
      ),

    /** Looks into the box's database. */
    inDatabase,

    async stop(): Promise<void> {
      await product.stop();
      await rm(work, { recursive: true, force: true });
    },
  };
};
export type UpdatableBox = Awaited<ReturnType<typeof startUpdatableBox>>;
