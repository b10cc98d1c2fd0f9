import { join } from 'node:path';
import { AutoModel, AutoTokenizer, env, mean_pooling } from '@huggingface/transformers';
import { getLlama, LlamaLogLevel } from 'node-llama-cpp';
import { createSpareCores } from '../../services/model-runtime/chat/spare-cores.ts';
import { testModels, testModelsDir } from '../support/models.ts';
import { startTestRuntime, type TestRuntime } from '../support/runtime.ts';
import { defineBench, percentile, type Figure } from './bench.ts';

const PAIRS = 5;
const ANSWER_TOKENS = 32;
const PASSAGES = 32;
const RAW_BATCH = 8;

const WORDS = 'the pump valve shall be inspected every six months by a qualified person and the pressure recorded in the log of the plant'.split(' ');
const sentence = (words: number, seed: number): string => Array.from({ length: words }, (_, index) => WORDS[(index * 7 + seed * 5) % WORDS.length]).join(' ');
const passages = Array.from({ length: PASSAGES }, (_, index) => sentence(60 + ((index * 37) % 80), index));
const median = (values: readonly number[]): number => percentile(values, 0.5);

/** A prompt of some 450 tokens whose beginning is new each time, so that no state of an earlier call helps. */
const promptOf = (round: number): string => `Report ${round * 7919}. ${sentence(380, round)} Summarise the report.`;

/** Calls node-llama-cpp as its manual shows, with as many threads as pay at that moment. */
const openDirect = async (folder: string) => {
  const spare = createSpareCores();
  const llama = await getLlama({ gpu: false, build: 'never', skipDownload: true, progressLogs: false, logLevel: LlamaLogLevel.error, maxThreads: spare.cores });
  const model = await llama.loadModel({ modelPath: join(folder, testModels.chat.file) });
  const context = await model.createContext({ contextSize: 2_048, threads: { ideal: spare.cores, min: 1 } });
  const sequence = context.getSequence();
  return {
    async answer(round: number): Promise<{ firstMs: number; tokensPerSecond: number }> {
      await sequence.clearHistory();
      llama.maxThreads = spare.threads();
      const began = performance.now();
      const tokens = model.tokenize(`<|im_start|>user\n${promptOf(round)}<|im_end|>\n<|im_start|>assistant\n`, true);
      let first = 0;
      let count = 0;
      for await (const token of sequence.evaluate(tokens, { temperature: 0, yieldEogToken: true })) {
        model.detokenize([token]);
        count += 1;
        first ||= performance.now();
        if (count >= ANSWER_TOKENS) break;
      }
      return { firstMs: first - began, tokensPerSecond: ((count - 1) / (performance.now() - first)) * 1000 };
    },
    async close() {
      spare.close();
      await llama.dispose();
    },
  };
};

const answerThrough = async ({ client }: TestRuntime, round: number): Promise<{ firstMs: number; tokensPerSecond: number }> => {
  const began = performance.now();
  let first = 0;
  let count = 0;
  for await (const event of client.chat({ messages: [{ role: 'user', content: promptOf(round) }], maxTokens: ANSWER_TOKENS, temperature: 0 })) {
    if (event.type === 'done') count = event.usage.completionTokens;
    else first ||= performance.now();
  }
  return { firstMs: first - began, tokensPerSecond: ((count - 1) / (performance.now() - first)) * 1000 };
};

/** Embeds as transformers.js' manual shows, in batches of similar length. Returns passages per second. */
const openRawEmbedder = async (folder: string) => {
  env.allowRemoteModels = false;
  env.localModelPath = `${folder}/`;
  const tokenizer = await AutoTokenizer.from_pretrained(testModels.embed.id);
  const model = await AutoModel.from_pretrained(testModels.embed.id, { dtype: 'q8' });
  return async (): Promise<number> => {
    const sorted = passages.toSorted((a, b) => b.length - a.length);
    const began = performance.now();
    for (let at = 0; at < sorted.length; at += RAW_BATCH) {
      const input = tokenizer(sorted.slice(at, at + RAW_BATCH), { padding: true, truncation: true, max_length: 256 });
      const { last_hidden_state: states } = await model(input);
      mean_pooling(states, input.attention_mask).normalize(2, -1);
    }
    return (sorted.length / (performance.now() - began)) * 1000;
  };
};

const embedThrough = async ({ client }: TestRuntime): Promise<number> => {
  const began = performance.now();
  await client.embed(passages, { kind: 'passage', class: 'background' });
  return (PASSAGES / (performance.now() - began)) * 1000;
};

const chatFigures = async (folder: string, runtime: TestRuntime): Promise<Figure[]> => {
  const direct = await openDirect(folder);
  const pairs: { direct: Awaited<ReturnType<typeof answerThrough>>; through: Awaited<ReturnType<typeof answerThrough>> }[] = [];
  for (let round = 0; round <= PAIRS; round += 1) {
    const pair = { direct: await direct.answer(round), through: await answerThrough(runtime, round) };
    if (round > 0) pairs.push(pair); // the first warms both
  }
  await direct.close();
  const figure = (name: string, unit: string, pick: (one: { firstMs: number; tokensPerSecond: number }) => number): Figure => ({
    name,
    unit,
    value: median(pairs.map(({ through }) => pick(through))),
    reference: { name: 'node-llama-cpp called directly', value: median(pairs.map(({ direct: one }) => pick(one))) },
  });
  return [
    figure('writing an answer', 'tokens/s', ({ tokensPerSecond }) => tokensPerSecond),
    figure('prompt of 450 tokens to the first token', 'ms', ({ firstMs }) => firstMs),
  ];
};

const stopFigure = async (runtime: TestRuntime): Promise<Figure> => {
  const stops: number[] = [];
  for (let round = 0; round < PAIRS; round += 1) {
    const leaving = new AbortController();
    let stopped = 0;
    try {
      for await (const event of runtime.client.chat({ messages: [{ role: 'user', content: 'Count to 500.' }], temperature: 0 }, { signal: leaving.signal })) {
        if (event.type !== 'delta') continue;
        stopped = performance.now();
        leaving.abort(new Error('stop'));
      }
    } catch {
      // the abort's own reason
    }
    await runtime.runtime.slot.idle();
    stops.push(performance.now() - stopped);
  }
  return { name: 'stop pressed to model at rest, worst', value: Math.max(...stops), unit: 'ms', goal: { atMost: 200, text: '<= 200 ms' } };
};

export default defineBench({
  name: 'model runtime',
  about: `The two small test models on this processor, through HTTP against the libraries called directly, in turns (median of ${PAIRS} pairs).`,
  async measure() {
    const folder = await testModelsDir();
    const before = process.memoryUsage.rss();
    const runtime = await startTestRuntime();
    await runtime.runtime.warm('chat');
    const withChat = process.memoryUsage.rss();
    await runtime.runtime.warm('embed');
    const withBoth = process.memoryUsage.rss();
    const figures = await chatFigures(folder, runtime);
    figures.push(await stopFigure(runtime));
    const raw = await openRawEmbedder(folder);
    const rates: { raw: number; through: number }[] = [];
    for (let round = 0; round <= PAIRS; round += 1) {
      const pair = { raw: await raw(), through: await embedThrough(runtime) };
      if (round > 0) rates.push(pair);
    }
    figures.push({
      name: 'embedding passages of 70-160 tokens, as an upload does',
      value: median(rates.map(({ through }) => through)),
      unit: 'passages/s',
      reference: { name: 'transformers.js called directly, batches of 8 by length', value: median(rates.map(({ raw: one }) => one)) },
      goal: { atLeast: 0.9, text: '>= 0.9x' },
    });
    figures.push({ name: 'memory: chat model (135 M, 2,048 tokens of context)', value: (withChat - before) / 1e6, unit: 'MB' });
    figures.push({ name: 'memory: embedding model (MiniLM)', value: (withBoth - withChat) / 1e6, unit: 'MB' });
    await runtime.close();
    return figures;
  },
});
