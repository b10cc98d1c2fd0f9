// Builds what runs: processes, services and workers into dist/, the dashboard into dist/public. Only the half that changed.
// usage: node scripts/build.mjs [--force]
import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, readFileSync, readdirSync, writeFileSync } from 'node:fs';
import { readFile, writeFile } from 'node:fs/promises';
import { basename, dirname, join, relative, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { brotliCompress, constants, gzip } from 'node:zlib';

const root = resolve(dirname(fileURLToPath(import.meta.url)), '..');

/** What each half is made of; a change in any of these makes it stale. */
const SOURCES = {
  server: ['packages', 'services', 'scripts/arasul', 'scripts/build.mjs', 'package.json', 'package-lock.json'],
  dashboard: ['dashboard-frontend', 'packages/contracts', 'package.json', 'package-lock.json'],
};
const IGNORED = /(?:^|\/)(?:node_modules|dist|fixtures|\.[^/]*)$|\.test\.tsx?$/;

/** Every file under `path`, sorted; a file is itself; nothing is nothing. */
function filesUnder(path) {
  if (!existsSync(path)) return [];
  const walk = (folder) =>
    readdirSync(folder, { withFileTypes: true }).flatMap((entry) => {
      const full = join(folder, entry.name);
      if (IGNORED.test(full)) return [];
      return entry.isDirectory() ? walk(full) : [full];
    });
  try {
    return walk(path).sort();
  } catch (error) {
    if (error.code === 'ENOTDIR') return [path];
    throw error;
  }
}

/** A digest of names and contents: a checkout back and forth builds nothing. */
function digest(half) {
  const hash = createHash('sha256').update(process.versions.node.split('.')[0]);
  for (const file of SOURCES[half].flatMap((path) => filesUnder(join(root, path)))) hash.update(relative(root, file)).update(readFileSync(file));
  return hash.digest('hex');
}

const stampFile = (outDir) => join(outDir, 'built.json');

function readStamps(outDir) {
  try {
    return JSON.parse(readFileSync(stampFile(outDir), 'utf8'));
  } catch {
    return {};
  }
}

/** The halves (`server`, `dashboard`) whose sources differ from what `outDir` was built from. */
export function staleHalves(outDir = join(root, 'dist')) {
  const stamps = readStamps(outDir);
  return Object.keys(SOURCES).filter(
    (half) => stamps[half] !== digest(half) && (half !== 'dashboard' || existsSync(join(root, 'dashboard-frontend/vite.config.ts'))),
  );
}

/**
 * The server's bundles. `services/<name>/main.ts` becomes `services/<name>.js`, `<name>.worker.ts` anywhere becomes
 * `workers/<name>.js`; what several share becomes chunks, so that services in one process share their modules as well.
 */
export async function buildServer({
  outDir = join(root, 'dist'),
  services = [...filesUnder(join(root, 'services')), ...filesUnder(join(root, 'scripts/arasul'))],
} = {}) {
  const { build } = await import('esbuild');
  const sources = [...services, ...filesUnder(join(root, 'packages'))];
  const entryPoints = sources.flatMap((file) => {
    if (file.endsWith('.worker.ts')) return [{ in: file, out: `workers/${basename(file, '.worker.ts')}` }];
    if (file === join(root, 'services/launcher/main.ts')) return [{ in: file, out: 'launcher' }];
    if (file === join(root, 'scripts/arasul/main.ts')) return [{ in: file, out: 'arasul' }];
    if (file === join(root, 'services/launcher/child.ts')) return [{ in: file, out: 'child' }];
    if (basename(file) === 'main.ts' && basename(dirname(dirname(file))) === 'services') return [{ in: file, out: `services/${basename(dirname(file))}` }];
    return [];
  });
  await build({ ...serverOptions, entryPoints, outdir: outDir, splitting: true, chunkNames: 'chunks/[name]-[hash]' });
}

/** The workers alone, for tests, which run everything else from source. */
export async function buildWorkers(outDir) {
  const { build } = await import('esbuild');
  const entryPoints = [...filesUnder(join(root, 'services')), ...filesUnder(join(root, 'packages'))]
    .filter((file) => file.endsWith('.worker.ts'))
    .map((file) => ({ in: file, out: basename(file, '.worker.ts') }));
  // Chunks beside the workers, from where workerFile() finds the others; what is imported late is loaded late, as in dist/.
  await build({ ...options, packages: 'external', entryPoints, outdir: outDir, splitting: true, chunkNames: '[name]-[hash]' });
}

const options = {
  absWorkingDir: root,
  bundle: true,
  platform: 'node',
  format: 'esm',
  target: 'node20',
  sourcemap: 'linked',
  logLevel: 'warning',
};

/**
 * npm's packages go into the bundles as well: opening a thousand small files was half of the time to the login page (importing the
 * services: 1.4 s of CPU as files, 0.7 s as bundles). Outside stay those that carry native code or find files beside their own,
 * and those that are optional and not there.
 */
const EXTERNAL = [
  'bcrypt',
  'node-llama-cpp',
  '@huggingface/transformers',
  'onnxruntime-node',
  'pdfjs-dist',
  'tesseract.js',
  '@napi-rs/canvas',
  'node-pg-migrate',
  'pg-native',
  'ioredis',
  'redis',
  '@valkey/valkey-glide',
];
const serverOptions = {
  ...options,
  external: EXTERNAL,
  // Names stay as they are, for stack traces and for errors told apart by name.
  minifyWhitespace: true,
  minifySyntax: true,
  // CommonJS packages in an ES module still call require for Node's own modules.
  banner: { js: "import{createRequire as __createRequire}from'node:module';const require=__createRequire(import.meta.url);" },
};

async function buildDashboard() {
  const { build } = await import('vite');
  await build({ configFile: join(root, 'dashboard-frontend/vite.config.ts'), logLevel: 'warn' });
  await compressFiles(join(root, 'dist/public'));
}

const COMPRESSIBLE = /\.(?:html|m?js|css|json|svg|txt|wasm|webmanifest)$/;
const WORTH_COMPRESSING_BYTES = 1024;
// Brotli's 9 is within 4 % of its 11 and takes a tenth of the time.
const BROTLI = { params: { [constants.BROTLI_PARAM_QUALITY]: 9 } };

/** Writes NAME.br and NAME.gz beside each file that gets smaller, so that the server compresses nothing while people wait. */
export async function compressFiles(folder) {
  const files = filesUnder(folder).filter((file) => COMPRESSIBLE.test(file));
  await Promise.all(
    files.map(async (file) => {
      const bytes = await readFile(file);
      if (bytes.length < WORTH_COMPRESSING_BYTES) return;
      await writeFile(`${file}.br`, await promisify(brotliCompress)(bytes, BROTLI));
      await writeFile(`${file}.gz`, await promisify(gzip)(bytes, { level: 9 }));
    }),
  );
}

/** Builds what is stale; all of it with `force`. */
export async function build({ force = false } = {}) {
  const outDir = join(root, 'dist');
  const builders = { server: () => buildServer(), dashboard: buildDashboard };
  const halves = force ? Object.keys(SOURCES) : staleHalves(outDir);
  mkdirSync(outDir, { recursive: true });
  const results = await Promise.allSettled(
    halves.map(async (half) => {
      const made = digest(half); // before the build: a file saved meanwhile makes it stale again
      await builders[half]();
      writeFileSync(stampFile(outDir), JSON.stringify({ ...readStamps(outDir), [half]: made }));
    }),
  );
  for (const { reason } of results) if (reason) throw reason;
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  await build({ force: process.argv.includes('--force') }).catch((error) => {
    console.error(error.message); // the builders' own words; their stack is about themselves
    process.exitCode = 1;
  });
}
