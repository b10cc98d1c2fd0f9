import { closeSync, mkdtempSync, openSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { beginDetection, HEAD_BYTES } from '#file-types';
import type { TextPage } from '#retrieval';
import type { OpenedDocument } from '../../../services/document-indexer/formats/format.ts';
import { formatOf } from '../../../services/document-indexer/formats/index.ts';

/** What the upload would call these bytes. */
export const typeOf = async (bytes: Uint8Array, filename = 'file'): Promise<string> => {
  const detection = await beginDetection(bytes.subarray(0, HEAD_BYTES), filename);
  async function* stream() {
    for (let at = 0; at < bytes.length; at += 65_536) yield await Promise.resolve(bytes.subarray(at, at + 65_536));
  }
  for await (const _ of detection.through(stream()));
  return detection.end();
};

/** Opens bytes with the format that their content asks for, in this process, and reads all pages. */
export const readBytes = async (bytes: Uint8Array, filename = 'file'): Promise<{ type: string; document: OpenedDocument; pages: TextPage[] }> => {
  const folder = mkdtempSync(join(tmpdir(), 'arasul-format-'));
  writeFileSync(join(folder, 'file'), bytes);
  const fd = openSync(join(folder, 'file'), 'r');
  try {
    const type = await typeOf(bytes, filename);
    const document = await formatOf(type)!.open({ fd, sizeBytes: bytes.length });
    const pages: TextPage[] = [];
    for (let number = 1; number <= document.pageCount; number++) pages.push(await document.readPage(number));
    await document.close();
    return { type, document, pages };
  } finally {
    closeSync(fd);
    rmSync(folder, { recursive: true });
  }
};

/** A page's lines, cells parted by bars, headings with their level. */
export const shown = (page: TextPage | undefined): string[] =>
  (page?.lines ?? []).map(
    (line) => (line.headingLevel === undefined ? '' : '#'.repeat(line.headingLevel) + ' ') + (line.cells?.map(({ text }) => text).join(' | ') ?? line.text),
  );
