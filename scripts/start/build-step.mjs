// Builds what changed, in a process of its own: the builders' memory goes with it.
import { spawn } from 'node:child_process';
import { mkdirSync, openSync, readFileSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { staleHalves } from '../build.mjs';

const root = resolve(dirname(fileURLToPath(import.meta.url)), '../..');

/** Builds when sources changed since the last build. Ends the process with the builder's last lines when that fails. */
export const buildStep = async (terminal) => {
  const stale = staleHalves();
  if (stale.length === 0) return;
  const step = terminal.step('Build', stale.join(' and '));
  const logFile = join(root, '.cache/build.log');
  mkdirSync(dirname(logFile), { recursive: true });
  const log = openSync(logFile, 'w');
  const child = spawn(process.execPath, [join(root, 'scripts/build.mjs')], {
    cwd: root,
    stdio: ['ignore', log, log],
    env: { ...process.env, NO_COLOR: '1', FORCE_COLOR: undefined },
  });
  const code = await new Promise((done) => child.on('close', done).on('error', () => done(1)));
  if (code === 0) return step.done(stale.join(' and '));
  step.fail('failed');
  terminal.line(readFileSync(logFile, 'utf8').trim().split('\n').slice(-15).join('\n'));
  terminal.warn(`The build failed; ${logFile} has all of it. “git status” shows what was changed; “rm -rf node_modules dist” and a new start begin afresh.`);
  process.exit(1);
};
