/**
 * A process of its own for parsing, so that a file that exploits, hangs or exhausts a parser takes nothing else with it: no
 * secrets in its environment, no network. Each document gets fresh threads, which read its pages; the main one makes
 * passages of them. The service ends the process after trouble, and when it has been idle.
 */
import { closeSync, openSync } from 'node:fs';
import { formatOf } from '../formats/index.ts';
import { forbidNetwork } from './no-network.ts';
import { startPagePool } from './page-pool.ts';
import type { PageProblem, ParserOrder, ReadEvent, ReadOrder } from './protocol.ts';
import { createSegments, type Segments } from './segments.ts';
import type { TextPage } from '#retrieval';

const PROGRESS_EVERY_MS = 250;
/** Built beside this file. */
const pageReader = new URL('./page-reader.js', import.meta.url);

const tell = (event: ReadEvent): void => void process.send!(event);

/** Begins to read; returns how to say that a file of the document was taken. */
const read = (order: ReadOrder): (() => void) => {
  const fd = openSync(order.path, 'r');
  const { hasPages = false, keepsPages = false } = formatOf(order.mimeType) ?? {};
  let segments: Segments | undefined;
  let pagesRead = order.fromPage - 1;
  let toldAt = 0;
  let [attachments, takenOut] = [0, order.fromAttachment];

  const end = (event: ReadEvent): void => {
    closeSync(fd);
    tell(event);
  };
  const finishIfComplete = (): void => {
    if (segments?.isComplete === true && takenOut >= attachments) void pool.stop().then(() => end({ type: 'done' }));
  };
  const onPage = (page: TextPage | PageProblem): void => {
    pagesRead++;
    if (performance.now() - toldAt > PROGRESS_EVERY_MS) {
      toldAt = performance.now();
      tell({ type: 'progress', pagesRead });
    }
    segments!.add(page);
    finishIfComplete();
  };

  const pool = startPagePool(pageReader, fd, order, {
    opened(pageCount, title, files) {
      attachments = files;
      tell({ type: 'opened', pageCount, attachments });
      segments = createSegments({
        filename: order.filename,
        title,
        hasPages,
        keepsPages,
        fromPage: order.fromPage,
        pageCount,
        emit: (segment) => tell({ type: 'segment', ...segment }),
      });
      finishIfComplete();
    },
    page: onPage,
    problem: (page, message) => onPage({ page, message }),
    attachment: (file) => tell({ type: 'attachment', ...file }),
    stop: end,
  });
  return () => {
    takenOut++;
    pool.taken();
    finishIfComplete();
  };
};

let taken: (() => void) | undefined;

forbidNetwork();
process.on('disconnect', () => process.exit(0));
process.on('message', (message) => {
  const order = message as ParserOrder;
  if (order.type === 'read') taken = read(order);
  else taken?.();
});
