import { z } from 'zod';
import { strictly } from './strict-object.ts';

/**
 * Every setting with its default, one object per group. Rows of `app_settings` hold only what differs from the default.
 * Keys are `group.name`.
 */
export const settingsSchema = z.object({
  general: z
    .object({
      boxName: z.string().trim().min(1).max(60).default('Arasul'),
      language: z.enum(['auto', 'en', 'de']).default('auto'),
      /** The dashboard's address as people reach it, for links in messages; empty: they have none. */
      address: z.union([z.literal(''), z.url({ protocol: /^https?$/ })]).default(''),
    })
    .prefault({}),
  metrics: z
    .object({
      intervalMs: z.number().int().min(1000).max(60_000).default(5000),
      rawDays: z.number().int().min(1).max(60).default(7),
      minuteDays: z.number().int().min(7).max(400).default(60),
      hourDays: z.number().int().min(30).max(3650).default(1100),
    })
    .prefault({}),
  documents: z
    .object({
      maxUploadBytes: z
        .number()
        .int()
        .min(1024)
        .max(64 * 2 ** 30)
        .default(2 * 2 ** 30),
      minFreeBytes: z
        .number()
        .int()
        .min(0)
        .default(512 * 2 ** 20),
      /** How long an earlier version can be asked for, from the day on which a newer one took its place. */
      keepVersionsDays: z.number().int().min(0).max(36_500).default(365),
      /**
       * Whether a download is sent on to the S3 server, by an address that is good for a minute, instead of passing through the box. The
       * server must be reachable from people's machines. Nothing changes where originals are files of this machine.
       */
      directDownloads: z.enum(['off', 'on']).default('off'),
      /** What pages without text are read in, the likeliest first: each language more takes longer. */
      pictureLanguages: z.enum(['deu+eng', 'eng', 'deu']).default('deu+eng'),
    })
    .prefault({}),
  chat: z
    .object({
      passages: z.number().int().min(1).max(30).default(6),
      maxAnswerTokens: z.number().int().min(16).max(4096).default(512),
      temperature: z.number().min(0).max(2).default(0.1),
      /** Whether a question that the documents do not answer is told so, by the threshold fitted to this box, or always given to the model. */
      abstention: z.enum(['fitted', 'off']).default('fitted'),
    })
    .prefault({}),
  accounts: z
    .object({
      sessionHours: z
        .number()
        .int()
        .min(1)
        .max(24 * 90)
        .default(24 * 7),
      lockAfterAttempts: z.number().int().min(3).max(20).default(5),
    })
    .prefault({}),
  healing: z
    .object({
      /** `ask`: the box finds and tells what is wrong, and every repair waits for a person. */
      repairs: z.enum(['automatic', 'ask']).default('automatic'),
      /** Whether the last rung, a restart of the machine, may be taken without asking. */
      reboot: z.enum(['automatic', 'ask']).default('ask'),
      canaryMinutes: z.number().int().min(5).max(1440).default(60),
      /** A fault drill in the night from Sunday to Monday. */
      weeklyDrill: z.enum(['off', 'on']).default('off'),
    })
    .prefault({}),
  alerts: z
    .object({
      /** An incident that nobody took for so long is told to the next person. */
      escalateAfterMinutes: z
        .number()
        .int()
        .min(1)
        .max(7 * 24 * 60)
        .default(30),
      /** How many times it is handed on; 0: never. */
      escalateSteps: z.number().int().min(0).max(9).default(3),
    })
    .prefault({}),
  queue: z
    .object({
      /** Questions that one person may have waiting; administrators can set another number for somebody. */
      maxWaitingPerUser: z.number().int().min(1).max(10_000).default(50),
      maxWaiting: z.number().int().min(1).max(100_000).default(1_000),
      /** A job that nobody has followed for so long counts as abandoned. */
      abandonAfterMinutes: z
        .number()
        .int()
        .min(1)
        .max(7 * 24 * 60)
        .default(10),
      /** What happens to an abandoned question of a conversation: its answer is there on return, or the accelerator is free. */
      abandonedChat: z.enum(['keep', 'stop']).default('keep'),
      /** The same for requests of the OpenAI-compatible API, whose client has to come back with the same Idempotency-Key. */
      abandonedApi: z.enum(['keep', 'stop']).default('stop'),
      /** From here on, in °C, the machine counts as hot: it slows itself down, and background work makes way. */
      hotFromC: z.number().int().min(40).max(110).default(83),
    })
    .prefault({}),
  models: z
    .object({
      /** Base URL of an external OpenAI-compatible runtime; empty means the built-in one. */
      externalUrl: z.union([z.literal(''), z.url({ protocol: /^https?$/ })]).default(''),
      externalChatModel: z.string().max(200).default(''),
      externalEmbedModel: z.string().max(200).default(''),
      /** Empty: the external runtime is not asked to rerank. */
      externalRerankModel: z.string().max(200).default(''),
      unloadAfterMs: z
        .number()
        .int()
        .min(0)
        .default(30 * 60_000),
    })
    .prefault({}),
  updates: z
    .object({
      /** Whether a signed bundle that was found good is applied by itself, at the hour below. */
      automatic: z.enum(['off', 'on']).default('off'),
      /** In the box's time zone. */
      hour: z.number().int().min(0).max(23).default(3),
    })
    .prefault({}),
});
export type Settings = z.infer<typeof settingsSchema>;
export const defaultSettings: Settings = settingsSchema.parse({});

/** What differs from the settings in force: groups and keys that are not named stay as they are. */
export type SettingsPatch = { [Group in keyof Settings]?: Partial<Settings[Group]> };

// A default would fill in what a patch leaves out, and so undo what somebody else set.
const withoutDefault = (schema: z.ZodType): z.ZodType => (schema instanceof z.ZodDefault ? (schema.unwrap() as z.ZodType) : schema).optional();

const patchOf = (shape: z.ZodRawShape) =>
  strictly(Object.fromEntries(Object.entries(shape).map(([name, schema]) => [name, withoutDefault(schema as z.ZodType)]))).optional();

/** A patch holds only what was sent; unknown keys are refused with their path. */
export const settingsPatch = strictly(
  Object.fromEntries(Object.entries(settingsSchema.shape).map(([group, schema]) => [group, patchOf(schema.unwrap().shape)])),
) as unknown as z.ZodType<SettingsPatch, SettingsPatch>;
