const MAX_LETTERS = 60;

/** A conversation's name made from its first question: the first line, cut between words. */
export const titleFrom = (question: string): string => {
  const line = question.trim().split('\n', 1)[0]!.replace(/\s+/gu, ' ').trim();
  if (line.length <= MAX_LETTERS) return line;
  const cut = line.slice(0, MAX_LETTERS);
  const space = cut.lastIndexOf(' ');
  return `${cut.slice(0, space > MAX_LETTERS / 2 ? space : MAX_LETTERS).replace(/[\uD800-\uDBFF]$|[\s,;:.–-]+$/u, '')}…`;
};
