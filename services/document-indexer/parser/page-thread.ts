import { parentPort } from 'node:worker_threads';
import { formatOf } from '../formats/index.ts';
import { UnreadableDocument, type OpenedDocument } from '../formats/format.ts';
import type { ThreadEvent, ThreadOrder } from './protocol.ts';
import { takeOut } from './take-out.ts';

const tell = (event: ThreadEvent): void => parentPort!.postMessage(event);

/** Takes the files of a document out, one after the other: the next when the one before was taken, so that the disk holds one. */
const takeAttachments = async ({ attachments = [] }: OpenedDocument, next: Int32Array, scratchDir: string): Promise<void> => {
  for (let index = Atomics.add(next, 1, 1); index < attachments.length; index = Atomics.add(next, 1, 1)) {
    const attachment = attachments[index]!;
    tell({ type: 'taking', index, path: attachment.path });
    const taken = new Promise((resolve) => parentPort!.once('message', resolve));
    tell({ type: 'attachment', index, path: attachment.path, ...(await takeOut(attachment, scratchDir, index)) });
    await taken;
  }
};

/** A reading thread: opens the document, takes page after page until none is left, then its files. */
export const runPageThread = async ({ fd, mimeType, sizeBytes, next, scratchDir, password }: ThreadOrder): Promise<void> => {
  const counters = new Int32Array(next);
  try {
    const format = formatOf(mimeType);
    if (format === undefined) throw new UnreadableDocument('document_broken', `Files of the type ${mimeType} cannot be read.`);
    const document = await format.open({ fd, sizeBytes, ...(password === undefined ? {} : { password }) });
    tell({ type: 'opened', pageCount: document.pageCount, title: document.title, attachments: document.attachments?.length ?? 0 });
    for (let page = Atomics.add(counters, 0, 1); page <= document.pageCount; page = Atomics.add(counters, 0, 1)) {
      tell({ type: 'began', page });
      try {
        tell({ type: 'page', page: await document.readPage(page) });
      } catch (error) {
        tell({ type: 'problem', page, message: error instanceof Error ? error.message : String(error) });
      }
    }
    await takeAttachments(document, counters, scratchDir);
    await document.close();
  } catch (error) {
    if (error instanceof UnreadableDocument) tell({ type: 'unreadable', reason: error.reason, message: error.message });
    else throw error;
  }
};
