import { randomBytes } from 'node:crypto';
import { join } from 'node:path';
import type { ModelRuntime } from '#clients';
import { AppError, silentLogger } from '#kit';
import { createOpenAiRuntime } from '../../packages/clients/model-runtime/openai-runtime.ts';
import { startRuntime, type Runtime } from '../../services/model-runtime/runtime.ts';
import { testModels, testModelsDir } from './models.ts';

export interface TestRuntime {
  url: string;
  token: string;
  client: ModelRuntime;
  runtime: Runtime;
  close(): Promise<void>;
}

/** The real runtime in this process, with the two small real models. */
export const startTestRuntime = async ({
  contextTokens = 2_048,
  rerank,
}: { contextTokens?: number; rerank?: { id: string; folder: string } } = {}): Promise<TestRuntime> => {
  const folder = await testModelsDir();
  const token = randomBytes(16).toString('hex');
  const runtime = await startRuntime({
    shelf: {
      chatSpec: () => ({ id: testModels.chat.id, path: join(folder, testModels.chat.file), contextTokens }),
      embedSpec: () => ({ id: testModels.embed.id, folder: join(folder, testModels.embed.id), pooling: 'mean', maxTokens: 256 }),
      rerankSpec() {
        if (rerank === undefined) throw new AppError('model_not_ready', { message: 'There is no rerank model on this machine yet.' });
        return { ...rerank, maxTokens: 256 };
      },
      readyModels: () => [
        { id: testModels.chat.id, purpose: 'chat', contextTokens, active: true, digest: null },
        { id: testModels.embed.id, purpose: 'embed', contextTokens: 256, active: true, digest: null },
        ...(rerank === undefined ? [] : [{ id: rerank.id, purpose: 'rerank' as const, contextTokens: 256, active: true, digest: null }]),
      ],
    },
    host: '127.0.0.1',
    port: 0,
    token,
    unloadAfterMs: () => 0,
    log: silentLogger,
  });
  const url = `http://127.0.0.1:${runtime.port}`;
  return { url, token, runtime, client: createOpenAiRuntime({ target: () => ({ url, token, dialect: 'arasul' }) }), close: () => runtime.close() };
};
