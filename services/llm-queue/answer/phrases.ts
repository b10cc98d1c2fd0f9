import { questionLanguage } from '#retrieval';

interface Phrases {
  /** Above the passages, when there is no chat model. */
  noModel: string;
  /** Above the passages, when quotes were asked for. */
  quotes: string;
  /** Above the passages, when the chat model's runtime does not answer. */
  modelAway: string;
  /** Above the passages, when no sentence of the model's answer could be traced to one. */
  untraced: string;
  /** Below a digest of a document that was not read whole. */
  partly: (filename: string, read: number, parts: number) => string;
  /** The documents do not answer the question. */
  notInDocuments: string;
  page: (filename: string, page: number) => string;
}

const phrases: Record<'en' | 'de', Phrases> = {
  en: {
    noModel: 'No chat model is installed, so nothing was written about this. These passages fit the question best:',
    quotes: 'These passages fit the question best:',
    modelAway: 'The chat model does not answer just now, so nothing was written about this. These passages fit the question best:',
    untraced: 'No sentence above could be traced to the documents. These passages fit the question best:',
    notInDocuments: 'This is not in your documents. Ask in other words, or add a document that covers it.',
    partly: (filename, read, parts) => `“${filename}” is long: ${read} of its ${parts} parts were read, spread evenly.`,
    page: (filename, page) => `${filename}, page ${page}`,
  },
  de: {
    noModel: 'Es ist kein Chat-Modell installiert, daher wurde nichts dazu geschrieben. Diese Stellen passen am besten zur Frage:',
    quotes: 'Diese Stellen passen am besten zur Frage:',
    modelAway: 'Das Chat-Modell antwortet gerade nicht, daher wurde nichts dazu geschrieben. Diese Stellen passen am besten zur Frage:',
    untraced: 'Kein Satz oben ließ sich auf die Dokumente zurückführen. Diese Stellen passen am besten zur Frage:',
    notInDocuments: 'Das steht nicht in Ihren Dokumenten. Fragen Sie mit anderen Worten, oder fügen Sie ein passendes Dokument hinzu.',
    partly: (filename, read, parts) => `„${filename}“ ist lang: ${read} von ${parts} Teilen wurden gelesen, gleichmäßig verteilt.`,
    page: (filename, page) => `${filename}, Seite ${page}`,
  },
};

/** The box's own words in the language that is set, else in the question's. */
export const phrasesFor = (language: 'auto' | 'en' | 'de', question: string): Phrases => phrases[language === 'auto' ? questionLanguage(question) : language];
