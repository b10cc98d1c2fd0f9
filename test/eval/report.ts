import type { AbstentionReport } from './abstention.ts';
import type { EvalReport } from './main.ts';

const cell = (value: number): string => value.toFixed(3).replace(/^0/u, '');
const row = (name: string, cells: readonly string[]): string => `| ${[name, ...cells].join(' | ')} |`;
const abstentionRows = (set: string, { refused }: AbstentionReport): string[] =>
  Object.entries(refused).map(([kind, { questions, fitted, builtIn }]) => row(set, [kind, String(questions), cell(fitted), cell(builtIn)]));
const COLUMNS = ['page_recall@1', 'page_recall@5', 'page_recall@10', 'page_recall@20'] as const;

/** The table by stage, the reference first when it ran. */
export const toMarkdown = (report: EvalReport): string => {
  const { baseline, financebench, cranfield, grounding, abstention } = report;
  const reference =
    baseline === null
      ? []
      : (['bm25', 'dense', 'rrf'] as const).map((method) =>
          row(`reference: ${method}`, [
            ...COLUMNS.map((column) => cell(baseline.financebench[method][column]!)),
            '',
            cell(baseline.cranfield[method]['ndcg@10']!),
          ]),
        );
  const stages = Object.entries(financebench.stages).map(([name, measured]) =>
    row(name, [...COLUMNS.map((column) => cell(measured[column])), cell(measured.mrr), cell(cranfield.stages[name]!['ndcg@10'])]),
  );
  return `# Retrieval and grounding, measured

Made by \`npm run eval\`, which runs the reference (plain BM25, the same embedding model, reciprocal-rank fusion of both) and the product's own
passages, index and fusion over the same files. FinanceBench: ${financebench.questions} questions over 17 filings; a question counts when a page of its evidence is among the first
k distinct pages of the whole corpus. Cranfield: ${cranfield.queries} questions over 1,400 abstracts with graded judgments. Model: ${report.model}, int8. Why each
stage is as it is: [adr/](adr/).${baseline === null ? ' The reference was left out of this run.' : ''}${report.reranker === null ? ' No model that reranks was in the models folder; that stage is off ([ADR 16](adr/0016-reranking.md)).' : ''}

| stage | FinanceBench page recall @1 | @5 | @10 | @20 | MRR | Cranfield nDCG@10 |
|---|---|---|---|---|---|---|
${[...reference, ...stages].join('\n')}

${financebench.passages} passages of filings, ${cranfield.passages} of abstracts. Thirty-seven questions are few: one question is .027.

## Refusing what the documents do not answer

The threshold is fitted to questions made by rule of the set's own passages, as a box does it each night, and to questions of other fields; it is held
here against real questions. Of its own questions few should be refused, of the others most. Fitted: ${abstention.filings.threshold} for the filings, ${abstention.abstracts.threshold} for the
abstracts; built in for boxes with too few passages: ${abstention.filings.builtIn}.

| documents | questions | number | refused, fitted | refused, built in |
|---|---|---|---|---|
${[...abstentionRows('filings', abstention.filings), ...abstentionRows('abstracts', abstention.abstracts)].join('\n')}

## Grounding

${grounding.statements} sentences taken out of the filings, checked against the eight passages that a search for them finds.

| what was done to the sentence | outcome |
|---|---|
| nothing | ${cell(grounding.verbatimRight)} bound to its page |
| a quarter of its words dropped | ${cell(grounding.shortenedRight)} bound to its page |
| its passage taken away | ${cell(grounding.foreignBound)} bound to another passage (filings repeat themselves: most of these do say the same) |
| one number changed | ${cell(grounding.changedNumberPassed)} passed without a remark |

Of all citations made while the source was there, ${cell(grounding.citationPrecision)} name its page.
`;
};
