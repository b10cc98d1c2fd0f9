import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { createNotifier, migrate, openDatabase, type Notifier } from '#db';
import { silentLogger } from '#kit';
import { prepareQueueStore } from '#queue';
import { startEmbeddedPostgres } from '../../services/launcher/embedded-postgres.ts';
import { startBox, type Box, type Person } from './box.ts';
import { createTestClock } from './clock.ts';
import type { TestDatabase } from './database.ts';
import { startScriptedRuntime, type ScriptedRuntime } from './scripted-runtime.ts';

/** The process that serves and answers, to be killed. */
export interface Core {
  url: string;
  kill(): Promise<void>;
}

const startCore = async (box: Pick<Box, 'dataDir' | 'database'>, runtimeUrl: string): Promise<Core> => {
  const child: ChildProcess = spawn(process.execPath, ['scripts/run.mjs', 'test/support/core-child.ts'], {
    env: {
      ...process.env,
      ARASUL_DATA_DIR: box.dataDir,
      ARASUL_DATABASE_URL: box.database.url,
      ARASUL_RUNTIME_URL: runtimeUrl,
      ARASUL_HOST: '127.0.0.1',
      ARASUL_PORT: '0',
    },
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  let port = 0;
  for await (const line of createInterface({ input: child.stdout! })) {
    if (line.startsWith('{') && line.includes('"port"')) port = (JSON.parse(line) as { port: number }).port;
    if (line === 'ready') break;
  }
  child.stdout!.resume();
  return {
    url: `http://127.0.0.1:${port}`,
    async kill() {
      if (child.exitCode !== null || child.signalCode !== null) return;
      child.kill('SIGKILL');
      await once(child, 'exit');
    },
  };
};

/** A box whose every part can be killed: a Postgres of its own, a scripted model, and a process that serves and answers. */
export const startBreakableBox = async () => {
  const dataDir = await mkdtemp(join(tmpdir(), 'arasul-faults-'));
  let server = await startEmbeddedPostgres({ dataDir });
  const { url } = server;
  await migrate({ url, folder: 'postgres-init/migrations' });
  await prepareQueueStore({ url, log: silentLogger });
  const opened = openDatabase({ url, log: silentLogger });
  let notifier: Notifier | undefined;
  const database: TestDatabase = {
    ...opened,
    notifier: () => (notifier ??= createNotifier({ database: opened, log: silentLogger })),
    remove: () => opened.close(),
  };
  const box: Box = await startBox({ beside: { database, dataDir, clock: createTestClock(), known: { owner: undefined } } });
  const owner: Person = await box.owner();
  const runtime: ScriptedRuntime = await startScriptedRuntime();
  let core: Core | null = null;

  return {
    box,
    owner,
    runtime,
    core: async (): Promise<Core> => (core ??= await startCore(box, runtime.url)),
    async killCore(): Promise<void> {
      await core?.kill();
      core = null;
    },
    /** The postmaster, with `kill -9`; another comes up in its place. */
    async killPostgres(): Promise<void> {
      process.kill(server.pid, 'SIGKILL');
      await server.exited;
      server = await startEmbeddedPostgres({ dataDir });
    },
    async stop(): Promise<void> {
      await core?.kill();
      await box.stop();
      await notifier?.close();
      await opened.close();
      await runtime.stop();
      await server.stop();
      await rm(dataDir, { recursive: true, force: true });
    },
  };
};
export type BreakableBox = Awaited<ReturnType<typeof startBreakableBox>>;
