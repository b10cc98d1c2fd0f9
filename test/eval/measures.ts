import type { GradedQuery, PageQuestion } from './corpora.ts';

export type PageRecall = Record<'page_recall@1' | 'page_recall@5' | 'page_recall@10' | 'page_recall@20', number>;

const round = (value: number, digits: number): number => Number(value.toFixed(digits));

/** Share of questions with a page of their evidence among the first k distinct pages. Pages are `document#page`. */
export const pageRecall = (questions: readonly PageQuestion[], rankings: readonly (readonly string[])[]): PageRecall => {
  const at = (k: number): number => {
    const hits = questions.filter(({ evidence }, q) => {
      const first = new Set(rankings[q]!.slice(0, k));
      return evidence.some(({ document, page }) => first.has(`${document}#${page}`));
    });
    return round(hits.length / questions.length, 3);
  };
  return { 'page_recall@1': at(1), 'page_recall@5': at(5), 'page_recall@10': at(10), 'page_recall@20': at(20) };
};

/** Mean reciprocal rank of the first page of the evidence. */
export const meanReciprocalRank = (questions: readonly PageQuestion[], rankings: readonly (readonly string[])[]): number => {
  const sum = questions.reduce((total, { evidence }, q) => {
    const wanted = new Set(evidence.map(({ document, page }) => `${document}#${page}`));
    const place = rankings[q]!.findIndex((page) => wanted.has(page));
    return total + (place === -1 ? 0 : 1 / (place + 1));
  }, 0);
  return round(sum / questions.length, 3);
};

const discounted = (gains: readonly number[]): number => gains.slice(0, 10).reduce((sum, gain, place) => sum + gain / Math.log2(place + 2), 0);

/** Mean nDCG@10 with graded gains (Järvelin and Kekäläinen 2002). */
export const ndcg10 = (queries: readonly GradedQuery[], rankings: readonly (readonly number[])[]): number => {
  const sum = queries.reduce((total, { gains }, q) => {
    const best = discounted([...gains.values()].sort((a, b) => b - a));
    return total + (best === 0 ? 0 : discounted(rankings[q]!.map((document) => gains.get(document) ?? 0)) / best);
  }, 0);
  return round(sum / queries.length, 4);
};
