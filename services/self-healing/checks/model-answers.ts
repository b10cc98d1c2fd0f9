import { defineCheck } from '../types.ts';

/** Past this, people have given up waiting for a first word. */
const SLOW_MS = 90_000;

/** One word through the queue, as everybody's questions go, from a model that is in memory already: a look must load nothing. */
export const modelAnswers = defineCheck({
  id: 'model.answers',
  everyMs: 10 * 60_000,
  after: 2,
  slow: true,
  timeoutMs: SLOW_MS + 5_000,
  async look({ database, runtime, held, askModel }, signal) {
    const line = await database.db.selectFrom('llm_line').select('paused_at').executeTakeFirst();
    if (line?.paused_at) return { skipped: 'The line was paused by a person.' };
    if ((await held()).has('model-runtime')) return { skipped: 'The model runtime was stopped by a person.' };
    const models = await runtime.models({ signal }).catch(() => null);
    if (models === null) return { skipped: 'The model runtime is away, which is another check’s to tell.' };
    const chat = models.find(({ purpose, active }) => purpose === 'chat' && active !== false);
    if (!chat) return { skipped: 'There is no chat model.' };
    if (chat.loaded === false) return { skipped: 'The chat model is not in memory.' };
    try {
      await askModel(AbortSignal.any([signal, AbortSignal.timeout(SLOW_MS)]));
      return [];
    } catch (error) {
      signal.throwIfAborted();
      const reason = error instanceof Error ? error.message : String(error);
      return [
        {
          subject: 'model-runtime',
          severity: 'CRITICAL' as const,
          description: `The model ${chat.id} does not answer a question of one word: ${reason}`,
          evidence: { model: chat.id, reason },
        },
      ];
    }
  },
});
