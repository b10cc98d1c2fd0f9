import type { Words } from '#contracts';
import type { Db } from '#db';
import { fixupWords, listOpenIssues } from '#healing';
import { isAbout } from './tries.ts';

export interface SuggestedRepair {
  issueId: string;
  fixup: string;
  /** What it does. */
  words: Words;
}

/** What may be done about an incident: the gentlest repair of an open issue of that very part; null where only a person can help. */
export const findSuggestedRepair = async (db: Db, incident: { cause: string; device: string }): Promise<SuggestedRepair | null> => {
  const issue = (await listOpenIssues(db)).find((each) => isAbout(incident, each) && each.suggestions.length > 0);
  const suggestion = issue?.suggestions[0];
  return issue && suggestion ? { issueId: issue.id, fixup: suggestion.fixup, words: fixupWords[suggestion.fixup]?.does ?? { en: suggestion.does } } : null;
};
