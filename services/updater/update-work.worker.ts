/** A process of its own for bundles: hashing gigabytes must not make anybody wait, and a kill of it is no kill of the box. */
import { stat, statfs } from 'node:fs/promises';
import { errorText, systemClock } from '#kit';
import { createUpdater, describePlan, hardwareOf, refusalOf, refused, type RestorePoint } from '#updates';
import type { Order, Result, Told } from './protocol.ts';

const TELL_EVERY_MS = 300;
const tell = (told: Told): Promise<void> => new Promise((resolve) => process.send!(told, () => resolve()));

/** Loaded for an update alone: a check would wait a second for what it does not use. */
const restorePointOf = (order: Order): RestorePoint => ({
  take: async (into) => (await import('./restore-point.ts')).takeRestorePoint(order, into),
});

const work = async (order: Order): Promise<Result> => {
  const { dataDir, running, file } = order;
  const { size: totalBytes } = await stat(file).catch((cause: unknown) => {
    throw refused('source_gone', 'The bundle is not there any more: the stick was taken out, or the file was removed. Nothing was changed.', cause);
  });
  let toldAt = 0;
  const progress =
    (phase: string) =>
    (doneBytes: number): void => {
      if (performance.now() - toldAt < TELL_EVERY_MS) return;
      toldAt = performance.now();
      void tell({ type: 'progress', phase, doneBytes, totalBytes });
    };
  const updater = createUpdater({
    dataDir,
    running,
    box: { product: 'arasul', arch: process.arch, hardware: hardwareOf() },
    clock: systemClock,
    restorePoint: restorePointOf(order),
  });
  const plan = await updater.plan(file, progress('checking'));
  if (order.kind === 'check') {
    const { bavail, bsize } = await statfs(dataDir);
    return { kind: 'check', plan: describePlan(plan, { freeBytes: bavail * bsize, now: systemClock.now() }) };
  }
  if (plan.bundle.sha256 !== order.agreed)
    throw refused('swapped', 'The bundle is not the one that was checked and agreed to: it was exchanged meanwhile. Nothing was changed; read its plan again.');
  await updater.tidy();
  const { updateId } = await updater.apply({ ...plan, name: order.name }, { by: order.by, source: order.source, onProgress: progress('laying_out') });
  return { kind: 'apply', updateId };
};

process.on('disconnect', () => process.exit(1));
process.once('message', (order: Order) => {
  void work(order)
    .then(
      (result): Told => ({ type: 'done', result }),
      (error: unknown): Told => ({ type: 'failed', message: errorText(error), refusal: refusalOf(error) }),
    )
    .then(tell)
    .then(() => process.exit(0));
});
