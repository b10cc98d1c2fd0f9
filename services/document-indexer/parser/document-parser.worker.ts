/**
 * A process of its own for each document, so that a file that exploits, hangs or exhausts a parser takes nothing else with
 * it: no secrets in its environment, no network, no data but the one file that it is given open. Its threads read pages;
 * the main one makes passages of them. It ends with the document, and with the service.
 */
import { setPriority } from 'node:os';
import { formatOf } from '../formats/index.ts';
import { forbidNetwork } from './no-network.ts';
import { startPagePool } from './page-pool.ts';
import type { ReadEvent, ReadOrder } from './protocol.ts';
import { createSegments } from './segments.ts';

/** Questions of people come before reading. */
const NICENESS = 5;
const PROGRESS_EVERY_MS = 250;
/** Built beside this file. */
const pageReader = new URL('./page-reader.js', import.meta.url);

const tell = (event: ReadEvent, then?: () => void): void => {
  process.send!(event, undefined, undefined, () => then?.());
};
const endWith = (event: ReadEvent): void => tell(event, () => process.exit(0));

const read = (order: ReadOrder): void => {
  const hasPages = formatOf(order.mimeType)?.hasPages === true;
  let segments: ReturnType<typeof createSegments> | undefined;
  let pagesRead = order.fromPage - 1;
  let toldAt = 0;

  const told = (page: Parameters<ReturnType<typeof createSegments>['add']>[0]): void => {
    pagesRead++;
    if (performance.now() - toldAt > PROGRESS_EVERY_MS) {
      toldAt = performance.now();
      tell({ type: 'progress', pagesRead });
    }
    segments!.add(page);
    if (segments!.isComplete) finish();
  };
  const finish = (): void => {
    pool.stop();
    endWith({ type: 'done' });
  };

  const pool = startPagePool(pageReader, order, {
    opened(pageCount, title) {
      tell({ type: 'opened', pageCount });
      segments = createSegments({ filename: order.filename, title, hasPages, fromPage: order.fromPage, pageCount, emit: (segment) => tell({ type: 'segment', ...segment }) });
      if (segments.isComplete) finish();
    },
    page: told,
    problem: (page, message) => told({ page, message }),
    stop: endWith,
  });
};

forbidNetwork();
process.on('disconnect', () => process.exit(0));
process.once('message', (order) => {
  setPriority(NICENESS);
  read(order as ReadOrder);
});
