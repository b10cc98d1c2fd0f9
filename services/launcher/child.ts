import { createLogger, createServiceGroup, errorText, isAppError, readEnv, type Env, type Logger, type Service, type ServiceGroup } from '#kit';
import { monitorEventLoopDelay } from 'node:perf_hooks';
import { z } from 'zod';
import type { ChildMessage, StartMessage } from './child-messages.ts';

// Runs the services named on the command line in this process: node child.js <service>... It loads them, waits for the launcher's word and
// the environment that comes with it, and starts them; without a launcher it starts at once, in its own environment.

const HEALTH_EVERY_MS = 5_000;
const BEAT_EVERY_MS = 2_000;
/** The histogram wakes up this often; what it measures is how late it was. */
const LOOP_RESOLUTION_MS = 20;
const ORPHAN_STOP_MS = 2_000; // nobody waits for an orphan, and the next start may

const { ARASUL_LOG_LEVEL: level } = readEnv(
  z.object({ ARASUL_LOG_LEVEL: z.enum(['trace', 'debug', 'info', 'warn', 'error', 'fatal']).default('info') }),
  process.env,
);
const names = process.argv.slice(2);
const logFor = (name: string): Logger => createLogger(name, { level });
const log = logFor('child');
let group: ServiceGroup | undefined = undefined;
const started = new Promise<Env>((resolve) => {
  if (!process.send) resolve(process.env);
  process.once('message', ({ env }: StartMessage) => resolve(env));
});

const tell = (message: ChildMessage): Promise<void> =>
  new Promise((resolve) => {
    if (process.connected) process.send?.(message, () => resolve());
    else resolve();
  });

const fail = async (error: unknown): Promise<never> => {
  log.fatal({ error }, 'ended by an error that nothing caught');
  await tell({ type: 'failed', message: errorText(error), permanent: isAppError(error, 'configuration_invalid') });
  process.exit(1);
};

const end = async (): Promise<never> => {
  await group?.stop();
  process.exit(0);
};

process.on('uncaughtException', (error) => void fail(error));
process.on('unhandledRejection', (error) => void fail(error));
process.on('SIGTERM', () => void end());
// Ctrl-C and a closed terminal reach the whole process group; the launcher decides what they mean.
process.on('SIGINT', () => undefined);
process.on('SIGHUP', () => undefined);
const orphaned = (): void => {
  setTimeout(() => process.exit(1), ORPHAN_STOP_MS);
  void end();
};
process.on('disconnect', orphaned);
// The launcher may have died while this process was loading: then the event is past. Without a channel (`send` is missing) nobody launched it.
if (process.send && !process.connected) orphaned();

// From the first moment on: a process that hangs while it starts is told from one that is slow to start by this alone.
const loop = monitorEventLoopDelay({ resolution: LOOP_RESOLUTION_MS });
loop.enable();
const lateMs = (nanoseconds: number): number => Math.max(0, (Number.isFinite(nanoseconds) ? nanoseconds : 0) / 1e6 - LOOP_RESOLUTION_MS);
setInterval(() => {
  void tell({ type: 'beat', loopMeanMs: lateMs(loop.mean), loopMaxMs: lateMs(loop.max), rssBytes: process.memoryUsage.rss() });
  loop.reset();
}, BEAT_EVERY_MS).unref();

const complaints = new Map<string, string | null>();
const reportHealth = async (running: ServiceGroup): Promise<void> => {
  for (const [service, complaint] of Object.entries(await running.health())) {
    if ((complaints.get(service) ?? null) === complaint) continue;
    complaints.set(service, complaint);
    await tell({ type: 'health', service, complaint });
  }
};

process.setSourceMapsEnabled(true);
const services: Service[] = [];
for (const name of names) services.push(((await import(new URL(`./services/${name}.js`, import.meta.url).href)) as { service: Service }).service);
const running = createServiceGroup({ env: await started, logFor });
group = running;
for (const service of services) await running.start(service);
await tell({ type: 'ready' });
setInterval(() => void reportHealth(running), HEALTH_EVERY_MS);
