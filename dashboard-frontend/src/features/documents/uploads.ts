import { useSyncExternalStore } from 'react';
import { ApiError } from '../../lib/api/errors.ts';
import { queryClient } from '../../lib/api/queries.ts';
import { uploadFile } from '../../lib/api/upload.ts';
import { UploadSpeed } from './upload-speed.ts';

/** A file on its way to the box. Those that arrive leave the list; those that do not stay until they are dealt with. */
export interface Upload {
  key: string;
  file: File;
  /** Where it is put; the shared folder, when there is none. */
  folderId: string | undefined;
  state: 'waiting' | 'sending' | 'refused' | 'known';
  /** 0..1 */
  share: number;
  etaMs: number | undefined;
  error: unknown;
  /** The document that has the same content already. */
  duplicateOf: string | undefined;
}

/** Two at a time fill the link; more only make each of them slower to arrive. */
const AT_ONCE = 2;

let uploads: readonly Upload[] = [];
const stops = new Map<string, AbortController>();
const listeners = new Set<() => void>();
let serial = 0;

/** Files come out of this page's memory: whoever leaves while some are on their way is asked first. */
const askBeforeLeaving = (event: BeforeUnloadEvent): void => event.preventDefault();

const set = (next: readonly Upload[]): void => {
  uploads = next;
  if (next.some(({ state }) => state === 'sending' || state === 'waiting')) window.addEventListener('beforeunload', askBeforeLeaving);
  else window.removeEventListener('beforeunload', askBeforeLeaving);
  for (const listener of listeners) listener();
};
const change = (key: string, part: Partial<Upload>): void => set(uploads.map((upload) => (upload.key === key ? { ...upload, ...part } : upload)));
const drop = (key: string): void => set(uploads.filter((upload) => upload.key !== key));

const run = async ({ key, file, folderId }: Upload): Promise<void> => {
  const stop = new AbortController();
  const speed = new UploadSpeed(file.size, performance.now());
  stops.set(key, stop);
  change(key, { state: 'sending', share: 0, error: undefined });
  try {
    const { items, refused } = await uploadFile(file, {
      folderId,
      signal: stop.signal,
      onProgress: (share) => change(key, { share, etaMs: speed.etaMs(share, performance.now()) }),
    });
    const problem = refused?.[0];
    const duplicateOf = items[0]?.duplicateOf;
    if (problem) change(key, { state: 'refused', error: new ApiError({ code: problem.code as 'unsupported_type', message: problem.message, status: 422 }) });
    else if (duplicateOf !== undefined) change(key, { state: 'known', duplicateOf });
    else drop(key);
    // The next file does not wait for the lists to be read again.
    void queryClient.invalidateQueries({ queryKey: ['documents'] });
    void queryClient.invalidateQueries({ queryKey: ['folders'] });
  } catch (error) {
    if (stop.signal.aborted) drop(key);
    else change(key, { state: 'refused', error });
  } finally {
    stops.delete(key);
    next();
  }
};

const next = (): void => {
  const free = AT_ONCE - uploads.filter(({ state }) => state === 'sending').length;
  for (const upload of uploads.filter(({ state }) => state === 'waiting').slice(0, Math.max(0, free))) void run(upload);
};

/** Adds files to what is being sent; it goes on while other pages are looked at. */
export const addFiles = (files: Iterable<File>, folderId?: string): void => {
  const added = [...files].map((file): Upload => ({
    key: `upload-${serial++}`,
    file,
    folderId,
    state: 'waiting',
    share: 0,
    etaMs: undefined,
    error: undefined,
    duplicateOf: undefined,
  }));
  set([...uploads, ...added]);
  next();
};

export const retryUpload = (key: string): void => {
  change(key, { state: 'waiting' });
  next();
};

/** Stops a file that is on its way, or takes one that was refused off the list. */
export const dismissUpload = (key: string): void => {
  stops.get(key)?.abort();
  if (!stops.has(key)) drop(key);
};

export const useUploads = (): readonly Upload[] =>
  useSyncExternalStore(
    (listener) => {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
    () => uploads,
  );
