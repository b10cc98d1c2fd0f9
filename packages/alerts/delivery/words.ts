import type { Message } from '#clients';
import type { Severity, Words } from '#contracts';
import { worstOf } from '../engine/severity.ts';

export type Language = 'en' | 'de';

export const inLanguage = (words: Words, language: Language): string => words[language] ?? words.en;

/** What a message is made from. */
export interface Told {
  notificationId: string;
  topic: string;
  severity: Severity;
  title: Words;
  body: Words | null;
  link: string | null;
  incidentId: string | null;
  createdAt: number;
  details: Record<string, unknown>;
}

const signs = { info: 'ℹ️', warning: '⚠️', critical: '🔴' } as const satisfies Record<Severity, string>;
/** A sign that tells at a glance how bad it is; a recovery has its own. */
export const signOf = ({ topic, severity }: Pick<Told, 'topic' | 'severity'>): string => (topic.endsWith('.resolved') ? '✅' : signs[severity]);

/** One telling in a person's language. `origin` is the box's address for people, or null where nobody said. */
export const toMessage = (told: Told, language: Language, origin: string | null): Message => ({
  id: told.notificationId,
  topic: told.topic,
  severity: told.severity,
  title: inLanguage(told.title, language),
  body: told.body && inLanguage(told.body, language),
  link: told.link !== null && origin !== null ? new URL(told.link, origin).href : null,
  at: new Date(told.createdAt),
  incidentId: told.incidentId,
  details: { ...told.details, ...(told.link !== null && { path: told.link }) },
});

const MOST_LINES = 30;
const digestWords = {
  en: { title: (count: number) => `${count} messages that waited`, more: (count: number) => `... and ${count} more, in the dashboard` },
  de: { title: (count: number) => `${count} Nachrichten, die gewartet haben`, more: (count: number) => `... und ${count} weitere, im Dashboard` },
} as const;

/** Many tellings in one, worst first, each in a line with its time. */
export const toDigest = (all: readonly Told[], { language, timeZone, origin }: { language: Language; timeZone: string; origin: string | null }): Message => {
  const time = new Intl.DateTimeFormat(language, { timeZone, day: '2-digit', month: '2-digit', hour: '2-digit', minute: '2-digit' });
  const lines = all.slice(0, MOST_LINES).map((told) => `${signOf(told)} ${time.format(told.createdAt)} · ${inLanguage(told.title, language)}`);
  if (all.length > MOST_LINES) lines.push(digestWords[language].more(all.length - MOST_LINES));
  return {
    id: all[0]!.notificationId,
    topic: 'digest',
    severity: worstOf(all.map(({ severity }) => severity)),
    title: digestWords[language].title(all.length),
    body: lines.join('\n'),
    link: origin === null ? null : new URL('/alerts', origin).href,
    at: new Date(all[0]!.createdAt),
    incidentId: null,
    details: { notifications: all.map(({ notificationId }) => notificationId) },
  };
};
