import type { ChatEngine } from '../chat/engine.ts';
import type { Slot } from '../chat/slot.ts';
import type { Lane } from '../embed/lane.ts';
import type { Residency } from '../residency.ts';
import { chatHandler } from './chat.ts';
import { embeddingsHandler } from './embeddings.ts';
import { rerankHandler } from './rerank.ts';
import { readBody, sendJson, type Handlers } from './http.ts';
import { modelBody, tokenizeBody } from './wire.ts';

/** A model that can be used now. */
export interface ReadyModel {
  id: string;
  purpose: 'chat' | 'embed' | 'rerank';
  contextTokens: number;
  active: boolean;
  /** SHA-256 of its weights; null for one that somebody put here. */
  digest: string | null;
}

export interface RuntimeParts {
  readyModels: () => ReadyModel[];
  residency: Residency;
  engine: Pick<ChatEngine, 'device'>;
  slot: Slot;
  lane: Lane;
}

/** Everything that the runtime answers to. */
export const runtimeHandlers = ({ readyModels, residency, engine, slot, lane }: RuntimeParts): Handlers => {
  const load = async (id: string): Promise<void> => {
    const known = readyModels().find((model) => model.id === id);
    if (known?.purpose === 'rerank') await residency.withRerank(id, async () => undefined);
    else if (known?.purpose !== 'embed') {
      const giveBack = await slot.take();
      try {
        await residency.withChat(id, async () => undefined);
      } finally {
        giveBack();
      }
    } else await residency.withEmbed(id, async () => undefined);
  };

  return {
    'POST /v1/chat/completions': chatHandler({ residency, slot }),
    'POST /v1/embeddings': embeddingsHandler({ residency, lane }),
    'POST /v1/rerank': rerankHandler({ residency, lane }),
    async 'GET /v1/models'({ response }) {
      const loaded = new Set(residency.loaded().map(({ id }) => id));
      sendJson(response, {
        object: 'list',
        data: readyModels().map(({ id, purpose, contextTokens, active, digest }) => ({
          id,
          object: 'model',
          created: 0,
          owned_by: 'arasul',
          purpose,
          active,
          digest,
          max_model_len: contextTokens,
          loaded: loaded.has(id),
        })),
      });
    },
    /** Tokens of a text, or of messages with the chat template around them. */
    async 'POST /v1/tokenize'({ request, response }) {
      const body = await readBody(request, tokenizeBody);
      const isEmbed = readyModels().some(({ id, purpose }) => id === body.model && purpose === 'embed');
      const count =
        'input' in body && isEmbed
          ? await residency.withEmbed(body.model, (model) => model.countTokens(body.input))
          : await residency.withChat(body.model, async (model) => model.countTokens('input' in body ? body.input : body.messages));
      sendJson(response, { count });
    },
    async 'GET /health'({ response }) {
      sendJson(response, { status: 'ok', device: engine.device(), loaded: residency.loaded(), waiting: slot.length, rssBytes: process.memoryUsage.rss() });
    },
    async 'POST /internal/load'({ request, response }) {
      await load((await readBody(request, modelBody)).model);
      sendJson(response, { loaded: residency.loaded() });
    },
    async 'POST /internal/unload'({ request, response }) {
      await residency.unload((await readBody(request, modelBody)).model);
      sendJson(response, { loaded: residency.loaded() });
    },
  };
};
