import { sentenceSpans } from '#retrieval';

/** A piece of text to show, or the end of a sentence, which is the text since the last end. */
export type Step = { text: string } | 'sentence';

interface Options {
  /** Takes away the source markers that the model writes itself: they are guesses. */
  stripMarkers: boolean;
}

const SOURCE_WORD = '(?:sources?|passages?|documents?|docs?|quellen?|passagen?|abschnitte?|dokumente?)';
const NUMBERS = String.raw`\^?\d{1,3}(?:\s*[,;–-]\s*\d{1,3})*`;
/** [1], [1, 2], [Source 3], 【2】, (Passage 1) with the white space before them; not [1](address). */
const MARKER = new RegExp(
  String.raw`[^\S\n]*(?:\[\s*(?:${SOURCE_WORD}\s*:?\s*)?${NUMBERS}\s*\](?!\()|【[^】\n]{1,24}】|\(\s*${SOURCE_WORD}\s*:?\s*${NUMBERS}\s*\))`,
  'giu',
);
/** The end of a text that may become a marker with what comes next; a closed one waits for the character that tells a link. */
const MARKER_BEGUN = /[^\S\n]+$|[^\S\n]*(?:\[[^\]\n]{0,24}\]?|【[^】\n]{0,24}|(?:\[[^\]\n]{0,24}\])?\((?:[sdpqa][^)\n]{0,24})?)$/iu;
const FENCE = /^[^\S\n]*(?:```|~~~)/u;
/** A following word, whole: only with it is it clear that a full stop ended a sentence ("am 3. Oktober"). */
const WORD_FOLLOWS = /^\s+\S+\s/u;

/**
 * Cuts a stream of text into sentences while it passes: text is let through at once, except for white space and possible
 * markers at the end, and what follows the likely end of a sentence until it is sure. Code blocks pass as they are.
 */
export const createSentenceStream = ({ stripMarkers }: Options) => {
  /** What the model wrote and is not decided yet. */
  let raw = '';
  /** The sentence at hand, and how much of it has been let through. */
  let open = '';
  let shown = 0;
  let inCode = false;

  const show = (steps: Step[], upTo: number): void => {
    if (upTo <= shown) return;
    steps.push({ text: open.slice(shown, upTo) });
    shown = upTo;
  };

  /** Ends the sentence at hand at `end`; what belongs to a code block is none. */
  const close = (steps: Step[], end: number): void => {
    show(steps, end);
    const isFence = FENCE.test(open);
    if (!isFence && !inCode) steps.push('sentence');
    if (isFence) inCode = !inCode;
    open = open.slice(end);
    shown = 0;
  };

  const cut = (steps: Step[], atEnd: boolean): void => {
    for (;;) {
      const lead = open.length - open.trimStart().length;
      if (lead === open.length) return;
      if (lead > 0) {
        show(steps, lead);
        open = open.slice(lead);
        shown = 0;
      }
      if (inCode || FENCE.test(open)) {
        const feed = open.indexOf('\n');
        if (feed === -1) return show(steps, open.length);
        close(steps, feed);
        continue;
      }
      const [first, second] = sentenceSpans(open);
      if (!first) return;
      const rest = open.slice(first.end);
      if (!second || !(atEnd || rest.startsWith('\n') || WORD_FOLLOWS.test(rest))) {
        // Up to the likely end; the white space after it belongs behind our marker.
        return show(steps, first.end);
      }
      close(steps, first.end);
    }
  };

  const decide = (atEnd: boolean): void => {
    const begun = !stripMarkers || atEnd || inCode ? null : MARKER_BEGUN.exec(raw);
    const decided = begun ? raw.slice(0, begun.index) : raw;
    raw = raw.slice(decided.length);
    open += stripMarkers && !inCode ? decided.replace(MARKER, '') : decided;
  };

  return {
    push(delta: string): Step[] {
      const steps: Step[] = [];
      // Line by line: whether the next one is code is known at the end of this one.
      for (const piece of delta.split(/(?<=\n)/u)) {
        raw += piece;
        decide(false);
        cut(steps, false);
      }
      return steps;
    },
    /** What was held back, and the end of the last sentence. */
    end(): Step[] {
      const steps: Step[] = [];
      decide(true);
      cut(steps, true);
      const end = open.trimEnd().length;
      if (end > 0) close(steps, end);
      return steps;
    },
  };
};
