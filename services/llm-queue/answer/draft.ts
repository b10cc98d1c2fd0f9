import type { Answer, JobEvent } from '#answers';
import type { Box, Citation, NearestPassage } from '#contracts';

/** What a citation needs to know of the passage that it points at. */
export interface Source {
  passageId: string;
  documentId: string;
  filename: string;
  page: number;
}

export interface Evidence {
  source: Source;
  /** Literally from the passage. */
  quote: string;
  boxes: readonly Box[];
  /** 0..1 */
  support: number;
}

/** Half a surrogate pair or a NUL, as a small model may make them, can be stored by no text column. */
const storable = (text: string): string =>
  text.replaceAll('\0', '').replace(/[\uD800-\uDBFF](?![\uDC00-\uDFFF])|(?<![\uD800-\uDBFF])[\uDC00-\uDFFF]/gu, '\uFFFD');

/**
 * An answer while it is written. Whatever is added is told as events in the same order, so that the texts of all token
 * events, joined, are the content.
 */
export const createDraft = (emit: (event: JobEvent) => void) => {
  let content = '';
  const citations: Citation[] = [];
  const unsupported: [number, number][] = [];
  const doubtfulNumbers: [number, number][] = [];
  let nearest: readonly NearestPassage[] | undefined;

  const write = (text: string): void => {
    // Some chat templates make the model begin with a blank.
    const clean = storable(content === '' ? text.trimStart() : text);
    if (clean === '') return;
    content += clean;
    emit({ event: 'token', data: { text: clean } });
  };

  /** The same words of the same passage keep their number; a claim that they bear less well lowers the support shown. */
  const citationFor = ({ source, quote, boxes, support }: Evidence): Citation => {
    const known = citations.find((one) => one.passageId === source.passageId && one.quote === quote);
    if (known) {
      known.support = Math.min(known.support, support);
      return { ...known, support };
    }
    const citation: Citation = {
      marker: citations.length + 1,
      documentId: source.documentId,
      filename: source.filename,
      page: boxes[0]?.page ?? source.page,
      passageId: source.passageId,
      boxes: boxes.map(({ page, x, y, w, h }) => ({ page, x, y, w, h })),
      quote,
      support,
    };
    citations.push(citation);
    return { ...citation };
  };

  /** Where numbers stand in what was written since `start`; they come in the order of the text. */
  const doubtNumbers = (start: number, numbers: readonly string[]): { doubtfulNumbers?: [number, number][] } => {
    let from = start;
    const ranges = numbers.flatMap((written): [number, number][] => {
      const at = content.indexOf(written, from);
      if (at === -1) return [];
      from = at + written.length;
      return [[at, from]];
    });
    doubtfulNumbers.push(...ranges);
    return ranges.length === 0 ? {} : { doubtfulNumbers: ranges };
  };

  return {
    get content() {
      return content;
    },
    get citations(): readonly Citation[] {
      return citations;
    },
    write,
    /** Binds what was written since `start` to its evidence, and puts the number behind it. `numbers` of it stand in no passage. */
    cite(start: number, evidence: Evidence, numbers: readonly string[] = []): void {
      const end = content.length;
      const doubtful = doubtNumbers(start, numbers);
      const citation = citationFor(evidence);
      write(` [${citation.marker}]`);
      emit({ event: 'citation', data: { citation, start, end, unsupported: false, ...doubtful } });
    },
    /** Records that nothing bears what was written since `start`. */
    doubt(start: number, numbers: readonly string[] = []): void {
      unsupported.push([start, content.length]);
      emit({ event: 'citation', data: { citation: null, start, end: content.length, unsupported: true, ...doubtNumbers(start, numbers) } });
    },
    /** Records that the documents do not answer, and what came closest. */
    refuse(passages: readonly NearestPassage[]): void {
      nearest = passages;
    },
    /** The answer as far as it came. */
    toAnswer(rest: Pick<Answer, 'answeredBy' | 'model' | 'timings'> & Partial<Answer>): Answer {
      return {
        content,
        citations: citations.map((one) => ({ ...one })),
        unsupported: [...unsupported],
        doubtfulNumbers: [...doubtfulNumbers],
        refused: nearest !== undefined,
        nearest: [...(nearest ?? [])],
        grounded: citations.length > 0 && unsupported.length === 0 && doubtfulNumbers.length === 0,
        ...rest,
      };
    },
  };
};

export type Draft = ReturnType<typeof createDraft>;
