import type { TextLine } from '#retrieval';
import type { Attachment, Format } from '../format.ts';
import { cleanText } from '../office/clean-text.ts';
import { inMemory } from '../whole-file.ts';
import { archiveLimits } from './zip-limits.ts';
import { openZip } from './zip.ts';

/** What file systems and programs leave behind. */
const LITTER = /(?:^|\/)(?:__MACOSX\/|\.|Thumbs\.db$|desktop\.ini$|~\$)/u;

/** A ZIP archive: its page lists what it holds, its files become documents of their own. */
export const archive: Format = {
  mimeTypes: ['application/zip'],
  hasPages: false,
  keepsPages: true,
  async open(source) {
    const zip = await openZip(source, archiveLimits);
    const files = zip.entries.filter(({ name }) => !LITTER.test(name));
    const lines = files.map(({ name }): TextLine => ({ text: cleanText(name) || '?', paragraphStart: true }));
    const attachments = files.map(({ name, sizeBytes, isEncrypted }): Attachment => ({
      path: name,
      sizeBytes,
      isEncrypted,
      stream: () => zip.stream(name),
    }));
    return { ...inMemory([lines]), attachments };
  },
};
