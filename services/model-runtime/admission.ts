import { join } from 'node:path';
import { admit, refuseUnfit, storeMemory, type Candidate, type Held, type MemoryProbe } from '#admission';
import type { Db } from '#db';
import type { Logger } from '#kit';
import { readKvBytesPerToken } from './catalogue/gguf-facts.ts';
import type { ModelShelf } from './shelf.ts';

/** Asks before a load whether the memory is there. Errors: `model_too_large`, `memory_short`, both with the numbers. */
export type Admit = (id: string) => Promise<void>;

interface Needs {
  db: Db;
  probe: MemoryProbe;
  shelf: Pick<ModelShelf, 'stock'>;
  log: Logger;
}

/** Others come and go within seconds; a look at /proc takes some 20 ms. */
const LOOK_EVERY_MS = 10_000;

/**
 * Who may be loaded. What the runtime sees of the memory is written down every ten seconds, so that a question is refused where it is asked;
 * right before a load it looks again.
 */
export const createAdmission = ({ db, probe, shelf, log }: Needs) => {
  const ours = new Set([process.pid]);
  const kvOf = new Map<string, Promise<number | null>>();

  /** From the file's own header, read once. */
  const kvBytes = (id: string, path: string): Promise<number | null> => {
    const known =
      kvOf.get(path) ??
      readKvBytesPerToken(path).catch((error: unknown) => {
        log.debug({ error, model: id }, 'the model’s file does not say what its context takes');
        return null;
      });
    kvOf.set(path, known);
    return known;
  };

  const sizeOf = async (id: string): Promise<Candidate | null> => {
    const found = shelf.stock().get(id);
    if (found?.entry.purpose !== 'chat') return null;
    const { entry, folder } = found;
    const kvBytesPerToken = await kvBytes(id, join(folder, entry.files[0]!.path));
    return { id, name: entry.name, weightsBytes: entry.sizeBytes, memoryBytes: entry.memoryBytes, contextTokens: entry.contextTokens, kvBytesPerToken };
  };

  const look = async (held: () => readonly Held[]): Promise<void> => {
    for (const id of shelf.stock().keys()) {
      const size = await sizeOf(id);
      if (size?.kvBytesPerToken == null) continue;
      await db
        .updateTable('models')
        .set({ kv_bytes_per_token: size.kvBytesPerToken })
        .where('id', '=', id)
        .where('kv_bytes_per_token', 'is distinct from', size.kvBytesPerToken)
        .execute();
    }
    await storeMemory(db, await probe.read(ours), held());
  };

  return {
    admit:
      (held: () => readonly Held[]): Admit =>
      async (id) => {
        const size = await sizeOf(id);
        if (size !== null) refuseUnfit(admit(size, await probe.read(ours), held()));
      },
    /** Looks now and from then on; returns how to end that. */
    watch(held: () => readonly Held[]): () => Promise<void> {
      let timer: NodeJS.Timeout | undefined;
      let isEnded = false;
      let looking: Promise<void> = Promise.resolve();
      const again = (): void => {
        looking = look(held)
          .catch((error: unknown) => log.debug({ error }, 'the memory was not looked at; that is done again'))
          .then(() => {
            if (!isEnded) timer = setTimeout(again, LOOK_EVERY_MS);
          });
      };
      again();
      return async () => {
        isEnded = true;
        clearTimeout(timer);
        await looking;
      };
    },
  };
};
