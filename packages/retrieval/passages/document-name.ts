/** How a compound of a file name is written in the text must be seen this often to be believed. */
const MIN_SEEN = 2;
const MAX_SAMPLE_CHARS = 200_000;

const extension = /\.[a-z0-9]{1,5}$/iu;

/** file_name-Q22023.pdf -> ["file", "name", "Q2", "2023"] */
const partsOf = (filename: string): string[] =>
  filename
    .replace(extension, '')
    .replace(/(\p{Ll})(\p{Lu})/gu, '$1 $2')
    .replace(/((?:19|20)\d\d)(?=\p{L})/gu, '$1 ')
    .replace(/(\p{L}{2,}|Q[1-4]|H[12])((?:19|20)\d\d)(?!\d)/gu, '$1 $2')
    .split(/[\s_.,;+()[\]]+|-(?=\D)|(?<=\D)-/u)
    .filter((part) => part !== '');

/** File names that scanners, cameras and browsers give. */
const GENERIC =
  /^(?:scan|scanned|document|doc|dokument|untitled|unbenannt|download|img|image|file|datei|new|neu|copy|kopie|page|seite|attachment|anhang|print)$/iu;
const MAX_TITLE_CHARS = 80;

/**
 * A document's name as a person would say it: separators become spaces, and words that the file name runs together are
 * written as the text writes them ("BESTBUY_2024Q2_10Q.pdf" -> "Best Buy 2024 Q2 10-Q"), because questions use that spelling.
 */
const readableName = (filename: string, text: string): string => {
  const sample = text.slice(0, MAX_SAMPLE_CHARS);
  const spelling = (part: string): string => {
    if (part.length < 4 && !/\d/u.test(part)) return part;
    if (/^\d+$/u.test(part) || /[^\p{L}\p{N}]/u.test(part)) return part;
    // The letters in order, with at most one separator between two of them and an upper-case start: "Best Buy", "10-K", "MGM Resorts".
    const pattern = new RegExp(`(?<![\\p{L}\\d])${[...part].join("[ \\-’']?")}(?![\\p{L}\\d])`, 'giu');
    const seen = new Map<string, number>();
    for (const [found] of sample.matchAll(pattern)) {
      if (found !== found.toUpperCase() || found.toLowerCase() !== part.toLowerCase()) seen.set(found, (seen.get(found) ?? 0) + 1);
    }
    const [best, count] = [...seen].sort((a, b) => b[1] - a[1])[0] ?? [part, 0];
    return count >= MIN_SEEN ? best : part;
  };
  return partsOf(filename).map(spelling).join(' ');
};

/** Whether a title is more than a filing number or a program's default. */
const isTelling = (title: string): boolean => (title.match(/\p{L}{3,}/gu)?.length ?? 0) >= 2;

/**
 * What a document is called in front of each of its passages: its file name, made readable. The title of its metadata is taken
 * only when the file name says nothing: added to good file names it lost three questions of 37 (it brings dates and numbers of its own).
 */
export const documentLabel = (filename: string, title: string | undefined, text: string): string => {
  const name = readableName(filename, text);
  const says = (name.match(/\p{L}{3,}/gu) ?? []).some((word) => !GENERIC.test(word));
  return says || title === undefined || !isTelling(title) ? name : title.slice(0, MAX_TITLE_CHARS);
};
