// Installs packages when the lockfile asks for it.
import { spawn } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, openSync, readFileSync, rmSync, writeFileSync, writeSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { createTerminal } from './terminal.mjs';

const root = resolve(dirname(fileURLToPath(import.meta.url)), '../..');
const lockFile = join(root, 'package-lock.json');
const stampFile = join(root, 'node_modules/.arasul-lock');
const installedFile = join(root, 'node_modules/.package-lock.json');
const UPDATE = ['install', '--no-save'];
const AFRESH = ['ci'];
const KEPT_LINES = 200;
const SHOWN_LINES = 12;

const digestOf = (file) => createHash('sha256').update(readFileSync(file)).digest('hex');
const readText = (file) => (existsSync(file) ? readFileSync(file, 'utf8') : '');

/** Whether node_modules holds what the lockfile names, whoever put it there. */
const isInstalled = () => {
  if (readText(stampFile) === digestOf(lockFile)) return true;
  if (!existsSync(installedFile)) return false;
  const wanted = Object.entries(JSON.parse(readText(lockFile)).packages);
  const installed = JSON.parse(readText(installedFile)).packages;
  return wanted.every(([path, { version, optional, devOptional }]) => path === '' || optional || devOptional || installed[path]?.version === version);
};

/** npm as it was called; "npm" from PATH when the script was started without it. */
const npm = () => {
  const script = process.env.npm_execpath;
  return script?.endsWith('npm-cli.js') ? [process.execPath, script] : ['npm'];
};

/**
 * Makes node_modules match the lockfile; does nothing when it does. No package's install script is run: those that matter bring their
 * programs ready-made, and what is left to do the launcher does itself. Ends the process with npm's last lines when it fails.
 */
export const install = async (terminal = createTerminal()) => {
  if (!isInstalled()) {
    const step = terminal.step('Packages', 'looking what is needed');
    const total = Object.keys(JSON.parse(readText(lockFile)).packages).length;
    const logFile = join(root, '.cache/install.log');
    mkdirSync(dirname(logFile), { recursive: true });
    rmSync(logFile, { force: true });
    const onFetched = (fetched) => step.update(`${Math.min(fetched, total)} of about ${total} fetched`);
    // An installation that is there is brought up to date, which takes seconds; “ci” begins by deleting it. Each stands in for the other: a
    // broken folder wants a new beginning, and “ci” refuses a lockfile that lacks an optional package of another platform.
    const ways = existsSync(installedFile) ? [UPDATE, AFRESH] : [AFRESH, UPDATE];
    let { code, tail } = await runNpm(ways[0], logFile, onFetched);
    if (code !== 0 && !knownCause(tail.join('\n'))) ({ code, tail } = await runNpm(ways[1], logFile, onFetched));
    if (code !== 0) {
      step.fail('could not be installed');
      terminal.line(tail.slice(-SHOWN_LINES).join('\n'));
      terminal.warn(
        `${knownCause(tail.join('\n')) ?? 'npm could not install the packages; start again when its reason is gone.'} All of npm's words: ${logFile}`,
      );
      process.exit(1);
    }
    step.done('installed');
  }
  if (readText(stampFile) !== digestOf(lockFile)) writeStamp();
};

const writeStamp = () => {
  try {
    writeFileSync(stampFile, digestOf(lockFile));
  } catch {
    // An installation that its user may only read: it is looked at anew at each start.
  }
};

const runNpm = (command, logFile, onFetched) =>
  new Promise((resolvePromise) => {
    const [file, ...first] = npm();
    const log = openSync(logFile, 'a');
    const child = spawn(file, [...first, ...command, '--ignore-scripts', '--include=dev', '--include=optional', '--no-audit', '--no-fund', '--loglevel=http'], {
      cwd: root,
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    let fetched = 0;
    let tail = [];
    const keep = (chunk) => {
      writeSync(log, chunk);
      const lines = chunk.toString().split('\n').filter(Boolean);
      fetched += lines.filter((text) => text.includes('http fetch') || text.includes('http cache')).length;
      onFetched(fetched);
      tail = [...tail, ...lines.filter((text) => !text.startsWith('npm http'))].slice(-KEPT_LINES);
    };
    child.stdout.on('data', keep);
    child.stderr.on('data', keep);
    child.on('error', (error) => resolvePromise({ code: 1, tail: [error.message] }));
    child.on('close', (code) => resolvePromise({ code, tail }));
  });

/** Why npm failed, when its words tell it, and what to do. */
const knownCause = (text) => {
  if (/ENOSPC/.test(text)) return 'The disk is full: about 2 GB are needed for packages. Free some space and start again.';
  if (/EACCES|EPERM|EROFS/.test(text)) return `The folder ${root} cannot be written by this user. Start as its owner.`;
  if (/ENOTFOUND|EAI_AGAIN|ECONNREFUSED|ECONNRESET|ETIMEDOUT|ENOTCACHED/.test(text)) {
    return 'The package registry cannot be reached. The first start needs a network; check it (and the proxy settings of npm) and start again.';
  }
  if (/spawn npm|npm ENOENT/.test(text)) return 'npm was not found. It comes with Node.js: install that from https://nodejs.org.';
  return null;
};
