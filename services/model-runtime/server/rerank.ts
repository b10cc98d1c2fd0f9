import { planBatches } from '../embed/batch-plan.ts';
import type { Lane } from '../embed/lane.ts';
import type { Residency } from '../residency.ts';
import { LETTERS_PER_TOKEN } from './embeddings.ts';
import { readBody, sendJson, type Handler } from './http.ts';
import { rerankBody } from './wire.ts';

interface Needs {
  residency: Residency;
  lane: Lane;
}

/** `POST /v1/rerank`, in the shape that Cohere, Jina, llama.cpp's server and vLLM share: how well each document answers the query, best first. */
export const rerankHandler =
  ({ residency, lane }: Needs): Handler =>
  async ({ request, response, signal }) => {
    const { model: asked, query, documents, top_n: most, return_documents: withText } = await readBody(request, rerankBody);
    await residency.withRerank(asked, async (model) => {
      const scores = new Array<number>(documents.length);
      let tokens = 0;
      // What a pair costs is the question's length as well.
      const pairs = documents.map((text) => `${query} ${text}`);
      for (const batch of planBatches(pairs, { maxLetters: model.spec.maxTokens * LETTERS_PER_TOKEN })) {
        const texts = batch.map((index) => documents[index]!);
        const done = await lane.add('interactive', () => model.score(query, texts), signal);
        tokens += done.tokens;
        for (const [row, index] of batch.entries()) scores[index] = done.scores[row]!;
      }
      const results = scores
        .map((score, index) => ({ index, relevance_score: score, ...(withText ? { document: { text: documents[index]! } } : {}) }))
        .sort((a, b) => b.relevance_score - a.relevance_score || a.index - b.index)
        .slice(0, most ?? documents.length);
      sendJson(response, { object: 'list', model: model.spec.id, results, usage: { prompt_tokens: tokens, total_tokens: tokens } });
    });
  };
