import { alertSignals, type RuleDefinition, type Words } from '#contracts';

const rounded = (value: number): string => String(Math.abs(value) < 10 ? Math.round(value * 10) / 10 : Math.round(value));

/** A length of time for people, in its two languages: seconds below two minutes, then minutes, hours, days. */
export const duration = (seconds: number): { en: string; de: string } => {
  if (seconds < 120) return { en: `${Math.round(seconds)} s`, de: `${Math.round(seconds)} s` };
  if (seconds < 7_200) return { en: `${Math.round(seconds / 60)} min`, de: `${Math.round(seconds / 60)} min` };
  if (seconds < 172_800) return { en: `${Math.round(seconds / 3_600)} hours`, de: `${Math.round(seconds / 3_600)} Stunden` };
  return { en: `${Math.round(seconds / 86_400)} days`, de: `${Math.round(seconds / 86_400)} Tagen` };
};

const valueWords = (unit: string, value: number | null): { en: string; de: string } => {
  if (value === null) return { en: '–', de: '–' };
  if (unit === 's') return duration(value);
  if (unit === 'h') return duration(value * 3_600);
  const text = `${rounded(value)}${unit === '' ? '' : ` ${unit}`}`;
  return { en: text, de: text.replace('.', ',') };
};

interface Seen {
  device: string;
  value: number | null;
  silent: boolean;
}

/** Whether nothing but silence is wrong: the last value, if there was one, was on the good side. */
const isSilenceAlone = ({ side, levels }: RuleDefinition, { value, silent }: Seen): boolean =>
  silent && (value === null || levels.every(({ enter }) => (side === 'above' ? value < enter : value > enter)));

/** A rule's sentence with its facts filled in. */
export const fillSentence = (rule: RuleDefinition & { name?: string }, seen: Seen): Words => {
  const { sentence, signal, levels, forMs, name = signal } = rule;
  const { device, value, silent } = seen;
  if (isSilenceAlone(rule, seen)) {
    const what = device === '' ? name : `${name} (${device})`;
    return { en: `Nothing is heard of “${what}” any more.`, de: `Von „${what}“ ist nichts mehr zu hören.` };
  }
  const { unit } = alertSignals[signal];
  const facts = { value: valueWords(unit, value), threshold: valueWords(unit, levels[0]!.enter), for: duration(forMs / 1000) };
  const fill = (text: string, language: 'en' | 'de'): string =>
    text
      .replaceAll('{value}', facts.value[language])
      .replaceAll('{threshold}', facts.threshold[language])
      .replaceAll('{for}', facts.for[language])
      .replaceAll('{device}', device)
      .replaceAll(/ {2,}/g, ' ');
  const en = `${fill(sentence.en, 'en')}${silent ? ' Nothing is heard of it now.' : ''}`;
  return { en, ...(sentence.de === undefined ? {} : { de: `${fill(sentence.de, 'de')}${silent ? ' Zurzeit ist nichts davon zu hören.' : ''}` }) };
};
