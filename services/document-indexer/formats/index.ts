import type { Format } from './format.ts';
import { archive } from './archive/archive.ts';
import { eml } from './mail/eml.ts';
import { msg } from './mail/msg.ts';
import { markdown } from './markdown.ts';
import { docx } from './office/docx.ts';
import { odp, ods, odt } from './office/open-document.ts';
import { pptx } from './office/pptx.ts';
import { pdf } from './pdf.ts';
import { picture } from './picture.ts';
import { csv } from './sheets/csv.ts';
import { xlsx } from './sheets/xlsx.ts';
import { text } from './text.ts';
import { epub } from './web/epub.ts';
import { html } from './web/html.ts';

/** Every kind of file that can be read. */
export const formats: readonly Format[] = [pdf, text, markdown, html, docx, xlsx, csv, pptx, odt, ods, odp, epub, eml, msg, archive, picture];

/** The format that reads `mimeType`, or undefined. */
export const formatOf = (mimeType: string): Format | undefined => formats.find((format) => format.mimeTypes.includes(mimeType));
