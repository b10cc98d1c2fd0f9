import type { FieldsData } from '@kenjiuno/msgreader';
import { decodeText } from '../encoding.ts';
import { UnreadableDocument, type Attachment, type Format } from '../format.ts';
import { cleanText } from '../office/clean-text.ts';
import { inMemory, readWhole } from '../whole-file.ts';
import { mailLines } from './mail-lines.ts';

const MAX_BYTES = 128 * 2 ** 20;

const person = ({ name = '', smtpAddress, email }: Pick<FieldsData, 'name' | 'smtpAddress' | 'email'>): string => {
  // Addresses inside an organisation are no addresses (/O=…/CN=…).
  const address = [smtpAddress, email].find((each) => each?.includes('@') === true) ?? '';
  return cleanText(address === '' || name === address ? name || address : name === '' ? address : `${name} <${address}>`);
};

const dateOf = ({ messageDeliveryTime, clientSubmitTime, creationTime }: FieldsData): string => {
  const parsed = new Date(messageDeliveryTime ?? clientSubmitTime ?? creationTime ?? '');
  return Number.isNaN(parsed.getTime()) ? '' : parsed.toISOString().slice(0, 16).replace('T', ' ');
};

/** An e-mail as Outlook saves it, with its attachments. */
export const msg: Format = {
  mimeTypes: ['application/vnd.ms-outlook'],
  hasPages: false,
  keepsPages: true,
  async open(source) {
    const imported = await import('@kenjiuno/msgreader');
    // CommonJS within CommonJS: bundled and not, the class lies at different depths.
    const outer = imported.default as unknown as typeof imported.default & { default?: typeof imported.default };
    const MsgReader = outer.default ?? outer;
    const bytes = readWhole(source, MAX_BYTES, 'E-mails');
    try {
      const reader = new MsgReader(bytes.buffer as ArrayBuffer);
      const mail = reader.getFileData();
      if (mail.error !== undefined) throw new Error(mail.error);
      const recipients = mail.recipients ?? [];
      const named = (kind: string): string =>
        recipients
          .filter(({ recipType }) => (recipType ?? 'to') === kind)
          .map(person)
          .join(', ');
      const subject = cleanText(mail.subject ?? '');
      const lines = await mailLines({
        subject,
        from: person({ name: mail.senderName, smtpAddress: mail.senderSmtpAddress, email: mail.senderEmail }),
        to: named('to'),
        cc: named('cc'),
        date: dateOf(mail),
        html: mail.html === undefined ? (mail.bodyHtml ?? '') : decodeText(mail.html),
        text: mail.body ?? '',
      });
      const attachments = (mail.attachments ?? []).map((attached, at): Attachment => ({
        path:
          attached.fileName ??
          attached.fileNameShort ??
          `${cleanText(attached.name ?? '') || `attachment ${at + 1}`}${attached.innerMsgContent === true ? '.msg' : ''}`,
        sizeBytes: attached.contentLength ?? 0,
        isFurniture: attached.attachmentHidden === true,
        bytes: () => Promise.resolve(reader.getAttachment(attached).content),
      }));
      return { ...inMemory([lines], subject === '' ? undefined : subject), attachments };
    } catch (error) {
      if (error instanceof UnreadableDocument) throw error;
      const detail = error instanceof Error ? error.message.replace(/\.$/u, '') : String(error);
      throw new UnreadableDocument('document_broken', `The e-mail cannot be taken apart (${detail}). Save it again in Outlook and upload the new file.`, {
        cause: error,
      });
    }
  },
};
