import { parentPort } from 'node:worker_threads';
import { formatOf } from '../formats/index.ts';
import { UnreadableDocument } from '../formats/format.ts';
import type { ThreadEvent, ThreadOrder } from './protocol.ts';

const tell = (event: ThreadEvent): void => parentPort!.postMessage(event);

/** A reading thread: opens the document, then takes page after page until none is left. */
export const runPageThread = async ({ fd, mimeType, sizeBytes, next }: ThreadOrder): Promise<void> => {
  const pages = new Int32Array(next);
  try {
    const format = formatOf(mimeType);
    if (format === undefined) throw new UnreadableDocument('document_broken', `Files of the type ${mimeType} cannot be read.`);
    const document = await format.open({ fd, sizeBytes });
    tell({ type: 'opened', pageCount: document.pageCount, title: document.title });
    for (let page = Atomics.add(pages, 0, 1); page <= document.pageCount; page = Atomics.add(pages, 0, 1)) {
      tell({ type: 'began', page });
      try {
        tell({ type: 'page', page: await document.readPage(page) });
      } catch (error) {
        tell({ type: 'problem', page, message: error instanceof Error ? error.message : String(error) });
      }
    }
    await document.close();
  } catch (error) {
    if (error instanceof UnreadableDocument) tell({ type: 'unreadable', reason: error.reason, message: error.message });
    else throw error;
  }
};
