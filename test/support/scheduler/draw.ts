import type { Measures } from './measure.ts';

const WIDTH = 760;
const LEFT = 230;
const BAR = 190;
const ROW = 44;
const TOP = 58;

const escape = (text: string) => text.replaceAll('&', '&amp;').replaceAll('<', '&lt;');

/** Two bars for each order: the share error (shorter is fairer) and the work done (longer is better). Reads on light and on dark. */
export const drawFairness = (all: readonly Measures[], best: Measures): string => {
  const height = TOP + all.length * ROW + 12;
  const rows = all.map((one, index) => {
    const y = TOP + index * ROW;
    const error = one.shareErrorP99;
    const done = one.busyShare / best.busyShare;
    const colour = index === 0 ? '#0d9488' : '#8a8580';
    const second = LEFT + BAR + 90;
    return [
      `<text x="${LEFT - 12}" y="${y + 17}" text-anchor="end" font-weight="${index === 0 ? 600 : 400}">${escape(one.policy)}</text>`,
      `<rect x="${LEFT}" y="${y + 4}" width="${Math.max(1.5, Math.min(1, error) * BAR).toFixed(1)}" height="18" rx="2" fill="${colour}"/>`,
      `<text x="${(LEFT + Math.min(1, error) * BAR + 8).toFixed(1)}" y="${y + 17}">${one.windows ? `${(error * 100).toFixed(error < 0.1 ? 1 : 0)} %` : 'nobody in backlog with a choice'}</text>`,
      `<rect x="${second}" y="${y + 4}" width="${(done * BAR * 0.8).toFixed(1)}" height="18" rx="2" fill="${colour}"/>`,
      `<text x="${(second + done * BAR * 0.8 + 8).toFixed(1)}" y="${y + 17}">${done.toFixed(2)}x</text>`,
    ].join('\n');
  });
  return [
    `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${WIDTH} ${height}" width="${WIDTH}" height="${height}" font-family="Inter, system-ui, sans-serif" font-size="13">`,
    '<title>Share error and work done, by order of service</title>',
    `<rect width="${WIDTH}" height="${height}" fill="#fbfaf8"/>`,
    '<g fill="#2b2926">',
    `<text x="${LEFT}" y="34" font-weight="600">Share error (99 of 100 windows)</text>`,
    `<text x="${LEFT + BAR + 90}" y="34" font-weight="600">Work done, of the best order</text>`,
    ...rows,
    '</g>',
    '</svg>',
    '',
  ].join('\n');
};
