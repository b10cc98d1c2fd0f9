import type { ChatMessage } from '#clients';
import { createGrounder, sentenceSpans } from '#retrieval';
import type { WholePassage } from './library.ts';

/** Letters per token, as for prompts; a part leaves room for the instruction and the answer. */
const LETTERS_PER_TOKEN = 3.2;
const PART_SHARE = 0.6;
/** Each part is a whole call of the model: of a longer document, evenly spread parts are read, and the answer says so. */
const MAX_PARTS = 12;
const PART_TOKENS = 160;

export interface Digest {
  /** What each part says, in sentences that a passage of it bears. */
  readonly notes: readonly string[];
  /** The passages that bear them. */
  readonly passages: readonly WholePassage[];
  readonly read: number;
  readonly parts: number;
}

interface Needs {
  /** The whole text of the model's answer. */
  readonly ask: (messages: readonly ChatMessage[], maxTokens: number) => Promise<string>;
  readonly contextTokens: number;
  readonly onPart: () => void;
}

/** Neighbouring passages together, as many as the model reads at once. */
export const partsOf = (passages: readonly WholePassage[], contextTokens: number): WholePassage[][] => {
  const room = contextTokens * PART_SHARE * LETTERS_PER_TOKEN;
  const parts: WholePassage[][] = [];
  let left = 0;
  for (const passage of passages) {
    if (parts.length === 0 || passage.text.length > left) {
      parts.push([]);
      left = room;
    }
    parts.at(-1)!.push(passage);
    left -= passage.text.length;
  }
  return parts;
};

const spread = <T>(items: readonly T[], most: number): T[] =>
  items.length <= most ? [...items] : Array.from({ length: most }, (_, at) => items[Math.floor((at * items.length) / most)]!);

/** How many parts of a document are read. */
export const partsRead = (passages: readonly WholePassage[], contextTokens: number): number => Math.min(MAX_PARTS, partsOf(passages, contextTokens).length);

/**
 * Reads a whole document in parts and keeps what the model says of each, sentence by sentence, as far as the part bears it. When the model
 * says nothing that can be traced, the part's own first sentence stands for it.
 */
export const digestDocument = async (filename: string, passages: readonly WholePassage[], { ask, contextTokens, onPart }: Needs): Promise<Digest> => {
  const parts = partsOf(passages, contextTokens);
  const chosen = spread(parts, MAX_PARTS);
  const notes: string[] = [];
  const bearing = new Map<string, WholePassage>();
  for (const part of chosen) {
    const text = part.map((passage) => passage.text).join('\n\n');
    const said = await ask(
      [
        { role: 'system', content: 'Say in at most three short sentences what this part of a document says. Use only what it says, in its language.' },
        { role: 'user', content: `${filename}\n\n${text}` },
      ],
      PART_TOKENS,
    );
    const grounder = createGrounder({ passages: part });
    const sentences = sentenceSpans(said).map(({ start, end }) => said.slice(start, end));
    let kept = 0;
    for (const sentence of sentences) {
      const { passageId, unsupportedNumbers } = await grounder.check(sentence);
      const passage = part.find((one) => one.passageId === passageId);
      if (passage === undefined || unsupportedNumbers.length > 0) continue;
      bearing.set(passage.passageId, passage);
      notes.push(sentence.trim());
      kept += 1;
    }
    const [first] = part;
    if (kept === 0 && first !== undefined) {
      const [opening] = sentenceSpans(first.text);
      bearing.set(first.passageId, first);
      if (opening !== undefined) notes.push(first.text.slice(opening.start, opening.end));
    }
    onPart();
  }
  return { notes, passages: [...bearing.values()], read: chosen.length, parts: parts.length };
};

/** The last call: what was noted of each document, to be told as one. */
export const digestPrompt = (question: string, documents: readonly { filename: string; notes: readonly string[] }[], contextTokens: number): ChatMessage[] => {
  const room = Math.floor((contextTokens * PART_SHARE * LETTERS_PER_TOKEN) / documents.length);
  const told = documents.map(({ filename, notes }) => {
    let left = room;
    return `${filename}:\n${notes.filter((note) => (left -= note.length) >= 0).join('\n')}`;
  });
  const [one] = documents;
  return [
    {
      role: 'system',
      content:
        documents.length === 1
          ? 'Summarise the document from the notes. Use only the notes. Be brief and exact. Answer in the language of the question.'
          : 'Compare the documents from the notes: what they have in common, and where they differ. Use only the notes. Be brief and exact. Answer in the language of the question.',
    },
    { role: 'user', content: `${told.join('\n\n')}\n\n${documents.length === 1 ? `Document: ${one?.filename}\n` : ''}${question}` },
  ];
};
