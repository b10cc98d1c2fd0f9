// Decides which release runs, watches a new one on trial, and brings the old one back. Kept tiny: no dependency, no TypeScript, plain Node 20.
// It is the parent of the release; nothing of a release has to work for the old one to come back.
import { spawn } from 'node:child_process';
import { closeSync, existsSync, fsyncSync, linkSync, mkdirSync, openSync, readdirSync, readFileSync, renameSync, rmSync, statSync, writeSync } from 'node:fs';
import { dirname, join } from 'node:path';

/** The launcher's exit code that means “start what the pointer names now”. */
export const START_AGAIN = 75;
// A trial that a power cut ended is no proof against the release, so it gets a second one; two are (its start may be what takes the box down).
const MAX_ATTEMPTS = 2;
const POLL_MS = 100;
const STOP_LIMIT_MS = 6_000;
const LOG_LINES = 30;
const seconds = (name, fallback) => (Number(process.env[name]) || fallback) * 1000;

export const pointerFile = (dataDir) => join(dataDir, 'releases', 'current.json');
export const trialFile = (dataDir) => join(dataDir, 'updates', 'trial.json');
const reserveFolder = (dataDir) => join(dataDir, 'releases', 'reserve');
export const journalFile = (dataDir) => join(dataDir, 'updates', 'journal.jsonl');

const readJson = (file) => {
  try {
    return JSON.parse(readFileSync(file, 'utf8'));
  } catch {
    return null;
  }
};

const syncFolder = (folder) => {
  const handle = openSync(folder, 'r');
  try {
    fsyncSync(handle);
  } finally {
    closeSync(handle);
  }
};

/** Writes a whole file or nothing: aside, on the disk, then one rename, on the disk. */
export const writeWhole = (file, text) => {
  const aside = `${file}.${process.pid}`;
  mkdirSync(dirname(file), { recursive: true, mode: 0o700 });
  const handle = openSync(aside, 'w', 0o600);
  try {
    writeSync(handle, text);
    fsyncSync(handle);
  } catch (error) {
    rmSync(aside, { force: true });
    throw error;
  } finally {
    closeSync(handle);
  }
  renameSync(aside, file);
  syncFolder(dirname(file));
};

/** Appends one line to the story of updates, on the disk when this returns. A torn last line (a power cut) is closed first. */
export const journal = (dataDir, entry) => {
  const file = journalFile(dataDir);
  mkdirSync(dirname(file), { recursive: true, mode: 0o700 });
  const handle = openSync(file, 'a', 0o600);
  try {
    const torn = statSync(file).size > 0 && !readFileSync(file).subarray(-1).equals(Buffer.from('\n'));
    writeSync(handle, `${torn ? '\n' : ''}${JSON.stringify({ at: new Date().toISOString(), by: 'bootstrap', ...entry })}\n`);
    fsyncSync(handle);
  } finally {
    closeSync(handle);
  }
};

/** The story must not stop the way back: on a full disk the pointer is what counts. */
const note = (dataDir, entry) => {
  try {
    journal(dataDir, entry);
  } catch (error) {
    console.error(`The journal of updates could not be written (${error.message}).`);
  }
};

const isWhole = (release) => typeof release?.dir === 'string' && existsSync(release.node) && existsSync(join(release.dir, release.entry));

/** What the pointer says; null when there is none, or it cannot be read. A pointer to a release that is gone is its previous one. */
export const readPointer = (dataDir) => {
  const pointer = readJson(pointerFile(dataDir)) ?? readJson(`${pointerFile(dataDir)}.before`);
  if (!pointer?.release) return null;
  if (isWhole(pointer.release)) return pointer;
  return isWhole(pointer.previous) ? { ...pointer, release: pointer.previous, previous: null, trial: null, lost: pointer.release.version } : null;
};

/** On a full disk, a file that was kept for its room makes place for the pointer. False when none is left. */
const giveUpReserve = (dataDir) => {
  const name = existsSync(reserveFolder(dataDir)) && readdirSync(reserveFolder(dataDir))[0];
  if (!name) return false;
  rmSync(join(reserveFolder(dataDir), name), { force: true });
  return true;
};

/** The one switch: what this rename makes visible is what runs from now on. What was before is kept beside it. */
export const writePointer = (dataDir, pointer) => {
  const file = pointerFile(dataDir);
  const before = `${file}.before`;
  if (existsSync(file)) {
    rmSync(before, { force: true });
    linkSync(file, before);
  }
  for (;;) {
    try {
      return writeWhole(file, `${JSON.stringify(pointer)}\n`);
    } catch (error) {
      if (error.code !== 'ENOSPC' || !giveUpReserve(dataDir)) throw error;
    }
  }
};

const tailOf = (text) => text.trim().split('\n').slice(-LOG_LINES);
const lastLog = (dataDir, since) => {
  for (const name of ['core', 'launcher']) {
    const file = join(dataDir, 'logs', `${name}.log`);
    try {
      if (statSync(file).mtimeMs < since) continue;
      const lines = tailOf(readFileSync(file, 'utf8').slice(-20_000));
      if (lines.join('') !== '') return lines;
    } catch {
      // No such log: the release never came so far.
    }
  }
  return [];
};

/** Starts a release. `exited` resolves with the exit code (128 for a signal). */
const startRelease = (release, { args, keepOutput }) => {
  const child = spawn(release.node, [join(release.dir, release.entry), ...args], {
    stdio: ['inherit', keepOutput ? 'pipe' : 'inherit', keepOutput ? 'pipe' : 'inherit', 'ipc'],
    env: { ...process.env, ARASUL_SUPERVISED: '1' },
  });
  let output = '';
  for (const [from, to] of [
    [child.stdout, process.stdout],
    [child.stderr, process.stderr],
  ]) {
    from?.on('data', (chunk) => {
      output = (output + chunk).slice(-20_000);
      to.write(chunk);
    });
  }
  const exited = new Promise((resolve) => {
    child.once('error', (error) => resolve({ code: 1, how: `could not be run (${error.message})` }));
    child.once('exit', (code, signal) => resolve({ code: code ?? 128, how: signal ? `was ended by ${signal}` : `ended with code ${code}` }));
  });
  return { child, exited, output: () => tailOf(output) };
};

const sleep = (ms) => new Promise((resolve) => setTimeout(resolve, ms));

const stopRelease = async ({ child, exited }) => {
  child.kill('SIGTERM');
  const inTime = await Promise.race([exited, new Promise((resolve) => setTimeout(resolve, STOP_LIMIT_MS).unref())]); // the child keeps the loop alive
  if (!inTime) child.kill('SIGKILL'); // what it started ends with it: processes by their channel, the database by its pipe
  await exited;
};

/** Waits for the new release's own verdict, its end, or the end of patience. */
const watchTrial = async (running, { dataDir, updateId, stopping }) => {
  const began = Date.now();
  const readyMs = seconds('ARASUL_TRIAL_READY_SECONDS', 60);
  const wholeMs = seconds('ARASUL_TRIAL_SECONDS', 300); // a small box loads its model and answers a question meanwhile; it serves people all the while
  let ended;
  void running.exited.then((how) => (ended = how));
  for (;;) {
    const trial = readJson(trialFile(dataDir));
    const own = trial?.updateId === updateId ? trial : null;
    if (ended)
      return stopping()
        ? { kind: 'stopped' }
        : { kind: 'bad', reason: `The new release ${ended.how} during its trial.`, check: 'start', checks: own?.checks ?? [] };
    if (own?.verdict === 'good') return { kind: 'good', checks: own.checks ?? [] };
    if (own?.verdict === 'bad') return { kind: 'bad', reason: own.reason, check: own.check, checks: own.checks ?? [] };
    const waited = Date.now() - began;
    if (!own && waited > readyMs) return { kind: 'bad', reason: `The new release was not ready within ${readyMs / 1000} s.`, check: 'ready', checks: [] };
    if (waited > wholeMs)
      return { kind: 'bad', reason: `The new release did not finish its checks within ${wholeMs / 1000} s.`, check: 'patience', checks: own?.checks ?? [] };
    await sleep(POLL_MS);
  }
};

const rollBack = (dataDir, pointer, { reason, check, checks, logLines }) => {
  const { previous, trial, release } = pointer;
  const text = `Arasul ${release.version} was taken back: ${reason} Arasul ${previous.version} runs again.`;
  writePointer(dataDir, { format: 1, release: previous, previous: null, trial: null });
  note(dataDir, { updateId: trial.updateId, state: 'rolled_back', from: release.version, to: previous.version, reason, check, checks, logLines });
  console.error(text);
};

/**
 * Runs what the pointer names until it ends for good, and resolves with its exit code; null when there is no pointer to follow (any more),
 * so that the caller starts itself. `own` is the caller: a checkout that is a release as well.
 */
export const superviseReleases = async ({ dataDir, own, args = [] }) => {
  let running = null;
  let askedToStop = false;
  const pass = (signal) => {
    askedToStop = true;
    running?.child.kill(signal);
  };
  const signals = ['SIGINT', 'SIGTERM', 'SIGHUP'].map((name) => [name, () => pass(name)]);
  for (const [name, listener] of signals) process.on(name, listener);
  try {
    for (;;) {
      let pointer = readPointer(dataDir);
      if (pointer === null) return null;
      if (pointer.lost) note(dataDir, { state: 'lost', reason: `The files of Arasul ${pointer.lost} are not there; ${pointer.release.version} runs instead.` });
      const { trial } = pointer;
      if (trial) {
        if (trial.attempts >= MAX_ATTEMPTS) {
          rollBack(dataDir, pointer, {
            reason: `Its trial was cut off ${trial.attempts} times, by a power cut or because the machine went down.`,
            check: 'attempts',
            checks: [],
            logLines: lastLog(dataDir, 0),
          });
          continue;
        }
        pointer = { ...pointer, trial: { ...trial, attempts: trial.attempts + 1 } };
        writePointer(dataDir, pointer); // before the start: a start that takes the machine down must count
        note(dataDir, { updateId: trial.updateId, state: 'trial', attempt: pointer.trial.attempts });
      }
      // The caller itself, when the pointer leads back to it and nothing is on trial: no second process for the same thing.
      if (!trial && own && pointer.release.dir === own.dir && process.env.ARASUL_SUPERVISED !== '1') {
        if (pointer.release.entry === own.entry) return null;
      }
      const startedAt = Date.now();
      running = startRelease(pointer.release, { args, keepOutput: Boolean(trial) });
      if (trial) {
        const verdict = await watchTrial(running, { dataDir, updateId: trial.updateId, stopping: () => askedToStop });
        if (verdict.kind === 'good') {
          writePointer(dataDir, { ...pointer, trial: null });
          note(dataDir, { updateId: trial.updateId, state: 'committed', checks: verdict.checks });
        } else if (verdict.kind === 'bad') {
          await stopRelease(running);
          const printed = running.output();
          rollBack(dataDir, pointer, { ...verdict, logLines: [...lastLog(dataDir, startedAt), ...printed].slice(-LOG_LINES) });
          if (askedToStop) return 0;
          continue;
        } else {
          writePointer(dataDir, pointer.trial.attempts > 0 ? { ...pointer, trial: { ...pointer.trial, attempts: pointer.trial.attempts - 1 } } : pointer);
        }
      }
      const { code } = await running.exited;
      running = null;
      if (code !== START_AGAIN || askedToStop) return code;
    }
  } finally {
    for (const [name, listener] of signals) process.off(name, listener);
  }
};
