import type { Settings } from '#contracts';

/** How a setting is shown and typed. `factor`: the stored value is the typed one times this. */
export type Field =
  | { kind: 'text'; placeholder?: string }
  | { kind: 'choice'; values: readonly string[] }
  | {
      kind: 'number';
      unit?: 'seconds' | 'minutes' | 'hours' | 'days' | 'megabytes' | 'tokens' | 'passages' | 'attempts' | 'questions' | 'celsius' | 'times';
      factor?: number;
      step?: number;
    };

const SECOND = 1000;
const MINUTE = 60 * SECOND;
const MEGABYTE = 2 ** 20;

/** Every setting has its field: one that is added to the contract and not here does not compile. */
export const fields: { [Group in keyof Settings]: { [Name in keyof Settings[Group]]: Field } } = {
  general: { boxName: { kind: 'text' }, address: { kind: 'text' }, language: { kind: 'choice', values: ['auto', 'en', 'de'] } },
  metrics: {
    intervalMs: { kind: 'number', unit: 'seconds', factor: SECOND },
    rawDays: { kind: 'number', unit: 'days' },
    minuteDays: { kind: 'number', unit: 'days' },
    hourDays: { kind: 'number', unit: 'days' },
  },
  documents: {
    maxUploadBytes: { kind: 'number', unit: 'megabytes', factor: MEGABYTE },
    minFreeBytes: { kind: 'number', unit: 'megabytes', factor: MEGABYTE },
    keepVersionsDays: { kind: 'number', unit: 'days' },
    directDownloads: { kind: 'choice', values: ['off', 'on'] },
    pictureLanguages: { kind: 'choice', values: ['deu+eng', 'eng', 'deu'] },
  },
  chat: {
    passages: { kind: 'number', unit: 'passages' },
    maxAnswerTokens: { kind: 'number', unit: 'tokens', step: 16 },
    temperature: { kind: 'number', step: 0.1 },
    abstention: { kind: 'choice', values: ['fitted', 'off'] },
  },
  accounts: { sessionHours: { kind: 'number', unit: 'hours' }, lockAfterAttempts: { kind: 'number', unit: 'attempts' } },
  healing: {
    repairs: { kind: 'choice', values: ['automatic', 'ask'] },
    reboot: { kind: 'choice', values: ['automatic', 'ask'] },
    canaryMinutes: { kind: 'number', unit: 'minutes' },
    weeklyDrill: { kind: 'choice', values: ['off', 'on'] },
  },
  alerts: { escalateAfterMinutes: { kind: 'number', unit: 'minutes' }, escalateSteps: { kind: 'number', unit: 'times' } },
  queue: {
    maxWaitingPerUser: { kind: 'number', unit: 'questions' },
    maxWaiting: { kind: 'number', unit: 'questions' },
    abandonAfterMinutes: { kind: 'number', unit: 'minutes' },
    abandonedChat: { kind: 'choice', values: ['keep', 'stop'] },
    abandonedApi: { kind: 'choice', values: ['keep', 'stop'] },
    hotFromC: { kind: 'number', unit: 'celsius' },
  },
  models: {
    externalUrl: { kind: 'text', placeholder: 'http://localhost:11434/v1' },
    externalChatModel: { kind: 'text' },
    externalEmbedModel: { kind: 'text' },
    externalRerankModel: { kind: 'text' },
    unloadAfterMs: { kind: 'number', unit: 'minutes', factor: MINUTE },
  },
  updates: { automatic: { kind: 'choice', values: ['off', 'on'] }, hour: { kind: 'number' } },
};

export type Draft = Record<string, Record<string, string | number>>;

/** The groups and names that differ from what is stored, with the values to send. */
export const changesOf = (stored: Draft, draft: Draft): Draft => {
  const changed: Draft = {};
  for (const [group, values] of Object.entries(draft)) {
    for (const [name, value] of Object.entries(values)) {
      if (stored[group]?.[name] !== value) (changed[group] ??= {})[name] = value;
    }
  }
  return changed;
};
