/** A few stray control characters are forgiven. */
const MAX_STRANGE_SHARE = 0.02;

/** UTF-16 by its mark or by its zero bytes, all on even or all on odd places; undefined for anything else. */
export const utf16Of = (head: Uint8Array): string | undefined => {
  const zeros = [0, 0];
  head.forEach((byte, at) => {
    if (byte === 0) zeros[at % 2]!++;
  });
  const [even = 0, odd = 0] = zeros;
  if ((head[0] === 0xff && head[1] === 0xfe) || (odd > 0.1 * head.length && even < odd / 4)) return 'utf-16le';
  if ((head[0] === 0xfe && head[1] === 0xff) || (even > 0.1 * head.length && odd < even / 4)) return 'utf-16be';
  return undefined;
};

/** The beginning as text, or undefined when it holds what text does not: control characters, halves of characters, unassigned ones. */
export const textOf = (head: Uint8Array): string | undefined => {
  const encoding = utf16Of(head) ?? 'latin1';
  const text = new TextDecoder(encoding).decode(head.subarray(0, head.length - (head.length % 2))).replace(/^\uFEFF|^ï»¿/u, '');
  const strange =
    text.match(encoding === 'latin1' ? /[\u0000-\u0008\u000e-\u001a\u001c-\u001f]/gu : /[\u0000-\u0008\u000e-\u001a\p{Cs}\p{Cn}\p{Co}\uFFFD]/gu)?.length ?? 0;
  return text.includes('\u0000') || strange > MAX_STRANGE_SHARE * text.length ? undefined : text;
};

/** Fields that only a mail has, and those that it shares with other lists of fields. */
const TELLING = new Set(['received', 'return-path', 'message-id', 'mime-version', 'delivered-to', 'dkim-signature', 'x-mailer', 'from']);
const USUAL = new Set(['to', 'cc', 'date', 'subject', 'reply-to', 'content-type', 'content-transfer-encoding', ...TELLING]);
const FIELD = /^([A-Za-z][A-Za-z0-9-]*):[ \t]/u;

/** Whether a text begins as an e-mail does (RFC 5322): nothing but header fields up to the first empty line, some of them a mail's own. */
export const isMail = (text: string): boolean => {
  const lines = text.replace(/^From [^\n]*\n/u, '').split(/\r?\n/u);
  const end = lines.indexOf('');
  // The beginning may be all header, cut off in the last line.
  const header = end === -1 ? lines.slice(0, -1) : lines.slice(0, end);
  const names = new Set<string>();
  for (const [at, line] of header.entries()) {
    if (at > 0 && /^[ \t]/u.test(line)) continue;
    const name = FIELD.exec(`${line} `)?.[1]?.toLowerCase();
    if (name === undefined) return false;
    names.add(name);
  }
  const usual = [...names].filter((name) => USUAL.has(name));
  return usual.length >= 3 && usual.some((name) => TELLING.has(name));
};
