/**
 * A process of its own for what pages look like: drawing them and recognising their words takes native code and much memory,
 * and what is drawn may be hostile. No secrets in its environment, no network. One page at a time.
 */
import { closeSync, openSync } from 'node:fs';
import { UnreadableDocument } from '../formats/format.ts';
import { openPdf, titleOf, type OpenPdf } from '../formats/pdf-file.ts';
import { forbidNetwork } from '../parser/no-network.ts';
import { drawPdfPage, drawPicture, isBlank } from './draw.ts';
import { readPage } from './picture-page.ts';
import type { PictureEvent, PictureOrder, ReadPicture } from './protocol.ts';
import { startRecogniser, type Recogniser } from './recogniser.ts';

const NOTHING: ReadPicture = { passages: [], words: [], confidence: null };

const tell = (event: PictureEvent): void => void process.send!(event);

/** Pages of one document come one after the other: it stays open. */
let open: { path: string; fd: number; pdf: OpenPdf | undefined; title: string | undefined } | undefined;
let engine: { languages: string; recogniser: Recogniser } | undefined;

const openDocument = async ({ path, sizeBytes, mimeType, password }: PictureOrder): Promise<NonNullable<typeof open>> => {
  if (open?.path === path) return open;
  await open?.pdf?.close();
  if (open !== undefined) closeSync(open.fd);
  open = undefined;
  const fd = openSync(path, 'r');
  const pdf =
    mimeType === 'application/pdf' ? await openPdf({ fd, sizeBytes, ...(password === undefined ? {} : { password }) }, { withPictures: true }) : undefined;
  return (open = { path, fd, pdf, title: pdf === undefined ? undefined : await titleOf(pdf.document) });
};

const recogniserFor = async (languages: readonly string[]): Promise<Recogniser> => {
  const wanted = languages.join('+');
  if (engine?.languages === wanted) return engine.recogniser;
  await engine?.recogniser.close();
  engine = { languages: wanted, recogniser: await startRecogniser(languages) };
  return engine.recogniser;
};

const read = async (order: PictureOrder): Promise<ReadPicture> => {
  const { fd, pdf, title } = await openDocument(order);
  const canvas = pdf === undefined ? await drawPicture(fd, order.sizeBytes) : await drawPdfPage(pdf, order.page, { onlyPictures: order.hasText });
  if (canvas === undefined || isBlank(canvas)) return NOTHING;
  const recogniser = await recogniserFor(order.languages);
  const lines = await recogniser.read(canvas.toBuffer('image/png'));
  return readPage(lines, { filename: order.filename, title, page: order.page, width: canvas.width, height: canvas.height });
};

forbidNetwork();
process.on('disconnect', () => process.exit(0));
process.on('message', (order: PictureOrder) => {
  read(order).then(
    (picture) => tell({ type: 'read', ...picture }),
    (error: unknown) => {
      if (error instanceof UnreadableDocument) tell({ type: 'unreadable', reason: error.reason, message: error.message });
      else tell({ type: 'failed', message: error instanceof Error ? error.message : String(error) });
    },
  );
});
