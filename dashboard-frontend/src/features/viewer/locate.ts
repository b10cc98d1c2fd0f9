/** A place in a list of texts. */
export interface Place {
  part: number;
  offset: number;
}

/** Only letters and digits count: layout, hyphens and markup differ between a file and what was read from it. */
const counts = /[\p{L}\p{N}]/u;
const PIECE = 60;
const STEP = 30;

/**
 * Finds `needle` in texts that follow one another, across their borders and whatever their spaces and signs.
 * Of a needle that is not there as a whole, the first piece that is there is found. Returns where it starts and ends, or null.
 */
export const locate = (parts: readonly string[], needle: string): { start: Place; end: Place } | null => {
  let signs = '';
  const places: Place[] = [];
  for (const [part, text] of parts.entries()) {
    for (let offset = 0; offset < text.length; offset++) {
      const sign = text[offset] as string;
      if (!counts.test(sign)) continue;
      signs += sign.toLowerCase();
      // Lower case may be longer than the letter (İ): every sign of it stands at the same place.
      while (places.length < signs.length) places.push({ part, offset });
    }
  }
  const wanted = [...needle]
    .filter((sign) => counts.test(sign))
    .join('')
    .toLowerCase();
  if (wanted === '') return null;
  let found = wanted;
  let at = signs.indexOf(found);
  for (let from = 0; at === -1 && (from === 0 || from + PIECE <= wanted.length); from += STEP) {
    found = wanted.slice(from, from + PIECE);
    at = signs.indexOf(found);
  }
  if (at === -1) return null;
  const last = places[at + found.length - 1] as Place;
  return { start: places[at] as Place, end: { part: last.part, offset: last.offset + 1 } };
};
