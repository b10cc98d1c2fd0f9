import { useMantineColorScheme } from '@mantine/core';
import { useDebouncedValue } from '@mantine/hooks';
import { IconFileText, IconLanguage, IconMessageCircle, IconMessagePlus, IconMoon, IconQuote, IconSun, IconUpload, type Icon } from '@tabler/icons-react';
import { keepPreviousData, useQuery } from '@tanstack/react-query';
import { useNavigate } from '@tanstack/react-router';
import { useTranslation } from 'react-i18next';
import { farPlaces, places } from '../../app/shell/places.ts';
import { chooseLanguage } from '../../i18n/i18n.ts';
import { api } from '../../lib/api/client.ts';
import { hasRole, useMay, useMe } from '../../lib/api/queries.ts';
import { excerpt } from '../../lib/excerpt.ts';
import { bestMatches } from './match.ts';

export interface Entry {
  id: string;
  label: string;
  detail?: string;
  hint?: string;
  /** Words of a document, in place of the label. */
  found?: ReturnType<typeof excerpt>;
  icon: Icon;
  run: () => void;
}

const FOUND_EACH = 5;
const WORDS_FROM = 3;
/** About one line of the palette. */
const FOUND_CHARACTERS = 90;

/** What the palette offers for `query`: pages and actions at once, what the box finds a moment later. */
export const useEntries = (query: string): { name: string; entries: Entry[] }[] => {
  const { t } = useTranslation(['palette', 'common']);
  const [asked] = useDebouncedValue(query.trim(), 120);
  const own = useOwnEntries();
  const mayAsk = useMay('user');
  const navigate = useNavigate();
  const conversations = useQuery({
    queryKey: ['palette', 'conversations', asked],
    queryFn: () => api.page('/conversations', 'conversationView', { query: { q: asked, limit: FOUND_EACH } }),
    placeholderData: keepPreviousData,
    enabled: mayAsk,
  });
  const documents = useQuery({
    queryKey: ['palette', 'documents', asked],
    queryFn: () => api.page('/documents', 'documentView', { query: { q: asked, limit: FOUND_EACH } }),
    placeholderData: keepPreviousData,
    enabled: asked !== '',
  });
  const passages = useQuery({
    queryKey: ['palette', 'passages', asked],
    queryFn: () => api.post('/search', 'searchAnswer', { query: asked, mode: 'words', limit: FOUND_EACH }),
    placeholderData: keepPreviousData,
    enabled: mayAsk && asked.length >= WORDS_FROM,
  });

  return [
    { name: t('palette:pages'), entries: bestMatches(query, own.pages) },
    { name: t('palette:actions'), entries: bestMatches(query, own.actions) },
    {
      name: t('palette:conversations'),
      entries: (conversations.data?.items ?? []).map(({ id, title }) => ({
        id,
        label: title,
        icon: IconMessageCircle,
        run: () => void navigate({ to: '/chat/$conversationId', params: { conversationId: id } }),
      })),
    },
    {
      name: t('palette:documents'),
      entries: (query === '' ? [] : (documents.data?.items ?? [])).map(({ id, filename }) => ({
        id,
        label: filename,
        icon: IconFileText,
        run: () => void navigate({ to: '/documents/$documentId', params: { documentId: id } }),
      })),
    },
    {
      name: t('palette:passages'),
      entries: (asked.length < WORDS_FROM || query === '' ? [] : (passages.data?.items ?? [])).map((hit) => ({
        id: hit.passageId,
        label: hit.filename,
        found: excerpt(hit.text, hit.highlights, FOUND_CHARACTERS),
        detail: t('common:fileAndPage', { file: hit.filename, page: hit.page }),
        icon: IconQuote,
        run: () => void navigate({ to: '/documents/$documentId', params: { documentId: hit.documentId }, search: { page: hit.page, passage: hit.passageId } }),
      })),
    },
  ].filter((group) => group.entries.length > 0);
};

const useOwnEntries = (): { pages: Entry[]; actions: Entry[] } => {
  const { t, i18n } = useTranslation(['palette', 'common']);
  const navigate = useNavigate();
  const me = useMe();
  const { colorScheme, setColorScheme } = useMantineColorScheme();
  const dark = colorScheme === 'dark' || (colorScheme === 'auto' && matchMedia('(prefers-color-scheme: dark)').matches);
  const allowed = farPlaces.filter(({ role }) => hasRole(me, role));
  const pages = [...places, ...allowed].map((place): Entry => ({
    id: `to-${place.name}`,
    label: t(`common:places.${place.name}`),
    hint: `g ${place.key}`,
    icon: place.icon,
    run: () => void navigate({ to: place.to }),
  }));
  const actions: Entry[] = [
    { id: 'ask', label: t('palette:ask'), icon: IconMessagePlus, run: () => void navigate({ to: '/chat' }) },
    {
      id: 'add',
      label: t('palette:add'),
      icon: IconUpload,
      run: () => void navigate({ to: '/documents' }).then(() => window.dispatchEvent(new Event('arasul:add-documents'))),
    },
    { id: 'scheme', label: dark ? t('palette:light') : t('palette:dark'), icon: dark ? IconSun : IconMoon, run: () => setColorScheme(dark ? 'light' : 'dark') },
    {
      id: 'language',
      label: i18n.language === 'de' ? 'English' : 'Deutsch',
      icon: IconLanguage,
      run: () => void chooseLanguage(i18n.language === 'de' ? 'en' : 'de'),
    },
  ];
  return { pages, actions };
};
