import { basename, dirname } from 'node:path';
import { parentPort, workerData } from 'node:worker_threads';
import {
  AutoModel,
  AutoModelForSequenceClassification,
  AutoTokenizer,
  env,
  type PreTrainedModel,
  type PreTrainedTokenizer,
  type Tensor,
} from '@huggingface/transformers';
import type { EmbedWorkerData, FromEmbedWorker, ToEmbedWorker } from './messages.ts';

// onnxruntime computes on the thread that calls it: here, so that the process can stream an answer meanwhile.
const { task, folder, pooling, maxTokens, threads } = workerData as EmbedWorkerData;
const port = parentPort!;
const post = (message: FromEmbedWorker, transfer: ArrayBuffer[] = []) => port.postMessage(message, transfer);

env.allowRemoteModels = false;
env.allowLocalModels = true;
env.localModelPath = `${dirname(folder)}/`;

const load = async (): Promise<{ tokenizer: PreTrainedTokenizer; model: PreTrainedModel }> => {
  const name = basename(folder);
  const [tokenizer, model] = await Promise.all([
    AutoTokenizer.from_pretrained(name),
    (task === 'rerank' ? AutoModelForSequenceClassification : AutoModel).from_pretrained(name, {
      dtype: 'q8',
      device: 'cpu',
      // Threads that spin while they wait take the core from those that work: 13.0 -> 15.9 passages/s on two busy cores.
      session_options: { intraOpNumThreads: threads, extra: { session: { intra_op: { allow_spinning: '0' } } } },
    }),
  ]);
  return { tokenizer, model };
};

/** One vector of unit length per row: the mean of its tokens' states (padding left out), or the first token's state. */
const pool = (states: Float32Array, mask: BigInt64Array, [rows, tokens, width]: [number, number, number]): Float32Array => {
  const vectors = new Float32Array(rows * width);
  for (let row = 0; row < rows; row += 1) {
    const vector = vectors.subarray(row * width, (row + 1) * width);
    const counted = pooling === 'cls' ? 1 : tokens;
    for (let token = 0; token < counted; token += 1) {
      if (mask[row * tokens + token] === 0n) continue;
      const from = (row * tokens + token) * width;
      for (let column = 0; column < width; column += 1) vector[column] = vector[column]! + states[from + column]!;
    }
    let sum = 0;
    for (const value of vector) sum += value * value;
    // The mean's divisor falls out of the normalisation.
    const scale = sum > 0 ? 1 / Math.sqrt(sum) : 0;
    for (let column = 0; column < width; column += 1) vector[column] = vector[column]! * scale;
  }
  return vectors;
};

const { tokenizer, model } = await load();

const embed = async (texts: string[]): Promise<{ vectors: Float32Array; dimensions: number; tokens: number }> => {
  const input = tokenizer(texts, { padding: true, truncation: true, max_length: maxTokens }) as { attention_mask: Tensor };
  const { last_hidden_state: states } = (await model(input)) as { last_hidden_state: Tensor };
  const mask = input.attention_mask.data as BigInt64Array;
  const [rows, tokens, width] = states.dims as [number, number, number];
  const vectors = pool(states.data as Float32Array, mask, [rows, tokens, width]);
  states.dispose();
  return { vectors, dimensions: width, tokens: mask.reduce((sum, kept) => sum + Number(kept), 0) };
};

/** Each text beside the question through a cross-encoder: one logit a pair, as a share of 1. */
const score = async (query: string, texts: string[]): Promise<{ scores: Float32Array; tokens: number }> => {
  const input = tokenizer(
    texts.map(() => query),
    { text_pair: texts, padding: true, truncation: true, max_length: maxTokens },
  ) as { attention_mask: Tensor };
  const { logits } = (await model(input)) as { logits: Tensor };
  const [rows, width] = logits.dims as [number, number];
  if (rows !== texts.length || width !== 1) throw new Error(`it gives ${width} values for a pair, where a model that reranks gives one`);
  const scores = Float32Array.from(logits.data as Float32Array, (logit) => 1 / (1 + Math.exp(-logit)));
  logits.dispose();
  return { scores, tokens: (input.attention_mask.data as BigInt64Array).reduce((sum, kept) => sum + Number(kept), 0) };
};

const answer = async (message: ToEmbedWorker): Promise<void> => {
  try {
    if (message.type === 'count') {
      const { input_ids: ids } = tokenizer(message.text) as { input_ids: Tensor };
      post({ type: 'counted', id: message.id, count: ids.size });
      return;
    }
    if (message.type === 'score') {
      const { scores, tokens } = await score(message.query, message.texts);
      post({ type: 'scored', id: message.id, scores, tokens }, [scores.buffer as ArrayBuffer]);
      return;
    }
    const { vectors, dimensions, tokens } = await embed(message.texts);
    post({ type: 'embedded', id: message.id, vectors, dimensions, tokens }, [vectors.buffer as ArrayBuffer]);
  } catch (error) {
    post({ type: 'failed', id: message.id, message: error instanceof Error ? error.message : String(error) });
  }
};

// One after another: a batch has all threads already.
let tail = Promise.resolve();
port.on('message', (message: ToEmbedWorker) => {
  tail = tail.then(() => answer(message));
});
post({ type: 'ready' });
