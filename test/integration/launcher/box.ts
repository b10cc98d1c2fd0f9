import { spawn, spawnSync } from 'node:child_process';
import { chownSync, existsSync, mkdtempSync, readFileSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { launcherState, type LauncherState, type ServiceState } from '#contracts';
import { buildServer } from '../../../scripts/build.mjs';
import { freePort } from '../../support/product.ts';
import { waitFor } from '../../support/wait.ts';

// The real launcher, database and processes, with services that do next to nothing: what is looked at here is who starts, ends and heals.

const root = resolve('.');
const distDir = resolve('.cache/test-launcher');
export const isRoot = process.getuid?.() === 0;
const NOBODY = 65_534;

/** Builds the launcher and the stand-in services. */
export const buildTestBox = async (): Promise<void> => {
  const launcher = readdirSync('services/launcher').map((name) => resolve('services/launcher', name));
  const standIns = readdirSync(join(import.meta.dirname, 'services')).map((name) => join(import.meta.dirname, 'services', name, 'main.ts'));
  await buildServer({ outDir: distDir, services: [...launcher, ...standIns] });
  writeFileSync(
    join(distDir, 'run.mjs'),
    `import { createTerminal } from ${JSON.stringify(join(root, 'scripts/start/terminal.mjs'))};
     import { launch } from './launcher.js';
     process.exitCode = await launch({ root: ${JSON.stringify(root)}, distDir: import.meta.dirname, env: process.env, options: process.argv.slice(2), terminal: createTerminal() });`,
  );
};

export interface DataDir {
  path: string;
  remove(): void;
}

/** A data folder that is not there yet, in a private folder of whoever will run the box. */
export const newDataDir = ({ asNobody = false } = {}): DataDir => {
  const parent = mkdtempSync(join(tmpdir(), 'arasul-box-'));
  if (asNobody) chownSync(parent, NOBODY, NOBODY);
  return { path: join(parent, 'data'), remove: () => rmSync(parent, { recursive: true, force: true }) };
};

interface BoxOptions {
  dataDir: string;
  port?: number;
  env?: NodeJS.ProcessEnv;
  options?: string[];
  /** As the account “nobody” instead of root. */
  asNobody?: boolean;
}

export interface TestBox {
  pid: number;
  port: number;
  output(): string;
  exited: Promise<number | null>;
  ready(): Promise<void>;
  state(): LauncherState;
  service(name: string): ServiceState | undefined;
  /** Resolves when the service runs under another pid than `before`. */
  healed(name: string, before: number | null | undefined): Promise<ServiceState>;
  get(path: string): Promise<number>;
  signal(name: NodeJS.Signals): void;
  /** Ctrl-C, as a terminal sends it: to the whole group. Resolves with the exit code. */
  stop(): Promise<number | null>;
}

export const startBox = async ({ dataDir, port, env = {}, options = [], asNobody = false }: BoxOptions): Promise<TestBox> => {
  const chosen = port ?? (await freePort());
  const [command, ...args] = [...(asNobody ? dropToNobody() : []), process.execPath, join(distDir, 'run.mjs'), ...options];
  let text = '';
  const child = spawn(command!, args, {
    detached: true,
    stdio: ['ignore', 'pipe', 'pipe'],
    env: { PATH: process.env.PATH, ARASUL_DATA_DIR: dataDir, ARASUL_PORT: String(chosen), ...env },
  });
  child.stdout.on('data', (part: Buffer) => (text += part.toString()));
  child.stderr.on('data', (part: Buffer) => (text += part.toString()));
  let ended = false;
  const exited = new Promise<number | null>((done) => child.once('close', (code) => done(code))).finally(() => (ended = true));

  const state = (): LauncherState => launcherState.parse(JSON.parse(readFileSync(join(dataDir, 'run/state.json'), 'utf8')));
  const service = (name: string): ServiceState | undefined =>
    existsSync(join(dataDir, 'run/state.json')) ? state().services.find((one) => one.name === name) : undefined;
  const get = (path: string): Promise<number> =>
    fetch(`http://127.0.0.1:${chosen}${path}`).then(
      ({ status }) => status,
      () => 0,
    );
  return {
    pid: child.pid!,
    port: chosen,
    output: () => text,
    exited,
    state,
    service,
    get,
    async ready() {
      await waitFor(
        () => {
          if (ended) throw new Error(`The box ended:\n${text}`);
          return text.includes('Ctrl-C stops');
        },
        { what: 'the box', timeoutMs: 60_000 },
      );
    },
    healed: (name, before) =>
      waitFor(
        () => {
          const now = service(name);
          return now?.state === 'ready' && now.pid !== before ? now : null;
        },
        { what: `${name} to heal`, timeoutMs: 30_000 },
      ),
    signal: (name) => process.kill(child.pid!, name),
    stop() {
      if (!ended) process.kill(-child.pid!, 'SIGINT');
      return exited;
    },
  };
};

/** Runs a command as nobody; when the checkout itself is closed to others, with the one capability to read it. */
const dropToNobody = (): string[] => {
  const flags = ['--reuid', String(NOBODY), '--regid', String(NOBODY), '--clear-groups'];
  const canRead = spawnSync('setpriv', [...flags, 'test', '-r', join(distDir, 'run.mjs')]).status === 0;
  const keep = ['--inh-caps', '+dac_read_search', '--ambient-caps', '+dac_read_search', '--securebits', '+no_setuid_fixup'];
  return ['setpriv', ...flags, ...(canRead ? [] : keep)];
};

/** Processes whose command line names `text`. */
export const processesNaming = (text: string): string[] =>
  readdirSync('/proc')
    .filter((name) => /^\d+$/.test(name))
    .map((pid) => `${pid} ${readOr(`/proc/${pid}/cmdline`).replaceAll('\0', ' ')}`)
    .filter((line) => line.includes(text));

const readOr = (file: string): string => {
  try {
    return readFileSync(file, 'utf8');
  } catch {
    return '';
  }
};
