import { closeSync, copyFileSync, existsSync, fstatSync, openSync, renameSync, statSync, truncateSync, writeSync } from 'node:fs';

const MAX_BYTES = 10 * 1024 * 1024;
const KEPT = 3;

export interface RotatingLog {
  write(chunk: Buffer | string): void;
  close(): void;
}

/**
 * A log file of at most 10 MB, with three older ones beside it (`.1` the newest). Writing is synchronous and never throws: what a full
 * disk refuses is lost, and the process goes on.
 */
export const openRotatingLog = (file: string, { maxBytes = MAX_BYTES } = {}): RotatingLog => {
  let descriptor = openSync(file, 'a', 0o600);
  let sizeBytes = fstatSync(descriptor).size;
  return {
    write(chunk) {
      try {
        if (sizeBytes >= maxBytes) {
          closeSync(descriptor);
          shift(file);
          renameSync(file, `${file}.1`);
          descriptor = openSync(file, 'a', 0o600);
          sizeBytes = 0;
        }
        sizeBytes += writeSync(descriptor, typeof chunk === 'string' ? Buffer.from(chunk) : chunk);
      } catch {
        // A full disk; the state file and the dashboard say so.
      }
    },
    close: () => closeSync(descriptor),
  };
};

/** Cuts a log that another process holds open for appending (PostgreSQL's): its text moves to `.1`, the file itself stays. */
export const rotateInPlace = (file: string, { maxBytes = MAX_BYTES } = {}): void => {
  if (!existsSync(file) || statSync(file).size < maxBytes) return;
  shift(file);
  copyFileSync(file, `${file}.1`);
  truncateSync(file);
};

const shift = (file: string): void => {
  for (let index = KEPT - 1; index >= 1; index -= 1) {
    if (existsSync(`${file}.${index}`)) renameSync(`${file}.${index}`, `${file}.${index + 1}`);
  }
};
