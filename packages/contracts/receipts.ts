import { z } from 'zod';
import { citation } from './chat.ts';
import { id, instant } from './common.ts';

const sha256 = z.string().regex(/^[0-9a-f]{64}$/u);

/** A document as it was when an answer was made from it. */
export const recordedDocument = z.object({ documentId: id, filename: z.string(), mimeType: z.string(), sizeBytes: z.number().int(), sha256 });

/** A passage that the answer was made from, whole, so that its hash can be made again. */
export const recordedPassage = z.object({
  passageId: id,
  documentId: id,
  page: z.number().int().min(1),
  pageEnd: z.number().int().min(1),
  /** What is indexed above the text; part of the hash. */
  contextHeader: z.string(),
  text: z.string(),
  /** SHA-256 over the context header, a NUL and the text. */
  contentHash: sha256,
});

/** What an answer was made from, kept beside it from the moment it is finished. */
export const answerRecord = z.object({
  query: z.string(),
  /** Null when no chat model wrote the answer. `digest` is that of its weights, where the runtime knows it. */
  model: z.object({ id: z.string(), digest: z.string().nullable() }).nullable(),
  settings: z.object({ passages: z.number(), maxAnswerTokens: z.number(), temperature: z.number() }),
  /** `meaning_away`: only words were compared. */
  degraded: z.string().nullable(),
  /** How likely the documents answer at all by what the search found, 0..1, and from what on they count as answering. */
  confidence: z.number().optional(),
  threshold: z.number().optional(),
  documents: z.array(recordedDocument),
  passages: z.array(recordedPassage),
});
export type AnswerRecord = z.infer<typeof answerRecord>;

export const receipt = z.object({
  format: z.literal('arasul.receipt/1'),
  box: z.string(),
  messageId: id,
  conversationId: id,
  question: z.string(),
  answer: z.string(),
  grounded: z.boolean().nullable(),
  unsupported: z.array(z.tuple([z.number().int(), z.number().int()])),
  citations: z.array(citation),
  answeredAt: instant,
  issuedAt: instant,
  made: answerRecord,
});
export type Receipt = z.infer<typeof receipt>;

/** The file that is exported: the receipt and the box's signature over its canonical JSON. */
export const signedReceipt = z.object({
  receipt,
  signature: z.object({
    algorithm: z.literal('Ed25519'),
    /** The first 16 hexadecimal digits of the public key's SHA-256, in groups of four. */
    keyId: z.string(),
    /** 32 bytes, base64url. */
    publicKey: z.string(),
    value: z.string(),
  }),
});
export type SignedReceipt = z.infer<typeof signedReceipt>;

/** The box's public key, to be written down where receipts are checked. */
export const receiptKey = z.object({ algorithm: z.literal('Ed25519'), keyId: z.string(), publicKey: z.string() });
export type ReceiptKey = z.infer<typeof receiptKey>;
