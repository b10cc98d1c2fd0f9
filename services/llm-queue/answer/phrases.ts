import { questionLanguage } from '#retrieval';

interface Phrases {
  /** Above the passages, when there is no chat model. */
  noModel: string;
  /** Above the passages, when the chat model's runtime does not answer. */
  modelAway: string;
  /** Above the passages, when no sentence of the model's answer could be traced to one. */
  untraced: string;
  /** Nothing that was found has to do with the question. */
  nothingFound: string;
  page: (filename: string, page: number) => string;
}

const phrases: Record<'en' | 'de', Phrases> = {
  en: {
    noModel: 'No chat model is installed, so nothing was written about this. These passages fit the question best:',
    modelAway: 'The chat model does not answer just now, so nothing was written about this. These passages fit the question best:',
    untraced: 'No sentence above could be traced to the documents. These passages fit the question best:',
    nothingFound: 'Nothing in the documents bears on this question. Ask in other words, or add a document that covers it.',
    page: (filename, page) => `${filename}, page ${page}`,
  },
  de: {
    noModel: 'Es ist kein Chat-Modell installiert, daher wurde nichts dazu geschrieben. Diese Stellen passen am besten zur Frage:',
    modelAway: 'Das Chat-Modell antwortet gerade nicht, daher wurde nichts dazu geschrieben. Diese Stellen passen am besten zur Frage:',
    untraced: 'Kein Satz oben ließ sich auf die Dokumente zurückführen. Diese Stellen passen am besten zur Frage:',
    nothingFound: 'Nichts in den Dokumenten betrifft diese Frage. Fragen Sie mit anderen Worten, oder fügen Sie ein passendes Dokument hinzu.',
    page: (filename, page) => `${filename}, Seite ${page}`,
  },
};

/** The box's own words in the language that is set, else in the question's. */
export const phrasesFor = (language: 'auto' | 'en' | 'de', question: string): Phrases => phrases[language === 'auto' ? questionLanguage(question) : language];
