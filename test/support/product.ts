import { spawn, type ChildProcess } from 'node:child_process';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { launcherState, type LauncherState } from '#contracts';
import { waitFor } from './wait.ts';

/** The product as a person runs it: `npm start` with its own data folder and port. */
export interface Product {
  url: string;
  dataDir: string;
  /** The one-time set-up code of this start; null once an owner exists. */
  code: string | null;
  /** Everything that the terminal showed. */
  output(): string;
  /** What runs, from the launcher's state file. */
  state(): Promise<LauncherState>;
  /** kill -9 of one part by its name. Resolves when the part is ready again under another pid. */
  killPart(name: string): Promise<void>;
  /** Ctrl-C; resolves with the exit code. */
  stop(): Promise<number | null>;
  /** kill -9 of the whole process group. */
  killAll(): Promise<void>;
}

export const freePort = (): Promise<number> =>
  new Promise((resolve, reject) => {
    const server = createServer();
    server.once('error', reject);
    server.listen(0, '127.0.0.1', () => {
      const { port } = server.address() as { port: number };
      server.close(() => resolve(port));
    });
  });

export const makeDataDir = async (): Promise<{ dataDir: string; remove: () => Promise<void> }> => {
  const dataDir = await mkdtemp(join(tmpdir(), 'arasul-e2e-'));
  return { dataDir, remove: () => rm(dataDir, { recursive: true, force: true }) };
};

interface StartOptions {
  dataDir: string;
  env?: NodeJS.ProcessEnv;
  args?: string[];
  port?: number;
}

const isReady = (url: string): Promise<boolean> =>
  fetch(`${url}/health/ready`)
    .then((answer) => answer.ok)
    .catch(() => false);

/** Starts the product and resolves when it is ready; rejects with the terminal's text when it ends before. */
export const startProduct = async ({ dataDir, env = {}, args = [], port }: StartOptions): Promise<Product> => {
  const chosen = port ?? (await freePort());
  const url = `http://localhost:${chosen}`;
  let text = '';
  const child: ChildProcess = spawn(process.execPath, ['scripts/start.mjs', ...args], {
    detached: true,
    stdio: ['ignore', 'pipe', 'pipe'],
    env: { ...process.env, NODE_ENV: undefined, VITEST: undefined, ARASUL_DATA_DIR: dataDir, ARASUL_PORT: String(chosen), ARASUL_HOST: '127.0.0.1', ...env },
  });
  child.stdout!.on('data', (part: Buffer) => (text += part.toString()));
  child.stderr!.on('data', (part: Buffer) => (text += part.toString()));
  const exited = new Promise<number | null>((resolve) => child.once('exit', (code) => resolve(code)));
  let ended = false;
  void exited.then(() => (ended = true));

  const stateFile = join(dataDir, 'run', 'state.json');
  const state = async (): Promise<LauncherState> => launcherState.parse(JSON.parse(await readFile(stateFile, 'utf8')));
  const product: Product = {
    url,
    dataDir,
    code: null,
    output: () => text,
    state,
    async killPart(name) {
      const before = (await state()).services.find((service) => service.name === name);
      if (!before?.pid) throw new Error(`${name} does not run`);
      process.kill(before.pid, 'SIGKILL');
      await waitFor(
        async () => {
          const now = (await state()).services.find((service) => service.name === name);
          return now?.state === 'ready' && now.pid !== before.pid;
        },
        { what: `${name} to be ready again`, timeoutMs: 30_000 },
      );
    },
    async stop() {
      if (!ended) process.kill(-child.pid!, 'SIGINT');
      return exited;
    },
    async killAll() {
      if (!ended) process.kill(-child.pid!, 'SIGKILL');
      await exited;
    },
  };
  await waitFor(
    async () => {
      if (ended) throw new Error(`The product ended before it was ready:\n${text}`);
      return isReady(url);
    },
    { what: `the product to be ready; it said:\n${text}`, timeoutMs: 120_000, everyMs: 100 },
  );
  // The welcome is printed right after the listener is ready; its last line tells that the address and the code are out.
  await waitFor(() => text.includes('Ctrl-C stops'), { what: 'the welcome in the terminal' });
  product.code = /code\b[^\n]{0,80}?\b([A-Z0-9]{4}-[A-Z0-9]{4})\b/i.exec(text)?.[1] ?? null;
  return product;
};
