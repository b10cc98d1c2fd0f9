import type { PassageBox } from '../passages/types.ts';

/** What grounding needs of a passage; a found passage fits. */
export interface GroundingPassage {
  readonly passageId: string;
  readonly text: string;
  readonly page: number;
  readonly boxes: readonly PassageBox[];
  readonly filename?: string;
  readonly heading?: string | null;
  readonly language?: string;
}

export interface GroundingCheck {
  /** The sentence without the markers that the model wrote ([1], 【2】, (Source 3)). */
  readonly text: string;
  /** 0..1: how well the passage bears the sentence. */
  readonly support: number;
  /** The best passage, or null when the support is below the threshold or the sentence claims nothing. */
  readonly passageId: string | null;
  /** One or two sentences (or table rows) of the passage, literally; empty without a passage. */
  readonly quote: string;
  readonly boxes: readonly PassageBox[];
  /** Numbers of the sentence, as written, that stand in no passage. */
  readonly unsupportedNumbers: readonly string[];
  /** False for greetings, questions, code and the like, which need no source. */
  readonly claims: boolean;
}

export interface Grounder {
  /** Binds one sentence of an answer to the passage that bears it best. Never throws for odd text. */
  check(sentence: string): Promise<GroundingCheck>;
}
