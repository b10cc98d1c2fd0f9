import { z } from 'zod';
import { instant } from './common.ts';

/**
 * Why a bundle is refused. The first ten are the attacks that The Update Framework names; each has its own sentence, and after any of
 * them the box is as it was.
 */
export const updateRefusals = [
  'arbitrary_installation',
  'endless_data',
  'extraneous_dependencies',
  'fast_forward',
  'indefinite_freeze',
  'malicious_mirror',
  'mix_and_match',
  'rollback',
  'key_compromise',
  'wrong_software',
  'damaged',
  'truncated',
  'unsafe_archive',
  'source_gone',
  'swapped',
  'unsigned',
  'nobody_trusted',
  'too_old',
  'base_missing',
  'no_space',
] as const;
export const updateRefusal = z.enum(updateRefusals);
export type UpdateRefusal = z.infer<typeof updateRefusal>;

const sha256 = z.string().regex(/^[0-9a-f]{64}$/, 'a SHA-256 in lower-case hex');
export const releaseVersion = z.string().regex(/^\d{1,5}\.\d{1,5}\.\d{1,5}$/, 'a version such as 1.4.0');

/** Which machines a release is made for: any processor alone, one with an NVIDIA card, a Jetson. */
export const hardwareClass = z.enum(['cpu', 'nvidia', 'jetson']);
export type HardwareClass = z.infer<typeof hardwareClass>;

/** Relative, forward slashes, no way out, nothing hidden in it that a terminal or another file system would read otherwise. */
const releasePath = z
  .string()
  .min(1)
  .max(400)
  .regex(/^(?!\/)(?!.*(?:^|\/)\.{0,2}(?:\/|$))[^\\\u0000-\u001f\u007f]+$/, 'a relative path inside the release');

export const releaseFile = z.strictObject({ path: releasePath, sha256, size: z.number().int().min(0), executable: z.boolean() });
export type ReleaseFile = z.infer<typeof releaseFile>;

export const releaseComponent = z.strictObject({
  name: z.string().min(1).max(100),
  type: z.enum(['product', 'service', 'dashboard', 'schema', 'runtime', 'database', 'model', 'bootstrap']),
  version: z.string().min(1).max(40),
});
export type ReleaseComponent = z.infer<typeof releaseComponent>;

/** `release.json` of a bundle: the one signed target, which names every file of the release by its hash. */
export const releaseManifest = z.strictObject({
  format: z.literal(1),
  product: z.string().min(1).max(40),
  version: releaseVersion,
  os: z.literal('linux'),
  arch: z.enum(['x64', 'arm64']),
  hardware: z.array(hardwareClass).min(1),
  /** The oldest release that this one may follow. */
  minimumVersion: releaseVersion,
  changes: z.strictObject({ en: z.array(z.string().max(500)).max(100), de: z.array(z.string().max(500)).max(100) }),
  components: z.array(releaseComponent).max(200),
  migrations: z.array(z.string().max(120)).max(5_000),
  expected: z.strictObject({ durationMs: z.number().int().min(0), downtimeMs: z.number().int().min(0), spaceBytes: z.number().int().min(0) }),
  /** What starts it: the program of the Node runtime that it carries, and the script, both inside the release. */
  start: z.strictObject({ node: releasePath, entry: releasePath }),
  files: z.array(releaseFile).max(200_000),
});
export type ReleaseManifest = z.infer<typeof releaseManifest>;

/** The way of an update. `refused` and `abandoned` end before anything was switched. */
export const updateStates = ['found', 'verified', 'staged', 'backed_up', 'switched', 'trial', 'committed', 'rolled_back', 'refused', 'abandoned'] as const;
export const updateStateName = z.enum(updateStates);
export type UpdateStateName = z.infer<typeof updateStateName>;

export const trialCheck = z.object({
  name: z.string().max(60),
  ok: z.boolean(),
  /** What was seen, in a sentence. */
  detail: z.string().max(1_000),
  tookMs: z.number().int().min(0),
});
export type TrialCheck = z.infer<typeof trialCheck>;

/** Who made a bundle, in words that a person can compare with a paper. */
export const trustView = z.object({
  name: z.string(),
  origin: z.enum(['vendor', 'owner']),
  revoked: z.boolean(),
  rootVersion: z.number().int(),
  expires: instant,
  threshold: z.number().int(),
  keys: z.array(z.object({ id: z.string(), fingerprint: z.string() })),
  roles: z.object({ timestamp: z.number().int(), snapshot: z.number().int(), targets: z.number().int() }),
});
export type TrustView = z.infer<typeof trustView>;

/** An update as the box tells it afterwards: what became of it, which check decided, how long people waited. */
export const updateEvent = z.object({
  id: z.number().int(),
  from: z.string(),
  to: z.string(),
  state: z.string(),
  source: z.string(),
  startedAt: instant,
  completedAt: instant.nullable(),
  durationMs: z.number().int().nullable(),
  /** From the switch to the verdict. */
  downtimeMs: z.number().int().nullable(),
  by: z.string().nullable(),
  reason: z.string().nullable(),
  failedCheck: z.string().nullable(),
  checks: z.array(trialCheck),
  logLines: z.array(z.string()),
});
export type UpdateEvent = z.infer<typeof updateEvent>;
