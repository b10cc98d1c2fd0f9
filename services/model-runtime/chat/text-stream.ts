/** A token may hold only some of the bytes of a letter; more than this many without a whole one is no letter at all. */
const MAX_HELD_TOKENS = 6;
/** Tokens before, from which a tokenizer tells whether a space belongs between. */
const LOOK_BACK = 4;

/** Turns tokens into text, holding back those that do not yet make a whole letter. */
export const createTextStream = <Token>(detokenize: (tokens: readonly Token[], before: readonly Token[]) => string) => {
  let before: Token[] = [];
  let held: Token[] = [];
  return {
    push(token: Token): string {
      held.push(token);
      const text = detokenize(held, before);
      if (text.endsWith('\uFFFD') && held.length < MAX_HELD_TOKENS) return '';
      before = [...before, ...held].slice(-LOOK_BACK);
      held = [];
      return text;
    },
    flush(): string {
      const text = held.length > 0 ? detokenize(held, before) : '';
      held = [];
      return text;
    },
  };
};
