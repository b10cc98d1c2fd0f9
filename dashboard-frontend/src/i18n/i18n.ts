import i18next from 'i18next';
import { initReactI18next } from 'react-i18next';
import { messages as english } from './en/index.ts';

export const languages = ['en', 'de'] as const;
export type Language = (typeof languages)[number];

const STORED = 'arasul.language';

const stored = (): Language | undefined => {
  try {
    return languages.find((language) => language === localStorage.getItem(STORED));
  } catch {
    return undefined;
  }
};

const preferred = (): Language => stored() ?? (navigator.language.startsWith('de') ? 'de' : 'en');

const load = async (language: Language): Promise<void> => {
  if (language === 'en' || i18next.hasResourceBundle(language, 'common')) return;
  const { messages } = await import('./de/index.ts');
  for (const [namespace, bundle] of Object.entries(messages)) i18next.addResourceBundle(language, namespace, bundle);
};

/** Starts in the language chosen before, else the browser's. English is always there; others come when needed. */
export const startLanguage = async (): Promise<void> => {
  await i18next.use(initReactI18next).init({
    lng: 'en',
    fallbackLng: 'en',
    defaultNS: 'common',
    resources: { en: english },
    interpolation: { escapeValue: false },
    returnNull: false,
  });
  const language = preferred();
  await load(language);
  await i18next.changeLanguage(language);
  document.documentElement.lang = language;
};

/** Changes the language at once and remembers it in this browser. */
export const chooseLanguage = async (language: Language): Promise<void> => {
  await load(language);
  await i18next.changeLanguage(language);
  document.documentElement.lang = language;
  try {
    localStorage.setItem(STORED, language);
  } catch {
    // Not remembered, then.
  }
};

/** The viewer's own variant of the page's language (en-GB writes dates unlike en-US). */
export const localeFor = (language: string, wanted: readonly string[] = navigator.languages): string =>
  wanted.find((tag) => tag === language || tag.startsWith(`${language}-`)) ?? language;
