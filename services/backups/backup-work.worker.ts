/** A process of its own for backups: its memory goes with it, it gives way to people, and a kill of it is no kill of the box. */
import { setPriority } from 'node:os';
import {
  adminUrlOf,
  boxKeysOf,
  createBackup,
  drillBackup,
  findBackups,
  findRecoveryKey,
  keptBackups,
  openBackup,
  openSealedTarget,
  boxFolder,
  pruneBackups,
  verifyBackup,
  type OnProgress,
} from '#backup';
import { openObjectStore } from '#clients';
import { errorText, isAppError, readOrMakeSecret } from '#kit';
import type { Order, Result, Told } from './protocol.ts';

const TELL_EVERY_MS = 500;
/** Below everything that people wait for. */
const NICE = 10;

const tell = (told: Told): Promise<void> => new Promise((resolve) => process.send!(told, () => resolve()));

let toldAt = 0;
const onProgress: OnProgress = (progress) => {
  if (performance.now() - toldAt < TELL_EVERY_MS) return;
  toldAt = performance.now();
  void tell({ type: 'progress', ...progress });
};

const backUp = async (order: Extract<Order, { kind: 'backup' }>, boxKey: Buffer): Promise<Result> => {
  const { dataDir, databaseUrl, boxName, version, reason } = order;
  const target = await openSealedTarget(dataDir, order);
  const box = boxKeysOf(boxKey);
  const recovery = await findRecoveryKey(dataDir);
  const objects = await openObjectStore({ env: order.originals, dataDir, reserveBytes: () => 0 });
  const { id, takenAt, tookMs, counts, missing } = await createBackup(
    { databaseUrl, objects, dataDir, target, box, recovery, boxName, version },
    { reason, onProgress },
  );
  const own = async () => (await findBackups(target)).filter((one) => one.folder === boxFolder(box));
  const keep = keptBackups(await own(), order.keep);
  for (const one of order.protect) keep.add(one);
  await pruneBackups(target, { boxKey, keep });
  return {
    kind: 'backup',
    made: { id, takenAt, tookMs, counts, missing: missing.length, opensWithRecoveryKey: recovery !== null },
    there: (await own()).map((one) => one.id),
  };
};

const work = async (order: Order): Promise<Result> => {
  const { dataDir, databaseUrl: url, migrationsDir } = order;
  const boxKey = await readOrMakeSecret(dataDir, 'backup-key');
  if (order.kind === 'backup') return backUp(order, boxKey);
  const target = await openSealedTarget(dataDir, order);
  const { manifest, place } = await openBackup(target, { id: order.backupId, folder: boxFolder(boxKeysOf(boxKey)) }, { boxKey });
  if (order.kind === 'verify') return { kind: 'verify', verification: await verifyBackup(place, manifest, { onProgress, clear: true }) };
  const adminUrl = order.adminUrl ?? (await adminUrlOf({ dataDir, url }));
  return { kind: 'drill', drill: await drillBackup(place, manifest, { dataDir, url, adminUrl, migrationsDir }, { onProgress }) };
};

process.on('disconnect', () => process.exit(1));
process.once('message', (order: Order) => {
  setPriority(NICE);
  void work(order)
    .then(
      (result): Told => ({ type: 'done', result }),
      (error: unknown): Told => ({ type: 'failed', message: errorText(error), damaged: isAppError(error, 'backup_damaged') || isAppError(error, 'not_found') }),
    )
    .then(tell)
    .then(() => process.exit(0));
});
