import { createHash } from 'node:crypto';
import { mkdir, open, rm, statfs } from 'node:fs/promises';
import type { NewUpdateUpload, UpdateBundleView } from '#contracts';
import type { Database } from '#db';
import { AppError, newId, type Clock } from '#kit';
import { hashFile, updatePlaces } from '#updates';
import type { Principal } from '../../http/index.ts';
import type { Audit } from '../audit/index.ts';
import { toBundle } from './bundle-views.ts';
import type { BundlesRepository } from './bundles.repository.ts';

interface Needs {
  database: Pick<Database, 'db' | 'inTransaction'>;
  repository: BundlesRepository;
  audit: Audit;
  dataDir: string;
  clock: Clock;
}

/** A whole box with its models is 6 GB. */
const MAX_BYTES = 32 * 2 ** 30;
/** Of one piece: it is held in memory until it was found whole. */
export const MAX_CHUNK_BYTES = 8 * 2 ** 20;
/** What the box needs for itself while a bundle arrives. */
const SPARE_BYTES = 300_000_000;

const gigabytes = (bytes: number): string => (bytes / 1e9).toFixed(1);

/** Takes bundles piece by piece, so that a reload or a lost connection costs the last piece alone. */
export const createUpdateUploads = ({ database, repository, audit, dataDir, clock }: Needs) => {
  const places = updatePlaces(dataDir);
  const half = (): AppError => new AppError('not_found', { message: 'There is no such upload; it was cleared away, or never begun. Choose the file again.' });

  return {
    /** Begins an upload, or goes on with what was begun of the same file. Errors: `payload_too_large`, `disk_full`. */
    async begin(who: Principal, upload: NewUpdateUpload): Promise<UpdateBundleView> {
      if (upload.sizeBytes > MAX_BYTES)
        throw new AppError('payload_too_large', {
          message: `“${upload.name}” has ${gigabytes(upload.sizeBytes)} GB, and a bundle has ${gigabytes(MAX_BYTES)} GB at most. Is it the right file?`,
        });
      const begun = await repository.findHalf(database.db, upload);
      if (begun) return toBundle(begun);
      const { bavail, bsize } = await statfs(dataDir);
      const needed = upload.sizeBytes + (await repository.promised(database.db)) + SPARE_BYTES;
      if (bavail * bsize < needed)
        throw new AppError('disk_full', {
          message: `The bundle needs ${gigabytes(needed)} GB free on the box’s disk, and there are ${gigabytes(bavail * bsize)} GB. Free some space and send it again; nothing was stored.`,
        });
      await mkdir(places.incoming, { recursive: true, mode: 0o700 });
      return database.inTransaction(async (tx) => {
        const row = await repository.insert(tx, newId(), upload, who.username, new Date(clock.now()));
        await audit.record(tx, who, 'update.upload_begun', row.name, { sizeBytes: row.size_bytes });
        return toBundle(row);
      });
    },

    /**
     * Takes the piece that begins at `offset`; `sha256`, when given, must be the piece's. After the last one the bundle is checked.
     * Errors: `conflict` with `details.receivedBytes` where another piece is due, `payload_too_large`, `validation_failed`, `disk_full`.
     */
    async take(
      who: Principal,
      id: string,
      { offset, sha256, bytes }: { offset: number; sha256: string | undefined; bytes: Buffer },
    ): Promise<UpdateBundleView> {
      if (bytes.length === 0) throw new AppError('validation_failed', { message: 'The piece is empty.' });
      if (sha256 !== undefined && createHash('sha256').update(bytes).digest('hex') !== sha256.toLowerCase())
        throw new AppError('validation_failed', { message: `The piece at ${offset} did not arrive as it was sent. Send it again.` });
      return database.inTransaction(async (tx) => {
        const row = await repository.findForUpdate(tx, id);
        if (!row || row.origin !== 'upload') throw half();
        if (row.state !== 'receiving' || row.received_bytes !== offset)
          throw new AppError('conflict', {
            message: `The box has ${row.received_bytes} bytes of “${row.name}”; go on from there.`,
            details: { receivedBytes: row.received_bytes },
          });
        const end = offset + bytes.length;
        if (end > row.size_bytes)
          throw new AppError('payload_too_large', { message: `“${row.name}” was announced with ${row.size_bytes} bytes, and this piece goes beyond them.` });
        await write(places.incomingFile(id), offset, bytes);
        const next = await repository.setReceived(tx, id, end, new Date(clock.now()));
        if (end < row.size_bytes) return toBundle(next);
        if (row.sha256 !== null && (await hashFile(places.incomingFile(id))) !== row.sha256) {
          await rm(places.incomingFile(id), { force: true });
          return toBundle(
            await repository.setState(tx, id, 'refused', {
              refusal: 'damaged',
              problem: 'What arrived is not the file that was announced: its SHA-256 differs. Send it again.',
            }),
          );
        }
        await audit.record(tx, who, 'update.uploaded', row.name, { sizeBytes: row.size_bytes });
        await repository.insertRequest(tx, { id: newId(), kind: 'check', reason: 'arrival', bundleId: id, agreed: null, by: who.username });
        return toBundle(await repository.setState(tx, id, 'waiting'));
      });
    },

    /** Takes a bundle away, whole or half. One on a stick stays there and is only forgotten. Errors: `not_found`, `update_busy`. */
    async remove(who: Principal, id: string): Promise<void> {
      await database.inTransaction(async (tx) => {
        const open = await repository.findOpenRequest(tx, id);
        if (open?.kind === 'apply') throw new AppError('update_busy', { message: 'This bundle is being applied; it cannot be removed now.' });
        const gone = await repository.remove(tx, id);
        if (!gone) throw half();
        await audit.record(tx, who, 'update.bundle_removed', gone.name);
      });
      await rm(places.incomingFile(id), { force: true });
    },
  };
};
export type UpdateUploads = ReturnType<typeof createUpdateUploads>;

const write = async (file: string, offset: number, bytes: Buffer): Promise<void> => {
  try {
    const handle = await open(file, offset === 0 ? 'w' : 'r+', 0o600);
    try {
      for (let done = 0; done < bytes.length;) done += (await handle.write(bytes, done, bytes.length - done, offset + done)).bytesWritten;
      await handle.datasync(); // before the row says so
    } finally {
      await handle.close();
    }
  } catch (cause) {
    if ((cause as NodeJS.ErrnoException).code !== 'ENOSPC') throw cause;
    throw new AppError('disk_full', { message: 'The box’s disk is full. Free some space; the upload goes on from where it is.', cause });
  }
};
