import { setTimeout as sleep } from 'node:timers/promises';
import { systemClock, type Logger } from '#kit';
import type { Held } from '#admission';
import type { Admit } from './admission.ts';
import { createChatEngine } from './chat/engine.ts';
import { createSlot } from './chat/slot.ts';
import { createSpareCores } from './chat/spare-cores.ts';
import { createLane } from './embed/lane.ts';
import { createResidency, type Residency, type Shelf } from './residency.ts';
import { runtimeHandlers, type ReadyModel } from './server/handlers.ts';
import { createRuntimeServer, listen } from './server/http.ts';

interface Options {
  shelf: Shelf & { readyModels(): ReadyModel[] };
  host: string;
  /** 0 picks a free one. */
  port: number;
  token: string;
  unloadAfterMs: () => number;
  /** How what does not fit is refused, given what our models hold; absent: everything may be tried. */
  admission?: (held: () => readonly Held[]) => Admit;
  log: Logger;
}

/** How often idle models are looked for. */
const IDLE_LOOK_MS = 30_000;

/** The serving half of the runtime: models in memory behind OpenAI's wire format. What is on disk is the shelf's business. */
export const startRuntime = async ({ shelf, host, port, token, unloadAfterMs, admission, log }: Options) => {
  const slot = createSlot();
  const spareCores = createSpareCores();
  const engine = createChatEngine({ log, spareCores });
  const admit = admission?.(() => residency.held());
  const residency: Residency = createResidency({ shelf, engine, clock: systemClock, log, unloadAfterMs, admit });
  const lane = createLane({
    isChatting: () => slot.length > 0,
    chatEnded: () => slot.idle(),
    sleep: (ms) => sleep(ms, undefined, { ref: false }),
  });
  const server = createRuntimeServer({ handlers: runtimeHandlers({ readyModels: () => shelf.readyModels(), residency, engine, slot, lane }), token, log });
  const boundPort = await listen(server, { host, port });
  const idle = setInterval(() => {
    residency.unloadIdle().catch((error: unknown) => log.warn({ error }, 'an idle model could not be unloaded'));
  }, IDLE_LOOK_MS);

  return {
    port: boundPort,
    residency,
    slot,
    unload: (id: string) => residency.unload(id),
    /** Loads the active model of a purpose, in turn with those who chat. */
    async warm(purpose: 'chat' | 'embed' | 'rerank'): Promise<void> {
      if (purpose === 'rerank') return residency.withRerank(undefined, async () => undefined);
      if (purpose === 'embed') return residency.withEmbed(undefined, async () => undefined);
      const giveBack = await slot.take();
      try {
        await residency.withChat(undefined, async () => undefined);
      } finally {
        giveBack();
      }
    },
    async close(): Promise<void> {
      clearInterval(idle);
      spareCores.close();
      server.close();
      server.closeAllConnections();
      engine.stopLoading();
      await slot.idle();
      await residency.unloadAll();
      await engine.close();
    },
  };
};

export type Runtime = Awaited<ReturnType<typeof startRuntime>>;
