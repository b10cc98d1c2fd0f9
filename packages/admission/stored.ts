import { sql } from 'kysely';
import { z } from 'zod';
import type { Db } from '#db';
import { admit, type Admission, type Candidate, type Held } from './admit.ts';
import type { MemoryNow } from './memory.ts';

const pool = z.object({ totalBytes: z.number(), availableBytes: z.number() });
const storedMemory = z.object({
  ram: pool,
  gpu: pool.nullable(),
  isUnified: z.boolean(),
  holders: z.array(z.object({ pid: z.number(), name: z.string(), bytes: z.number(), isOrphan: z.boolean() })),
});
const storedHeld = z.array(z.object({ id: z.string(), ramBytes: z.number(), gpuBytes: z.number() }));

/** What is older says nothing of now: the runtime is away, and nobody is refused on its account. */
const FRESH_SECONDS = 60;

/** Writes down what the runtime saw, for everybody who wants to know whether a model would fit. */
export const storeMemory = async (db: Db, memory: MemoryNow, held: readonly Held[]): Promise<void> => {
  const values = { memory: JSON.stringify(memory), held: JSON.stringify(held), measured_at: sql<Date>`clock_timestamp()` };
  await db
    .insertInto('model_memory')
    .values(values)
    .onConflict((conflict) => conflict.column('id').doUpdateSet(values))
    .execute();
};

/** The memory as it was seen within the last minute; null when nobody looked. */
export const findMemory = async (db: Db): Promise<{ memory: MemoryNow; held: Held[]; at: Date } | null> => {
  const row = await db
    .selectFrom('model_memory')
    .selectAll()
    .where('measured_at', '>', sql<Date>`clock_timestamp() - make_interval(secs => ${FRESH_SECONDS})`)
    .executeTakeFirst();
  return row ? { memory: storedMemory.parse(row.memory), held: storedHeld.parse(row.held), at: row.measured_at } : null;
};

interface SizeColumns {
  id: string;
  name: string;
  size_bytes: number;
  memory_bytes: number;
  context_tokens: number;
  kv_bytes_per_token: number | null;
}

export const toCandidate = (row: SizeColumns): Candidate => ({
  id: row.id,
  name: row.name,
  weightsBytes: row.size_bytes,
  memoryBytes: row.memory_bytes,
  contextTokens: row.context_tokens,
  kvBytesPerToken: row.kv_bytes_per_token,
});

/** Whether the chat model of this name, or the active one, can be loaded; null when that is not known. */
export const findAdmission = async (db: Db, model: string | null): Promise<Admission | null> => {
  const row = await db
    .selectFrom('models')
    .selectAll()
    .where('purpose', '=', 'chat')
    .where('state', '=', 'ready')
    .where((eb) => (model === null ? eb('active', '=', true) : eb('id', '=', model)))
    .executeTakeFirst();
  if (!row) return null;
  const found = await findMemory(db);
  return found && admit(toCandidate(row), found.memory, found.held);
};
