import { AppError, type Clock, type Logger } from '#kit';
import type { Held } from '#admission';
import type { Admit } from './admission.ts';
import type { ChatEngine, ChatModelSpec, LoadedChatModel } from './chat/engine.ts';
import { loadEmbedModel, loadRerankModel, type EmbedModelSpec, type LoadedEmbedModel, type LoadedRerankModel, type RerankModelSpec } from './embed/model.ts';

/** Finds what is on disk. Errors: `model_unknown`, `model_not_ready`. */
export interface Shelf {
  chatSpec(id?: string): ChatModelSpec;
  embedSpec(id?: string): EmbedModelSpec;
  rerankSpec(id?: string): RerankModelSpec;
}

interface Resident<Model> {
  model: Promise<Model>;
  /** The same once it is there. */
  ready?: Model;
  usedAt: number;
  /** Calls that use it now: it is not unloaded under them. */
  users: number;
}

interface Needs {
  shelf: Shelf;
  engine: ChatEngine;
  clock: Clock;
  log: Logger;
  /** Milliseconds after which an unused model leaves the memory; 0 keeps it. Asked each time. */
  unloadAfterMs: () => number;
  /** Refuses what does not fit; absent: everything may be tried. */
  admit?: Admit;
}

/** While a new embedding model fills its index, the old one still answers searches. */
const MOST_EMBED_MODELS = 2;

export interface LoadedModel {
  id: string;
  purpose: 'chat' | 'embed' | 'rerank';
  idleMs: number;
}

/** Which models are in memory: loaded at first use, kept while used, let go when idle or in the way. */
export const createResidency = ({ shelf, engine, clock, log, unloadAfterMs, admit }: Needs) => {
  const chat = new Map<string, Resident<LoadedChatModel>>();
  const embed = new Map<string, Resident<LoadedEmbedModel>>();
  const rerank = new Map<string, Resident<LoadedRerankModel>>();

  const drop = async <Model extends { unload(): Promise<void> }>(map: Map<string, Resident<Model>>, id: string): Promise<void> => {
    const resident = map.get(id);
    if (!resident) return;
    map.delete(id);
    const model = await resident.model.catch(() => null);
    await model?.unload();
    if (model) log.info({ model: id }, 'unloaded');
  };

  const makeRoom = async <Model extends { unload(): Promise<void> }>(map: Map<string, Resident<Model>>, most: number): Promise<void> => {
    const idle = [...map].filter(([, { users }]) => users === 0).sort(([, a], [, b]) => a.usedAt - b.usedAt);
    for (const [id] of idle.slice(0, Math.max(0, map.size - most + 1))) await drop(map, id);
  };

  const take = async <Model extends { unload(): Promise<void> }, T>(
    map: Map<string, Resident<Model>>,
    id: string,
    most: number,
    load: () => Promise<Model>,
    work: (model: Model) => Promise<T>,
  ): Promise<T> => {
    if (!map.has(id)) await makeRoom(map, most);
    let resident = map.get(id);
    if (!resident) {
      const began = clock.now();
      const own: Resident<Model> = { model: load(), usedAt: began, users: 0 };
      resident = own;
      map.set(id, own);
      own.model.then(
        (model) => {
          own.ready = model;
          log.info({ model: id, tookMs: clock.now() - began, rssBytes: process.memoryUsage.rss() }, 'loaded');
        },
        () => map.delete(id),
      );
    }
    resident.users += 1;
    try {
      return await work(await resident.model);
    } finally {
      resident.users -= 1;
      resident.usedAt = clock.now();
    }
  };

  const listOf = (purpose: LoadedModel['purpose'], map: Map<string, Resident<unknown>>): LoadedModel[] =>
    [...map].map(([id, { users, usedAt }]) => ({ id, purpose, idleMs: users > 0 ? 0 : clock.now() - usedAt }));

  const loaded = (): LoadedModel[] => [...listOf('chat', chat), ...listOf('embed', embed), ...listOf('rerank', rerank)];

  return {
    /** Runs `work` with the chat model in memory. The caller holds the slot: a change of model waits for no one. */
    async withChat<T>(id: string | undefined, work: (model: LoadedChatModel) => Promise<T>): Promise<T> {
      const spec = shelf.chatSpec(id);
      // Before the present one is let go: a model that cannot be loaded must not cost the one that answers.
      if (!chat.has(spec.id)) await admit?.(spec.id);
      return take(chat, spec.id, 1, () => engine.load(spec), work);
    },
    withEmbed<T>(id: string | undefined, work: (model: LoadedEmbedModel) => Promise<T>): Promise<T> {
      const spec = shelf.embedSpec(id);
      return take(embed, spec.id, MOST_EMBED_MODELS, () => loadEmbedModel(spec, { onLost: () => embed.delete(spec.id) }), work);
    },
    withRerank<T>(id: string | undefined, work: (model: LoadedRerankModel) => Promise<T>): Promise<T> {
      const spec = shelf.rerankSpec(id);
      return take(rerank, spec.id, 1, () => loadRerankModel(spec, { onLost: () => rerank.delete(spec.id) }), work);
    },
    loaded,
    /** What the chat models in memory would give back; of one that is still loading nothing is known. */
    held: (): Held[] => [...chat].flatMap(([id, { ready }]) => (ready ? [{ id, ...ready.gives }] : [])),
    async unload(id: string): Promise<void> {
      if (((chat.get(id) ?? embed.get(id) ?? rerank.get(id))?.users ?? 0) > 0)
        throw new AppError('model_busy', { message: `${id} is at work; stop that first.`, retryAfterMs: 2_000 });
      await drop(chat, id);
      await drop(embed, id);
      await drop(rerank, id);
    },
    /** Lets go of what nobody has used for as long as the setting says. */
    async unloadIdle(): Promise<void> {
      const limit = unloadAfterMs();
      if (limit === 0) return;
      for (const { id, idleMs } of loaded()) if (idleMs > limit) await this.unload(id);
    },
    async unloadAll(): Promise<void> {
      await Promise.all([...[...embed.keys()].map((id) => drop(embed, id)), ...[...rerank.keys()].map((id) => drop(rerank, id))]);
      await Promise.all([...chat.keys()].map((id) => drop(chat, id)));
    },
  };
};

export type Residency = ReturnType<typeof createResidency>;
