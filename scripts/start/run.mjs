// Runs the box from what is built beside it, in this process. The entry of a release; in a checkout npm start comes here when all is built.
import { existsSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { createTerminal } from './terminal.mjs';

const root = resolve(dirname(fileURLToPath(import.meta.url)), '../..');

/** Runs until the box is asked to stop; resolves with the exit code. */
export const runBox = async ({ args, terminal = createTerminal() }) => {
  const { enableCompileCache } = await import('node:module'); // Node 22.1 on
  enableCompileCache?.(process.env.ARASUL_DATA_DIR ? join(process.env.ARASUL_DATA_DIR, 'cache', 'launcher') : resolve(root, '.cache/node'));
  const env = { ...process.env };
  // A release may bring its models along; they come and go with it.
  if (!env.ARASUL_MODELS_DIR && existsSync(join(root, 'models'))) env.ARASUL_MODELS_DIR = join(root, 'models');
  const { launch } = await import('../../dist/launcher.js');
  return launch({ root, env, options: args, terminal });
};

/** Ends with the process that watches: a release that nobody watches must not run on. */
export const followParent = () => {
  if (!process.send) return;
  process.channel?.unref();
  process.on('disconnect', () => process.kill(process.pid, 'SIGTERM'));
};

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  followParent();
  process.exitCode = await runBox({ args: process.argv.slice(2) });
}
