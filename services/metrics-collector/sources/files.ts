import { closeSync, openSync, read, readSync } from 'node:fs';

const FIRST_BUFFER_BYTES = 4096;

export interface KernelFile {
  /** The file's text now. Throws where the kernel does. */
  text(): string;
  close(): void;
}

/**
 * A file of /proc, kept open: reading it again at offset 0 makes the kernel write it anew, without a path walk and
 * three more calls for each sample. With `headBytes` only its beginning is read. Synchronous, because /proc answers from memory in microseconds and a turn through
 * the thread pool costs more than the read.
 */
export const openKernelFile = (path: string, { headBytes }: { headBytes?: number } = {}): KernelFile => {
  const fd = openSync(path, 'r');
  let buffer = Buffer.allocUnsafe(headBytes ?? FIRST_BUFFER_BYTES);
  return {
    text() {
      if (headBytes !== undefined) return buffer.toString('latin1', 0, readSync(fd, buffer, 0, headBytes, 0));
      let length = 0;
      for (;;) {
        const got = readSync(fd, buffer, length, buffer.length - length, length);
        length += got;
        if (got === 0) return buffer.toString('latin1', 0, length);
        if (length === buffer.length) buffer = Buffer.concat([buffer], buffer.length * 2);
      }
    },
    close: () => closeSync(fd),
  };
};

export interface SensorFile {
  /** The file's text now, trimmed; null where the sensor is switched off or refuses. */
  text(): Promise<string | null>;
  close(): void;
}

/**
 * A one-value file of /sys, kept open. Asynchronous, because behind it may sit a slow bus: some sensors take
 * milliseconds. Null when it cannot be opened.
 */
export const openSensorFile = (path: string): SensorFile | null => {
  let fd: number;
  try {
    fd = openSync(path, 'r');
  } catch {
    return null;
  }
  const buffer = Buffer.allocUnsafe(64);
  return {
    text: () =>
      new Promise((resolve) => {
        read(fd, buffer, 0, buffer.length, 0, (error, length) => {
          resolve(error ? null : buffer.toString('latin1', 0, length).trim());
        });
      }),
    close: () => closeSync(fd),
  };
};
