import { spawn, spawnSync, type ChildProcess } from 'node:child_process';
import { copyFileSync, cpSync, existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { waitFor } from '../support/wait.ts';

let clone: string;
beforeAll(() => {
  // The start script of a fresh clone, before anything is installed.
  clone = mkdtempSync(join(tmpdir(), 'arasul-start-'));
  cpSync('scripts', join(clone, 'scripts'), { recursive: true });
  for (const name of ['package.json', 'package-lock.json']) copyFileSync(name, join(clone, name));
  mkdirSync(join(clone, 'services/broken'), { recursive: true });
});
afterAll(() => rmSync(clone, { recursive: true }));

/** Runs the start script; `before` is code that runs first and may change what `process` says. */
const start = ({ before = '', env = {} }: { before?: string; env?: NodeJS.ProcessEnv } = {}): { status: number | null; said: string } => {
  writeFileSync(join(clone, 'before.cjs'), before);
  const { status, stdout, stderr } = spawnSync(process.execPath, ['-r', join(clone, 'before.cjs'), join(clone, 'scripts/start.mjs')], {
    encoding: 'utf8',
    env: { PATH: process.env.PATH, ARASUL_DATA_DIR: join(clone, 'data'), ...env },
  });
  return { status, said: stdout + stderr };
};

const pretend = (name: string, value: string): string => `Object.defineProperty(process, '${name}', { value: ${value} });`;

/** Stands in for npm: what matters here is what is made of its answer. */
const npmThat = (script: string): NodeJS.ProcessEnv => {
  const file = join(clone, 'npm-cli.js');
  writeFileSync(
    file,
    `import fs from 'node:fs'; fs.appendFileSync(${JSON.stringify(join(clone, 'npm-calls'))}, process.argv.slice(2).join(' ') + '\\n');\n${script}`,
  );
  writeFileSync(join(clone, 'npm-calls'), '');
  return { npm_execpath: file };
};
const npmCalls = (): string[] => readFileSync(join(clone, 'npm-calls'), 'utf8').trim().split('\n');

describe('npm start on a machine that cannot run it', () => {
  test.each([
    ['Node 18', pretend('versions', "{ ...process.versions, node: '18.20.4' }"), /needs Node\.js 20\.19 or newer; this is 18\.20\.4.*nodejs\.org/],
    ['Windows', pretend('platform', "'win32'"), /does not run on Windows itself\. Use WSL 2/],
    ['another processor', pretend('arch', "'riscv64'"), /x64 and arm64 processors, not on riscv64/],
  ])('%s: one sentence', (_, before, sentence) => {
    const { status, said } = start({ before });
    expect(status).toBe(1);
    expect(said).toMatch(sentence);
    expect(said.trim().split('\n')).toHaveLength(1);
  });
});

describe('npm start whose installation fails', () => {
  test('names the network as the cause, shows the last words, and tries nothing else', () => {
    const { status, said } = start({ env: npmThat("console.error('npm error code ENOTFOUND'); process.exit(1);") });
    expect(status).toBe(1);
    expect(said).toContain('npm error code ENOTFOUND');
    expect(said).toMatch(/registry cannot be reached.*install\.log/);
    expect(npmCalls()).toHaveLength(1);
  });

  test('runs no package’s own script, installs what the build needs, and helps itself when the lockfile is refused', () => {
    const installs = `if (process.argv[2] === 'ci') { console.error('npm error code EUSAGE'); process.exit(1); } fs.mkdirSync(${JSON.stringify(join(clone, 'node_modules'))}, { recursive: true });`;
    const { said } = start({ env: { ...npmThat(installs), NODE_ENV: 'production' } });
    expect(said).toMatch(/✓ Packages +installed/);
    expect(npmCalls().map((call) => call.split(' ')[0])).toEqual(['ci', 'install']);
    for (const call of npmCalls()) expect(call).toMatch(/--ignore-scripts --include=dev/);
  });

  test('a build that fails says so with the builder’s words, and the next start does not install again', () => {
    const { status, said } = start({ env: npmThat('process.exit(1);') });
    expect(status).toBe(1);
    expect(said).not.toContain('Packages');
    expect(said).toMatch(/✗ Build +failed/);
    expect(said).toMatch(/Cannot find package 'esbuild'.*\n(?:.*\n)*.*build\.log/);
  });
});

test('npm start leaves no shell between npm and the box, so that a SIGTERM reaches it and its exit code is the box’s', () => {
  const { scripts } = JSON.parse(readFileSync('package.json', 'utf8')) as { scripts: Record<string, string> };
  expect(scripts.start).toBe('exec node scripts/start.mjs');
});

test('every package that the lockfile names for this platform is one that npm ci accepts', () => {
  const { status, stderr } = spawnSync('npm', ['ci', '--dry-run', '--offline', '--ignore-scripts'], { cwd: resolve('.'), encoding: 'utf8' });
  expect(stderr).not.toContain('EUSAGE');
  expect(status).toBe(0);
});

describe('two starts in one checkout', () => {
  const lockedScript = (name: string, work: string): string => {
    const file = join(clone, name);
    writeFileSync(
      file,
      `import { appendFileSync } from 'node:fs';
import { createTerminal } from './scripts/start/terminal.mjs';
import { withSetUpLock } from './scripts/start/set-up-lock.mjs';
await withSetUpLock(createTerminal(), async () => { appendFileSync(${JSON.stringify(join(clone, 'order'))}, '${name} '); ${work} });`,
    );
    return file;
  };
  const run = (file: string): { child: ChildProcess; ended: Promise<string> } => {
    const child = spawn(process.execPath, [file], { stdio: ['ignore', 'pipe', 'inherit'] });
    let said = '';
    child.stdout.on('data', (chunk: Buffer) => (said += chunk.toString()));
    return { child, ended: new Promise((done) => child.on('close', () => done(said))) };
  };
  const order = (): string => (existsSync(join(clone, 'order')) ? readFileSync(join(clone, 'order'), 'utf8') : '');

  test('the second says that it waits, and goes on when the first is through, also when that was killed', async () => {
    const first = run(lockedScript('first.mjs', 'await new Promise((done) => setTimeout(done, 60_000));'));
    await waitFor(() => order() === 'first.mjs ', { what: 'the first in its work' });
    const second = run(lockedScript('second.mjs', ''));
    // It has looked several times by then.
    await new Promise((done) => setTimeout(done, 1_500));
    expect(order()).toBe('first.mjs ');
    first.child.kill('SIGKILL');
    expect(await second.ended).toContain('the other start is through');
    expect(order()).toBe('first.mjs second.mjs ');
  });
});
