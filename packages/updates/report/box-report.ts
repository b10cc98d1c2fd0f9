import { createPublicKey, verify } from 'node:crypto';
import { z } from 'zod';
import { hardwareClass, instant, releaseComponent, updateStateName } from '#contracts';
import { AppError } from '#kit';
import { canonicalJson } from '../tuf/canonical.ts';
import { keyIdOf } from '../tuf/roles.ts';
import { fingerprint, keyOfSeed } from '../keys/signing-key.ts';

const count = z.number().int().min(0);

/** What a box tells its maker on a stick: what it runs, what became of updates, how it is. Nothing that people wrote, named or set has a place in it. */
export const boxReport = z.strictObject({
  format: z.literal(1),
  madeAt: instant,
  product: z.strictObject({ version: z.string(), previous: z.string().nullable(), onTrial: z.boolean(), components: z.array(releaseComponent) }),
  machine: z.strictObject({ arch: z.string(), hardware: hardwareClass, node: z.string(), cores: count, memoryBytes: count, freeDiskBytes: count }),
  updates: z.array(
    z.strictObject({
      from: z.string().nullable(),
      to: z.string().nullable(),
      state: z.union([updateStateName, z.literal('lost')]),
      bundle: z.string().nullable(),
      failedCheck: z.string().nullable(),
      checks: z.array(z.strictObject({ name: z.string(), ok: z.boolean(), tookMs: count })),
      startedAt: instant,
      endedAt: instant,
    }),
  ),
  services: z.array(z.strictObject({ name: z.string(), state: z.string(), restarts: count })),
  /** Lines of warning and worse. The words are those of the program itself; a line with other words is only counted. */
  log: z.array(z.strictObject({ service: z.string(), level: z.string(), message: z.string().nullable(), count: count, lastAt: instant.nullable() })),
});
export type BoxReport = z.infer<typeof boxReport>;

const signedReport = z.strictObject({ report: boxReport, publicKey: z.string().regex(/^[0-9a-f]{64}$/), signature: z.string().regex(/^[0-9a-f]+$/) });

const bytesToSign = (report: BoxReport): Buffer => Buffer.from(`arasul box report\n${canonicalJson(report)}`);
/** DER around a raw Ed25519 public key (RFC 8410). */
const SPKI = Buffer.from('302a300506032b6570032100', 'hex');

/** The file that is written on a stick, signed with the box's key; and the fingerprint that people compare. */
export const signReport = (report: BoxReport, seed: Uint8Array): { text: string; fingerprint: string } => {
  const key = keyOfSeed(seed);
  const parsed = boxReport.parse(report);
  const signed = { report: parsed, publicKey: key.publicHex, signature: key.sign(bytesToSign(parsed)) };
  return { text: `${JSON.stringify(signed, null, 2)}\n`, fingerprint: fingerprint(key.id) };
};

const damaged = (message: string, cause?: unknown) => new AppError('validation_failed', { message, cause });

/** Reads and checks a report at home. Errors: `validation_failed` for what is none, was changed, or is of another box than `box`. */
export const verifyReport = (text: string, { box }: { box?: string } = {}): { report: BoxReport; fingerprint: string } => {
  let signed: z.infer<typeof signedReport>;
  try {
    signed = signedReport.parse(JSON.parse(text));
  } catch (cause) {
    throw damaged('This is no report of a box, or it is damaged.', cause);
  }
  const { report, publicKey, signature } = signed;
  const key = createPublicKey({ key: Buffer.concat([SPKI, Buffer.from(publicKey, 'hex')]), format: 'der', type: 'spki' });
  if (!verify(null, bytesToSign(report), key, Buffer.from(signature, 'hex'))) throw damaged('The report was changed after the box wrote it. Do not trust it.');
  const own = fingerprint(keyIdOf(publicKey));
  if (box !== undefined && box.replace(/\s/g, '').toUpperCase() !== own.replace(/\s/g, ''))
    throw damaged(`The report is genuine, but of another box (${own}).`);
  return { report, fingerprint: own };
};
