export interface StopFilter {
  /** What may be shown now; `stopped` once a stop string was met, which is never shown. */
  push(text: string): { text: string; stopped: boolean };
  /** What was held back in case it began a stop string, at the end of the answer. */
  flush(): string;
}

/** Lets text through up to the first of `stops`, holding back only an end that may become one. */
export const createStopFilter = (stops: readonly string[]): StopFilter => {
  let held = '';
  return {
    push(text) {
      held += text;
      const at = stops.map((stop) => held.indexOf(stop)).filter((index) => index >= 0);
      if (at.length > 0) {
        const shown = held.slice(0, Math.min(...at));
        held = '';
        return { text: shown, stopped: true };
      }
      const keep = longestBeginning(held, stops);
      const shown = held.slice(0, held.length - keep);
      held = held.slice(held.length - keep);
      return { text: shown, stopped: false };
    },
    flush() {
      const rest = held;
      held = '';
      return rest;
    },
  };
};

/** Length of the longest end of `text` that some stop string begins with. */
const longestBeginning = (text: string, stops: readonly string[]): number => {
  let longest = 0;
  for (const stop of stops) {
    for (let length = Math.min(stop.length - 1, text.length); length > longest; length -= 1) {
      if (text.endsWith(stop.slice(0, length))) longest = length;
    }
  }
  return longest;
};
