import { burn } from '@kenjiuno/msgreader/lib/Burner.js';

export interface MailFile {
  readonly filename: string;
  readonly content: Uint8Array | string;
  readonly type?: string;
}

interface MailParts {
  readonly from?: string;
  readonly to?: string;
  readonly subject: string;
  readonly text?: string;
  readonly html?: string;
  readonly attachments?: readonly MailFile[];
}

const encodedWord = (text: string): string => (/^[\x20-\x7e]*$/u.test(text) ? text : `=?utf-8?B?${Buffer.from(text).toString('base64')}?=`);
const base64 = (content: Uint8Array | string): string =>
  Buffer.from(content as string)
    .toString('base64')
    .replace(/.{76}/gu, '$&\r\n');

/** An e-mail as it travels: quoted words in the header, a body in each form, attachments in base64. */
export const makeEml = ({ from = 'Mara Lind <mara@example.org>', to = 'Jon <jon@example.org>', subject, text, html, attachments = [] }: MailParts): Buffer => {
  const bodies = [
    ...(text === undefined ? [] : [`Content-Type: text/plain; charset=utf-8\r\nContent-Transfer-Encoding: base64\r\n\r\n${base64(text)}`]),
    ...(html === undefined ? [] : [`Content-Type: text/html; charset=utf-8\r\nContent-Transfer-Encoding: base64\r\n\r\n${base64(html)}`]),
  ];
  const files = attachments.map(
    ({ filename, content, type = 'application/octet-stream' }) =>
      `Content-Type: ${type}\r\nContent-Disposition: attachment; filename="${encodedWord(filename)}"\r\nContent-Transfer-Encoding: base64\r\n\r\n${base64(content)}`,
  );
  const alternative = `Content-Type: multipart/alternative; boundary=inner\r\n\r\n--inner\r\n${bodies.join('\r\n--inner\r\n')}\r\n--inner--`;
  return Buffer.from(
    `Received: from mail.example.org\r\nFrom: ${from}\r\nTo: ${to}\r\nSubject: ${encodedWord(subject)}\r\nDate: Tue, 03 Mar 2026 09:15:00 +0100\r\nMessage-ID: <1@example.org>\r\nMIME-Version: 1.0\r\nContent-Type: multipart/mixed; boundary=outer\r\n\r\n--outer\r\n${[alternative, ...files].join('\r\n--outer\r\n')}\r\n--outer--\r\n`,
  );
};

const property = (id: string, type: string, value: Uint8Array | string) => ({
  name: `__substg1.0_${id}${type}`,
  // A copy: small buffers share their memory, which the writer takes whole.
  bytes: Uint8Array.from(typeof value === 'string' ? Buffer.from(value, 'utf16le') : value),
});

/** An e-mail as Outlook saves it: a compound file with one stream for each property. */
export const makeMsg = ({ from = 'Mara Lind', subject, text = '', attachments = [] }: MailParts): Buffer => {
  type Entry = Parameters<typeof burn>[0][number] & { children?: number[] };
  const entries: Entry[] = [{ name: 'Root Entry', type: 5, length: 0, children: [] }];
  const add = (parent: Entry, entry: Entry): Entry => {
    parent.children!.push(entries.push(entry) - 1);
    return entry;
  };
  const file = (parent: Entry, { name, bytes }: { name: string; bytes: Uint8Array }): void =>
    void add(parent, { name, type: 2, length: bytes.length, binaryProvider: () => bytes });
  const root = entries[0]!;
  file(root, { name: '__properties_version1.0', bytes: Buffer.alloc(32) });
  file(root, property('001A', '001F', 'IPM.Note'));
  file(root, property('0037', '001F', subject));
  file(root, property('0C1A', '001F', from));
  file(root, property('5D01', '001F', 'mara@example.org'));
  file(root, property('1000', '001F', text));
  const recipient = add(root, { name: '__recip_version1.0_#00000000', type: 1, length: 0, children: [] });
  file(recipient, { name: '__properties_version1.0', bytes: Buffer.alloc(8) });
  file(recipient, property('3001', '001F', 'Jon'));
  file(recipient, property('39FE', '001F', 'jon@example.org'));
  attachments.forEach(({ filename, content }, at) => {
    const folder = add(root, { name: `__attach_version1.0_#0000000${at}`, type: 1, length: 0, children: [] });
    file(folder, { name: '__properties_version1.0', bytes: Buffer.alloc(8) });
    file(folder, property('3707', '001F', filename));
    file(folder, property('3701', '0102', Buffer.from(content as string)));
  });
  return Buffer.from(burn(entries));
};
