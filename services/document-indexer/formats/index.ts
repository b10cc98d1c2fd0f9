import type { Format } from './format.ts';
import { html } from './html.ts';
import { markdown } from './markdown.ts';
import { pdf } from './pdf.ts';
import { text } from './text.ts';

/** Every kind of file that can be read. */
export const formats: readonly Format[] = [pdf, text, markdown, html];

/** The format that reads `mimeType`, or undefined. */
export const formatOf = (mimeType: string): Format | undefined => formats.find((format) => format.mimeTypes.includes(mimeType));
