/** Every media type that can be read, with what people call it. */
export const kinds = {
  'application/pdf': 'PDF',
  'application/vnd.openxmlformats-officedocument.wordprocessingml.document': 'Word',
  'application/vnd.openxmlformats-officedocument.spreadsheetml.sheet': 'Excel',
  'application/vnd.openxmlformats-officedocument.presentationml.presentation': 'PowerPoint',
  'application/vnd.oasis.opendocument.text': 'OpenDocument',
  'application/vnd.oasis.opendocument.spreadsheet': 'OpenDocument',
  'application/vnd.oasis.opendocument.presentation': 'OpenDocument',
  'application/epub+zip': 'EPUB',
  'message/rfc822': 'e-mail',
  'application/vnd.ms-outlook': 'Outlook e-mail',
  'text/csv': 'CSV',
  'text/html': 'HTML',
  'text/markdown': 'Markdown',
  'text/plain': 'plain text',
  'application/zip': 'ZIP',
  'image/png': 'PNG picture',
  'image/jpeg': 'JPEG picture',
  'image/webp': 'WebP picture',
} as const;
export type MimeType = keyof typeof kinds;

/** For messages: what can be read, in one line. */
export const SUPPORTED =
  'PDF, Word (DOCX), Excel (XLSX), PowerPoint (PPTX), OpenDocument, EPUB, e-mails (EML, MSG), CSV, HTML, Markdown, plain text, pictures (PNG, JPEG, WebP) and ZIP archives of these';
