import { parentPort } from 'node:worker_threads';
import type { EngineAnswer, EngineCall } from './engine.ts';
import { createSearchIndex } from './search-index.ts';

const index = createSearchIndex();

parentPort?.on('message', ({ id, name, args }: EngineCall) => {
  let answer: EngineAnswer;
  try {
    answer = { id, value: (index[name] as (...given: readonly unknown[]) => unknown)(...args) };
  } catch (error) {
    answer = { id, error };
  }
  parentPort?.postMessage(answer);
});
