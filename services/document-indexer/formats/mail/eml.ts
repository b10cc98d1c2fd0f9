import type { Address } from 'postal-mime';
import { UnreadableDocument, type Attachment, type Format } from '../format.ts';
import { cleanText } from '../office/clean-text.ts';
import { inMemory, readWhole } from '../whole-file.ts';
import { mailLines } from './mail-lines.ts';

const MAX_BYTES = 128 * 2 ** 20;
const MAX_DEPTH = 64;
const MAX_HEADERS_BYTES = 1_000_000;

const people = (addresses: readonly Address[] | undefined): string =>
  (addresses ?? [])
    .flatMap((each) => each.group ?? [each])
    .map(({ name, address }) => cleanText(address === undefined || address === '' ? name : name === '' || name === address ? address : `${name} <${address}>`))
    .filter((each) => each !== '')
    .join(', ');

const dateOf = (date: string | undefined): string => {
  const parsed = new Date(date ?? '');
  return Number.isNaN(parsed.getTime()) ? cleanText(date ?? '') : parsed.toISOString().slice(0, 16).replace('T', ' ');
};

/** An e-mail (RFC 5322) with its attachments. */
export const eml: Format = {
  mimeTypes: ['message/rfc822'],
  hasPages: false,
  keepsPages: true,
  async open(source) {
    const { default: PostalMime } = await import('postal-mime');
    const bytes = readWhole(source, MAX_BYTES, 'E-mails');
    const mail = await PostalMime.parse(bytes, { maxNestingDepth: MAX_DEPTH, maxHeadersSize: MAX_HEADERS_BYTES, attachmentEncoding: 'arraybuffer' }).catch(
      (error: unknown) => {
        const detail = error instanceof Error ? error.message.replace(/\.$/u, '') : String(error);
        throw new UnreadableDocument(
          'document_broken',
          `The e-mail cannot be taken apart (${detail}). Save it again in the mail program and upload the new file.`,
          { cause: error },
        );
      },
    );
    const subject = cleanText(mail.subject ?? '');
    const lines = await mailLines({
      subject,
      from: people(mail.from === undefined ? [] : [mail.from]),
      to: people(mail.to),
      cc: people(mail.cc),
      date: dateOf(mail.date),
      html: mail.html ?? '',
      text: mail.text ?? '',
    });
    const attachments = mail.attachments.map((attached, at): Attachment => ({
      path: attached.filename ?? (attached.mimeType === 'message/rfc822' ? `message ${at + 1}.eml` : `attachment ${at + 1}`),
      sizeBytes: attached.content instanceof ArrayBuffer ? attached.content.byteLength : attached.content.length,
      // A picture within the text is part of its looks: logos, signatures.
      isFurniture: attached.disposition === 'inline' && attached.related === true && attached.mimeType.startsWith('image/'),
      bytes: () => Promise.resolve(typeof attached.content === 'string' ? Buffer.from(attached.content) : new Uint8Array(attached.content as ArrayBuffer)),
    }));
    return { ...inMemory([lines], subject === '' ? undefined : subject), attachments };
  },
};
