import type { NearestPassage } from '#contracts';
import { excerptOf, type FoundPassage } from '#retrieval';
import type { Draft } from './draft.ts';

const MAX_NEAREST = 3;

/** Says that the documents do not answer, and shows what came closest without calling it a source. */
export const refuse = (draft: Draft, passages: readonly FoundPassage[], sentence: string): void => {
  draft.write(sentence);
  draft.refuse(
    passages.slice(0, MAX_NEAREST).map((passage): NearestPassage => {
      const { start, end } = excerptOf(passage);
      const boxes = passage.boxes.filter((box) => box.start < end && box.end > start);
      return {
        passageId: passage.passageId,
        documentId: passage.documentId,
        filename: passage.filename,
        page: boxes[0]?.page ?? passage.page,
        quote: passage.text.slice(start, end),
        boxes: boxes.map(({ page, x, y, w, h }) => ({ page, x, y, w, h })),
      };
    }),
  );
};
