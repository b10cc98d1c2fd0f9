import { readdir, rm } from 'node:fs/promises';
import { join } from 'node:path';
import type { Db } from '#db';
import type { UpdatePlaces } from '#updates';
import { requestsRepository } from './requests.repository.ts';

const DAY_MS = 86_400_000;
/** Whoever was cut off comes back the same day, or begins anew. */
const HALF_MS = DAY_MS;
/** A release that was applied lies in `releases`; its bundle is of use only to look at. */
const DONE_MS = 7 * DAY_MS;

/** Removes uploads that nobody went on with, bundles of no use any more, and files that no row knows. */
export const clearUploads = async (db: Db, { incoming, incomingFile }: Pick<UpdatePlaces, 'incoming' | 'incomingFile'>, now: number): Promise<void> => {
  await requestsRepository.removeStale(db, { halfBefore: new Date(now - HALF_MS), doneBefore: new Date(now - DONE_MS) });
  const files = await readdir(incoming).catch(() => []);
  const known = new Set((await requestsRepository.listUploadIds(db)).map(incomingFile));
  for (const name of files) if (!known.has(join(incoming, name))) await rm(join(incoming, name), { force: true });
};
