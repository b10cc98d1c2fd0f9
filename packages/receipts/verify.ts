import { createHash } from 'node:crypto';
import { signedReceipt, type Receipt } from '#contracts';
import { isSigned } from './sign.ts';

/** One thing that was looked at. `unknown`: it could not be decided from what was given. */
export interface ReceiptCheck {
  readonly name: 'form' | 'signature' | 'key' | 'passages' | 'citations' | 'document' | 'quotes';
  readonly state: 'right' | 'wrong' | 'unknown';
  readonly sentence: string;
}

/** An original that is held against the receipt. */
export interface Original {
  readonly name: string;
  readonly sha256: string;
  /** Each page's text, 1-based by place; left out where the file cannot be read here. */
  readonly pages?: readonly string[];
}

interface Given {
  /** The key id or public key that is trusted, from elsewhere than the receipt. */
  readonly trustedKey?: string;
  readonly originals?: readonly Original[];
}

const hashOf = ({ contextHeader, text }: { contextHeader: string; text: string }): string =>
  createHash('sha256').update(`${contextHeader}\u0000${text}`).digest('hex');

/** What of a text must be the same when a page is read again: letters and digits, not how they are laid out. */
const bare = (text: string): string =>
  text
    .normalize('NFKC')
    .toLowerCase()
    .replace(/[^\p{L}\p{N}]+/gu, '');

const right = (name: ReceiptCheck['name'], sentence: string): ReceiptCheck => ({ name, state: 'right', sentence });
const wrong = (name: ReceiptCheck['name'], sentence: string): ReceiptCheck => ({ name, state: 'wrong', sentence });
const unknown = (name: ReceiptCheck['name'], sentence: string): ReceiptCheck => ({ name, state: 'unknown', sentence });

const checkPassages = ({ made }: Receipt): ReceiptCheck => {
  const bad = made.passages.filter((passage) => hashOf(passage) !== passage.contentHash);
  const homeless = made.passages.filter(({ documentId }) => !made.documents.some((document) => document.documentId === documentId));
  if (bad.length > 0)
    return wrong('passages', `${bad.length} of ${made.passages.length} passages do not have the hash that was recorded (page ${bad[0]!.page}).`);
  if (homeless.length > 0) return wrong('passages', `${homeless.length} passages name a document that the receipt does not list.`);
  return right('passages', `The recorded hashes are those of the passages (${made.passages.length}).`);
};

const checkCitations = ({ citations, answer, made }: Receipt): ReceiptCheck => {
  for (const { marker, passageId, documentId, quote, page } of citations) {
    const passage = made.passages.find((one) => one.passageId === passageId);
    if (!passage || passage.documentId !== documentId) return wrong('citations', `Citation [${marker}] names a passage that the answer was not made from.`);
    if (!passage.text.includes(quote)) return wrong('citations', `The quote of citation [${marker}] does not stand in its passage.`);
    if (page < passage.page || page > passage.pageEnd)
      return wrong('citations', `Citation [${marker}] names page ${page}; its passage stands on page ${passage.page}.`);
    if (!answer.includes(`[${marker}]`)) return wrong('citations', `The answer has no [${marker}].`);
  }
  return right(
    'citations',
    citations.length === 0 ? 'The answer cites nothing.' : `The quotes (${citations.length}) stand literally in the passages that they cite.`,
  );
};

const checkOriginal = ({ made, citations }: Receipt, original: Original): ReceiptCheck[] => {
  const document = made.documents.find(({ sha256 }) => sha256 === original.sha256);
  if (!document)
    return [wrong('document', `“${original.name}” (SHA-256 ${original.sha256.slice(0, 12)}…) is none of the documents that the answer was made from.`)];
  const found = right('document', `“${original.name}” is the document “${document.filename}”, byte for byte.`);
  const { pages } = original;
  const own = citations.filter(({ documentId }) => documentId === document.documentId);
  if (pages === undefined) return [found, unknown('quotes', `The pages of “${original.name}” cannot be read here; its quotes were not looked up.`)];
  const missing = own.find(({ quote, page }) => !bare(pages[page - 1] ?? '').includes(bare(quote)));
  if (missing) return [found, wrong('quotes', `The quote of citation [${missing.marker}] does not stand on page ${missing.page} of “${original.name}”.`)];
  return [
    found,
    right(
      'quotes',
      own.length === 0 ? `No citation names “${original.name}”.` : `The quotes from “${original.name}” (${own.length}) stand on the pages that are cited.`,
    ),
  ];
};

const checkKey = (signature: { keyId: string; publicKey: string }, trusted: string | undefined): ReceiptCheck => {
  if (trusted === undefined)
    return unknown('key', `Signed by the key ${signature.keyId}. Compare it with the one that your box shows (System), or give it with --key.`);
  return trusted === signature.keyId || trusted === signature.publicKey
    ? right('key', `Signed by the key ${signature.keyId}, which you trust.`)
    : wrong('key', `Signed by the key ${signature.keyId}, not by ${trusted}.`);
};

/** Looks at everything that can be checked without the box. `file` is the parsed JSON of an exported receipt. Never throws. */
export const verifyReceipt = (file: unknown, { trustedKey, originals = [] }: Given = {}): ReceiptCheck[] => {
  const parsed = signedReceipt.safeParse(file);
  if (!parsed.success) {
    const [issue] = parsed.error.issues;
    return [wrong('form', `This is no receipt of Arasul: ${issue?.path.join('.') || 'the file'} ${issue?.message ?? 'is not right'}.`)];
  }
  const { receipt, signature } = parsed.data;
  return [
    // The file itself is checked, not what the schema kept of it: an added field is a change.
    isSigned(file as typeof parsed.data)
      ? right('signature', `Nothing was changed since it was signed on ${receipt.issuedAt}.`)
      : wrong('signature', 'The signature does not fit: the receipt was changed, or the signature is not of the key that it names.'),
    checkKey(signature, trustedKey),
    checkPassages(receipt),
    checkCitations(receipt),
    ...originals.flatMap((original) => checkOriginal(receipt, original)),
  ];
};
