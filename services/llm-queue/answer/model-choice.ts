import type { RuntimeModel } from '#clients';
import { AppError } from '#kit';

export interface ChosenModel {
  id: string;
  /** Its window. */
  contextTokens: number;
  /** SHA-256 of its weights, where the runtime tells. */
  digest: string | null;
}

/** What a runtime that does not say is taken to read: the least that current servers start with. */
const ASSUMED_CONTEXT_TOKENS = 4_096;

/**
 * The model that answers: the one that is asked for, else the active one, else the one that the settings name, else the
 * first. Null when the runtime has no chat model. Errors: `model_unknown` for one that is asked for and not there.
 */
export const chooseModel = (models: readonly RuntimeModel[], { asked, preferred }: { asked?: string; preferred?: string }): ChosenModel | null => {
  const chat = models.filter(({ purpose }) => purpose === 'chat' || purpose === null);
  const named = (id: string | undefined) => (id ? chat.find((model) => model.id === id) : undefined);
  if (asked && !named(asked)) {
    throw new AppError('model_unknown', {
      message: `The model “${asked}” is not here. There ${chat.length === 0 ? 'is none' : `are: ${chat.map(({ id }) => id).join(', ')}`}.`,
    });
  }
  const model = named(asked) ?? chat.find(({ active }) => active) ?? named(preferred) ?? chat[0];
  return model ? { id: model.id, contextTokens: model.contextTokens ?? ASSUMED_CONTEXT_TOKENS, digest: model.digest } : null;
};
