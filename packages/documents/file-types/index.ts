// An entry of its own: parsers need it without the queue and the database that the rest of the package brings.
export { guessDelimiter, type Delimiter } from './delimiter.ts';
export { beginDetection, HEAD_BYTES, type TypeDetection } from './detect-type.ts';
export { extensionOf, originalName, safeFilename } from './file-name.ts';
export { kinds, SUPPORTED, type MimeType } from './kinds.ts';
