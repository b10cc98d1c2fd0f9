import { encodeVector } from '#clients';
import { planBatches } from '../embed/batch-plan.ts';
import type { Lane } from '../embed/lane.ts';
import type { LoadedEmbedModel } from '../embed/model.ts';
import type { Residency } from '../residency.ts';
import type { WorkClass } from '../work-class.ts';
import { readBody, sendJson, type Handler } from './http.ts';
import { embeddingsBody } from './wire.ts';

interface Needs {
  residency: Residency;
  lane: Lane;
}

/** Beyond this many letters per token no text of any language fills a model's window; used to plan batches only. */
export const LETTERS_PER_TOKEN = 5;

/** `POST /v1/embeddings`. Batches of a call run as the lane lets them; the header `x-arasul-class: background` makes them wait for people. */
export const embeddingsHandler =
  ({ residency, lane }: Needs): Handler =>
  async ({ request, response, signal }) => {
    const { model: asked, input, encoding_format: format, input_type: kind } = await readBody(request, embeddingsBody);
    const workClass: WorkClass = request.headers['x-arasul-class'] === 'background' ? 'background' : 'interactive';
    await residency.withEmbed(asked, async (model) => {
      const prefix = kind ? (model.spec.prefixes?.[kind] ?? '') : '';
      const { vectors, tokens } = await embedAll(model, prefix ? input.map((text) => prefix + text) : input, (work) => lane.add(workClass, work, signal));
      sendJson(response, {
        object: 'list',
        model: model.spec.id,
        data: vectors.map((vector, index) => ({ object: 'embedding', index, embedding: format === 'base64' ? encodeVector(vector) : Array.from(vector) })),
        usage: { prompt_tokens: tokens, total_tokens: tokens },
      });
    });
  };

type InTurn = <T>(work: () => Promise<T>) => Promise<T>;

const embedAll = async (model: LoadedEmbedModel, texts: readonly string[], inTurn: InTurn): Promise<{ vectors: Float32Array[]; tokens: number }> => {
  const vectors = new Array<Float32Array>(texts.length);
  let tokens = 0;
  for (const batch of planBatches(texts, { maxLetters: model.spec.maxTokens * LETTERS_PER_TOKEN })) {
    const done = await inTurn(() => model.embed(batch.map((index) => texts[index]!)));
    tokens += done.tokens;
    for (const [row, index] of batch.entries()) vectors[index] = done.vectors.subarray(row * done.dimensions, (row + 1) * done.dimensions);
  }
  return { vectors, tokens };
};
