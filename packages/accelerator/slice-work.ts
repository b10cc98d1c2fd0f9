import { SLICE_MS } from '#answers';
import type { Embeddings, ModelRuntime } from '#clients';
import { AppError } from '#kit';
import type { TakeTurn } from './turn-taker.ts';

/** On whose account, and how urgent. */
export interface SliceOwner {
  class: 'agent' | 'background';
  /** Null: the box itself. */
  userId: number | null;
}

interface Needs {
  embed: ModelRuntime['embed'];
  takeTurn: TakeTurn;
}

/** A slice is planned to take less than it may, because the next texts may be slower than the last ones. */
const PLANNED_SHARE = 0.6;
/** While nothing was measured: a small embedder on a slow box. */
const UNMEASURED_MS_PER_LETTER = 0.5;
/** What a text costs beyond its letters. */
const LETTERS_PER_TEXT = 40;
/** The newest slice weighs a third: the pace changes when the machine throttles. */
const NEWEST_WEIGHT = 1 / 3;

const lengthOf = (texts: readonly string[]): number => texts.reduce((sum, text) => sum + text.length + LETTERS_PER_TEXT, 0);

/** Embeds in slices of what fits into the time that a slice may take, by the pace of those before. */
export const createSliceWork = ({ embed, takeTurn }: Needs) => {
  let msPerLetter = UNMEASURED_MS_PER_LETTER;

  const nextSlice = (texts: readonly string[], from: number, plannedMs: number): string[] => {
    const slice: string[] = [];
    for (let at = from, ms = 0; at < texts.length; at += 1) {
      ms += lengthOf([texts[at]!]) * msPerLetter;
      if (slice.length > 0 && ms > plannedMs) break;
      slice.push(texts[at]!);
    }
    return slice;
  };

  return async (texts: readonly string[], owner: SliceOwner, { model, signal }: { model?: string; signal?: AbortSignal } = {}): Promise<Embeddings> => {
    const answer: Embeddings = { model: model ?? '', dimensions: 0, vectors: [] };
    while (answer.vectors.length < texts.length) {
      const slice = nextSlice(texts, answer.vectors.length, SLICE_MS * PLANNED_SHARE);
      const estimateMs = lengthOf(slice) * msPerLetter;
      const part = await takeTurn({ ...owner, estimateMs }, signal, async () => {
        const from = performance.now();
        const made = await embed(slice, { kind: 'passage', class: owner.class === 'background' ? 'background' : 'interactive', model, signal });
        msPerLetter += NEWEST_WEIGHT * ((performance.now() - from) / lengthOf(slice) - msPerLetter);
        return made;
      });
      // The active model may change between two slices; vectors of two models must not meet.
      if (answer.vectors.length > 0 && part.model !== answer.model)
        throw new AppError('model_stopped', { message: 'The embedding model was changed in mid-work; embed these texts again.' });
      answer.model = part.model;
      answer.vectors.push(...part.vectors);
    }
    answer.dimensions = answer.vectors[0]?.length ?? 0;
    return answer;
  };
};
