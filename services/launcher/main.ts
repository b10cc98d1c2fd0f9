import { randomBytes } from 'node:crypto';
import { existsSync, readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { isAppError, type Env } from '#kit';
import { lanAddresses } from './addresses.ts';
import { createBox } from './box.ts';
import { childEnvironment, processEnvironment } from './child-environment.ts';
import { childPart } from './child-part.ts';
import { readConfig, type LauncherConfig } from './config.ts';
import { checkDataFolder, dataFolder, makeDataFolder, type DataFolder } from './data-folder.ts';
import { alreadyRunning, readLock, takeLock } from './lock.ts';
import { builtServices, planProcesses } from './plan.ts';
import { checkPort, freeLoopbackPort } from './port.ts';
import { postgresPart } from './postgres-part.ts';
import { controlSocket, openControl } from './control.ts';
import { watchHealer } from './healer-watch.ts';
import { notifySystemd } from './systemd.ts';
import { beginDatabasePreparation } from './prepare-database.ts';
import { openRotatingLog, rotateInPlace } from './rotating-log.ts';
import { writeSetupCode } from './setup-code.ts';
import { StartProblem } from './start-problem.ts';
import { openStateFile } from './state.ts';
import { listenForStop, Stopped, type StopRequest } from './stop-request.ts';
import type { Terminal } from './terminal.ts';
import { showOutput } from './verbose.ts';
import { welcome } from './welcome.ts';

export interface LaunchOptions {
  /** The installation: where package.json, postgres-init and dist lie. */
  root: string;
  /** What was built; the default is `<root>/dist`. */
  distDir?: string;
  env: Env;
  /** The command line after the program's name. */
  options: readonly string[];
  terminal: Terminal;
}

// The processes of a launcher that was killed end within two seconds; a database in mid-checkpoint holds no port.
const AFTER_CRASH_PATIENCE_MS = 10_000;
/** The exit code for “start the release that the pointer names now”, as scripts/bootstrap/bootstrap.mjs knows it. */
const START_AGAIN = 75;
const ROTATE_EVERY_MS = 10 * 60_000;

/** Runs the box until it is asked to stop. Resolves with the exit code; a reason why it cannot run is printed as a sentence. */
export const launch = async (options: LaunchOptions): Promise<number> => {
  const stop = listenForStop(() => {
    options.terminal.warn('Stopped at once. Whatever was in hand goes on at the next start.');
    process.exit(130);
  });
  try {
    const config = readConfig(options.env, options.options);
    const folder = dataFolder(config.dataDir);
    const url = `http://${isEverywhere(config.host) ? 'localhost' : config.host}:${config.port}`;

    // First look at everything, so that a start which cannot succeed leaves nothing behind.
    const lock = readLock(folder.lockFile);
    if (lock.state === 'running') throw alreadyRunning(lock);
    checkDataFolder(config.dataDir);
    await Promise.race([stop.whenAsked, checkPort(config.port, config.host, { patienceMs: lock.state === 'stale' ? AFTER_CRASH_PATIENCE_MS : 0 })]);

    const version = versionOf(options.root);
    makeDataFolder(config.dataDir, version);
    const release = takeLock(folder.lockFile, url);
    try {
      await runBox({ ...options, config, folder, url, version, stop });
    } finally {
      release();
    }
    return 0;
  } catch (error) {
    if (error instanceof Stopped) return error.again ? START_AGAIN : 0;
    if (!(error instanceof StartProblem || isAppError(error))) throw error;
    options.terminal.warn(error.message);
    return 1;
  } finally {
    stop.dispose();
  }
};

interface RunOptions extends LaunchOptions {
  config: LauncherConfig;
  folder: DataFolder;
  url: string;
  version: string;
  stop: StopRequest;
}

const runBox = async ({ root, distDir = join(root, 'dist'), env, terminal, config, folder, url, version, stop }: RunOptions): Promise<void> => {
  const orStop = <T>(work: Promise<T>): Promise<T> => Promise.race([work, stop.whenAsked]);
  const addresses = config.host === undefined || isWildcard(config.host) ? lanAddresses() : [];
  const header = { version, pid: process.pid, startedAt: new Date().toISOString(), port: config.port, addresses };
  const log = openRotatingLog(folder.log('launcher'));
  const box = createBox({ state: openStateFile(folder.stateFile, header), log, terminal });
  const healer = watchHealer(box);
  const control = await openControl({ box, onHealerBeat: healer.beat, socket: controlSocket(folder.path) });
  let systemd = { stop: (): void => undefined };
  const rotation = setInterval(() => rotateInPlace(folder.log('postgres')), ROTATE_EVERY_MS).unref();
  rotateInPlace(folder.log('postgres'));
  let databaseUrl = config.databaseUrl ?? '';
  const runtimeUrl = config.runtimeUrl ?? `http://127.0.0.1:${await freeLoopbackPort()}`;
  const runtimeToken = randomBytes(24).toString('base64url');
  const plan = planProcesses(builtServices(distDir), config).filter(({ name }) => !(config.runtimeUrl && name === 'model-runtime'));
  const processes = plan.map(({ name, services, essential }) => ({
    essential,
    part: childPart({
      name,
      services,
      entry: join(distDir, 'child.js'),
      processEnv: processEnvironment(env, folder),
      env: () => childEnvironment({ env, config, folder, databaseUrl, runtimeUrl, runtimeToken }),
      logFile: folder.log(name),
      onHealth: (service, complaint) => box.complain(service, complaint),
      onOutput: config.verbose ? showOutput(terminal, name) : undefined,
    }),
  }));
  const essential = processes.filter((one) => one.essential).map(({ part }) => part);
  const optional = processes.filter((one) => !one.essential).map(({ part }) => part);

  const databaseStep = terminal.step('Database', 'starting');
  const preparation = beginDatabasePreparation(join(root, 'postgres-init', 'migrations'));
  for (const part of essential) part.preload();
  try {
    if (!databaseUrl) {
      const part = postgresPart({ dataDir: folder.path, log: (text) => databaseStep.update(text), onUrl: (found) => (databaseUrl = found) });
      await orStop(box.start(part, { essential: true })).catch(failing(databaseStep));
    }
    if (existsSync(join(folder.path, 'restore'))) await orStop(settle(folder.path, databaseUrl, env)).catch(failing(databaseStep));
    databaseStep.update('checking the schema');
    const { applied, setupRequired } = await orStop(preparation.run(databaseUrl)).catch(failing(databaseStep));
    databaseStep.done(applied.length > 0 ? `ready, ${applied.length} schema changes applied` : 'ready');

    rmSync(folder.setupCodeFile, { force: true });
    const setupCode = setupRequired ? writeSetupCode(folder.setupCodeFile) : null;

    const servicesStep = terminal.step('Services', 'starting');
    for (const part of essential) await orStop(box.start(part, { essential: true })).catch(failing(servicesStep));
    for (const part of optional) box.start(part).catch((error: Error) => terminal.warn(error.message));
    servicesStep.done('ready');

    welcome(terminal, { version, dataDir: folder.path, url, networkUrls: addresses.map((address) => `http://${address}:${config.port}`), setupCode });
    systemd = notifySystemd(env);
    await orStop(box.whenGivenUp(['postgres', ...essential.map(({ name }) => name)]));
  } finally {
    clearInterval(rotation);
    systemd.stop();
    healer.stop();
    const step = terminal.step('Stopping', 'finishing what is in hand');
    await preparation.cancel();
    for (const part of essential) part.discard();
    await box.stop();
    await control.close();
    step.done('all is saved');
    log.close();
  }
};

/** Finishes a restore that a power cut interrupted, or clears what it left. Loaded only then. */
const settle = async (dataDir: string, url: string, env: Env): Promise<void> => {
  const { adminUrlOf, settleRestore } = await import('#backup');
  await settleRestore({ dataDir, url, adminUrl: env.ARASUL_DATABASE_ADMIN_URL ?? (await adminUrlOf({ dataDir, url })) });
};

/** Closes a step that failed, and passes the reason on as one for people. */
const failing =
  (step: { fail(text: string): void }) =>
  (error: unknown): never => {
    step.fail(error instanceof Stopped ? 'stopped' : 'failed');
    if (error instanceof Error && !(error instanceof Stopped)) throw error instanceof StartProblem ? error : new StartProblem(error.message, { cause: error });
    throw error;
  };

const isWildcard = (host: string): boolean => host === '0.0.0.0' || host === '::';
/** Whether “localhost” reaches the listener. */
const isEverywhere = (host: string | undefined): boolean => host === undefined || isWildcard(host) || ['localhost', '127.0.0.1', '::1'].includes(host);

const versionOf = (root: string): string => (JSON.parse(readFileSync(join(root, 'package.json'), 'utf8')) as { version: string }).version;
