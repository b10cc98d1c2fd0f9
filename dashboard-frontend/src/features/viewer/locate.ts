/** A place in a list of texts. */
export interface Place {
  part: number;
  offset: number;
}

/** Only letters and digits count: layout, hyphens and markup differ between a file and what was read from it. */
const counts = /[\p{L}\p{N}]/u;
const BEGINNING = 60;

/**
 * Finds `needle` in texts that follow one another, across their borders and whatever their spaces and signs.
 * A needle that is not there as a whole is looked for by its beginning. Returns where it starts and ends, or null.
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
  const whole = signs.indexOf(wanted);
  const at = whole === -1 ? signs.indexOf(wanted.slice(0, BEGINNING)) : whole;
  if (at === -1) return null;
  const last = places[Math.min(at + (whole === -1 ? Math.min(wanted.length, BEGINNING) : wanted.length), signs.length) - 1] as Place;
  return { start: places[at] as Place, end: { part: last.part, offset: last.offset + 1 } };
};
