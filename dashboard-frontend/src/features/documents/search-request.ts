import type { SearchRequest } from '#contracts';
import { afterDay, endOfDay, startOfDay } from '../../lib/days.ts';
import { documentKinds, type SearchFilters } from './list-options.ts';

/** What the API is asked for a search that is narrowed so. */
export const filtersOf = ({ folder, doc, type, lang, since, until, asof }: SearchFilters): Partial<SearchRequest> => ({
  ...(folder === undefined ? {} : { folderIds: [folder] }),
  ...(doc === undefined ? {} : { documentIds: [doc] }),
  ...(type === undefined ? {} : { types: [...documentKinds[type]] }),
  ...(lang === undefined ? {} : { languages: [lang] }),
  ...(since === undefined ? {} : { addedFrom: startOfDay(since).toISOString() }),
  ...(until === undefined ? {} : { addedUntil: afterDay(until).toISOString() }),
  ...(asof === undefined ? {} : { asOf: endOfDay(asof).toISOString() }),
});
