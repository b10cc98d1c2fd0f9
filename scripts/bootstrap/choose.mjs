// The first step of every start, never updated by itself: takes the bootstrap of slot A or B, and the one it came with when neither works.
import { existsSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';

// A slot that was begun twice and never came to its end is not begun again.
const MAX_TRIES = 2;

const readJson = (file) => {
  try {
    return JSON.parse(readFileSync(file, 'utf8'));
  } catch {
    return null;
  }
};

/** The bootstrap to use: its module, and `settled()`, which says that it did its work. */
export const chooseBootstrap = async (dataDir, ownFile) => {
  const folder = join(dataDir, 'releases', 'bootstrap');
  const file = join(folder, 'active.json');
  const active = readJson(file);
  const write = (state) => {
    try {
      writeFileSync(`${file}.new`, `${JSON.stringify(state)}\n`);
      renameSync(`${file}.new`, file);
    } catch {
      // A full disk: the counter stays as it is.
    }
  };
  const slot = active && (active.tries ?? 0) < MAX_TRIES ? join(folder, active.slot, 'bootstrap.mjs') : null;
  if (slot && existsSync(slot)) {
    write({ ...active, tries: (active.tries ?? 0) + 1 });
    try {
      const module = await import(pathToFileURL(slot).href);
      if (typeof module.superviseReleases === 'function') return { module, settled: () => write({ ...active, tries: 0 }) };
    } catch (error) {
      console.error(`The bootstrap of slot ${active.slot} cannot be loaded (${error.message}); the one before is used.`);
    }
  }
  const other = active && join(folder, active.slot === 'a' ? 'b' : 'a', 'bootstrap.mjs');
  if (other && existsSync(other)) {
    try {
      const module = await import(pathToFileURL(other).href);
      if (typeof module.superviseReleases === 'function') return { module, settled: () => undefined };
    } catch {
      // Then the one that came along.
    }
  }
  return { module: await import(pathToFileURL(ownFile).href), settled: () => undefined };
};
