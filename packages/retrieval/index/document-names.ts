import { tokenize } from '../text/tokens.ts';

/** Which documents a question names: "Amcor's margin in FY2023" means the filings of Amcor, those of 2023 first. */
export interface DocumentNames {
  put(documentId: string, label: string, language: string): void;
  remove(documentId: string): void;
  /** How well each named document's label fits the question, 0..1; documents that it does not name are absent. */
  match(question: string, languages: readonly string[], among: (documentId: string) => boolean): Map<string, number>;
}

/** An abbreviation ("JPM") counts less than the name itself. */
const PREFIX_SHARE = 0.7;
const ABBREVIATION = /^\p{Lu}{3,}$/u;

/** A label's words, and neighbours run together: people write "Footlocker" for "Foot Locker" and the other way round. */
const termsOf = (label: string, language: string): Set<string> => {
  const tokens = tokenize(label, language).filter(({ terms }) => terms.length > 0);
  const words = tokens.map(({ start, end }) => label.slice(start, end));
  const joined = words.slice(1).flatMap((word, at) => tokenize(`${words[at]}${word}`, language).flatMap(({ terms }) => terms[0] ?? []));
  return new Set([...tokens.flatMap(({ terms }) => terms), ...joined]);
};

export const createDocumentNames = (): DocumentNames => {
  const termsByDocument = new Map<string, Set<string>>();
  const documentsByTerm = new Map<string, Set<string>>();

  const remove = (documentId: string): void => {
    for (const term of termsByDocument.get(documentId) ?? []) {
      const documents = documentsByTerm.get(term);
      documents?.delete(documentId);
      if (documents?.size === 0) documentsByTerm.delete(term);
    }
    termsByDocument.delete(documentId);
  };

  /** The name that an abbreviation begins, when no document is called by the abbreviation itself. */
  const expand = (term: string): string | undefined => {
    for (const name of documentsByTerm.keys()) if (name.length > term.length && name.startsWith(term)) return name;
    return undefined;
  };

  return {
    put(documentId, label, language) {
      remove(documentId);
      const terms = termsOf(label, language);
      termsByDocument.set(documentId, terms);
      for (const term of terms) {
        const documents = documentsByTerm.get(term);
        if (documents === undefined) documentsByTerm.set(term, new Set([documentId]));
        else documents.add(documentId);
      }
    },
    remove,
    match(question, languages, among) {
      const wanted = new Map<string, number>();
      for (const language of languages) for (const term of termsOf(question, language)) wanted.set(term, 1);
      for (const [word] of question.matchAll(/\p{L}+/gu)) {
        const term = word.toLowerCase();
        const name = ABBREVIATION.test(word) && !documentsByTerm.has(term) ? expand(term) : undefined;
        if (name !== undefined) wanted.set(name, Math.max(wanted.get(name) ?? 0, PREFIX_SHARE));
      }
      const scores = new Map<string, number>();
      let best = 0;
      for (const [term, share] of wanted) {
        const documents = documentsByTerm.get(term);
        if (documents === undefined) continue;
        // What every name has in common names none of them.
        const weight = share * Math.log(1 + (termsByDocument.size - documents.size + 0.5) / (documents.size + 0.5));
        for (const documentId of documents) {
          if (!among(documentId)) continue;
          const score = (scores.get(documentId) ?? 0) + weight;
          scores.set(documentId, score);
          best = Math.max(best, score);
        }
      }
      for (const [documentId, score] of scores) scores.set(documentId, score / best);
      return scores;
    },
  };
};
