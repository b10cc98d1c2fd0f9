import { z } from 'zod';
import { instant } from './common.ts';
import { strictly } from './strict-object.ts';
import { releaseComponent, releaseVersion, trialCheck, trustView, updateRefusal } from './updates.ts';

const count = z.number().int().min(0);
const hash = z.string().regex(/^[0-9a-f]{64}$/, 'a SHA-256 in lower-case hex');
/** Sentences in both languages. */
const sentences = z.object({ en: z.array(z.string()), de: z.array(z.string()) });

/** What applying a bundle would do, as it was when the bundle was checked. */
export const updatePlanView = z.object({
  from: releaseVersion,
  to: releaseVersion,
  signedBy: z.string(),
  /** When the first of its signatures expires. */
  expires: instant,
  /** Of its release.json: what a person agrees to. */
  sha256: hash,
  changes: sentences,
  components: z.array(releaseComponent.extend({ before: z.string().nullable() })),
  /** Changes of the database's schema; null when the box cannot tell which it has. */
  newMigrations: count.nullable(),
  /** From “apply” to the verdict, of which people wait `downtimeMs`. */
  durationMs: count,
  downtimeMs: count,
  spaceBytes: count,
  freeBytes: count,
  /** What may go wrong, and what happens then. */
  risks: sentences,
});
export type UpdatePlanView = z.infer<typeof updatePlanView>;

export const updateBundleStates = ['receiving', 'waiting', 'checking', 'ready', 'refused', 'applied', 'gone'] as const;

export const updateBundleView = z.object({
  id: z.uuid(),
  origin: z.enum(['upload', 'stick']),
  name: z.string(),
  /** The stick's name, for one that lies on a stick. */
  stick: z.string().nullable(),
  sizeBytes: count,
  receivedBytes: count,
  state: z.enum(updateBundleStates),
  plan: updatePlanView.nullable(),
  refusal: updateRefusal.nullable(),
  /** Why it is not taken, in a sentence. */
  problem: z.string().nullable(),
  addedBy: z.string().nullable(),
  createdAt: instant,
});
export type UpdateBundleView = z.infer<typeof updateBundleView>;

/** A bundle that will be sent. The same name and size again go on where the last attempt ended. */
export const newUpdateUpload = strictly({
  name: z.string().trim().min(1).max(255),
  sizeBytes: z.number().int().min(1),
  sha256: hash.optional(),
});
export type NewUpdateUpload = z.infer<typeof newUpdateUpload>;

/** Where a piece begins, which is how much the box has already. */
export const updateChunkQuery = z.object({ offset: z.coerce.number().int().min(0) });

export const updateRequestView = z.object({
  id: z.uuid(),
  kind: z.enum(['check', 'apply', 'roll_back']),
  reason: z.enum(['person', 'schedule', 'arrival']),
  bundleId: z.uuid().nullable(),
  state: z.enum(['waiting', 'running', 'done', 'failed']),
  phase: z.string().nullable(),
  doneBytes: count,
  totalBytes: count,
  error: z.string().nullable(),
  requestedBy: z.string().nullable(),
  requestedAt: instant,
});
export type UpdateRequestView = z.infer<typeof updateRequestView>;

export const updateBundlesView = z.object({ bundles: z.array(updateBundleView), requests: z.array(updateRequestView) });

/** The plan that was read: of any other bundle nothing is applied. */
export const updateAgreement = strictly({ sha256: hash });

/** An update under way, from the journal. */
export const updateProgress = z.object({
  updateId: z.string(),
  from: z.string(),
  to: z.string(),
  state: z.string(),
  startedAt: instant,
  steps: z.array(z.object({ state: z.string(), at: instant })),
  /** What the trial found so far. */
  checks: z.array(trialCheck),
  /** What is left, as its maker measured it; null when that is over. */
  leftMs: count.nullable(),
});
export type UpdateProgress = z.infer<typeof updateProgress>;

/** When signed updates are applied by themselves. */
export const updatePolicyView = z.object({
  automatic: z.enum(['off', 'on']),
  hour: z.number().int().min(0).max(23),
  timeZone: z.string(),
  nextAt: instant.nullable(),
});

/** What would be lost on the way back to the release before. */
export const rollBackPreview = z.object({
  from: z.string(),
  /** Null when there is no earlier release to return to. */
  to: z.string().nullable(),
  /** When the restore point was taken; null when there is none. */
  takenAt: instant.nullable(),
  /** Settings that would be as they were then. */
  settings: z.array(z.object({ key: z.string(), now: z.unknown(), then: z.unknown() })),
  /** Models in use now that were not then, and the other way round. */
  models: z.object({ leave: z.array(z.string()), return: z.array(z.string()) }),
  /** What happens to the rest, in words. */
  words: sentences,
});
export type RollBackPreview = z.infer<typeof rollBackPreview>;

const root = z.string().min(2).max(100_000);
/** A root to be looked at before anything is trusted. */
export const trustCandidate = strictly({ root });
export const trustCandidateView = z.object({
  rootVersion: z.number().int(),
  expires: instant,
  threshold: z.number().int(),
  keys: z.array(z.object({ id: z.string(), fingerprint: z.string() })),
});
export type TrustCandidateView = z.infer<typeof trustCandidateView>;
export const newTrust = strictly({ name: z.string().regex(/^[a-z0-9][a-z0-9-]{0,39}$/, 'lower-case letters, digits and hyphens, at most 40'), root });
export type NewTrust = z.infer<typeof newTrust>;
export const trustName = z.object({ name: z.string().max(40) });

export const updatesView = z.object({
  version: z.string(),
  /** What “roll back” returns to; null when there is no earlier release on the box. */
  previous: z.string().nullable(),
  onTrial: z.boolean(),
  components: z.array(releaseComponent),
  trust: z.array(trustView),
  /** Null while nothing is applied. */
  current: updateProgress.nullable(),
  policy: updatePolicyView,
});
export type UpdatesView = z.infer<typeof updatesView>;
