import { sql } from 'kysely';
import type { Db } from '#db';

/** Sensors of what computes; a hot disk slows no model. */
const COMPUTING = '^(cpu|gpu|soc|tj|apu|edge|junction|cv)';

/** The hottest that what computes has been in the last so many milliseconds, °C; null when no sensor told. */
export const findHottest = async (db: Db, sinceMs: number): Promise<number | null> => {
  const { rows } = await sql<{ celsius: number | null }>`
    select max(value)::float8 as celsius from metrics_temperature
    where "timestamp" > now() - make_interval(secs => ${sinceMs / 1000}) and sensor ~ ${COMPUTING}`.execute(db);
  return rows[0]?.celsius ?? null;
};

/** What a token takes. */
export interface Pace {
  prefillMsPerToken: number | null;
  decodeMsPerToken: number | null;
}

/** What was read and written, and how long it took. */
export interface Worked {
  freshTokens: number;
  prefillMs: number;
  answerTokens: number;
  decodeMs: number;
}

/** Differences below this are how rates vary anyway. */
const NOISE = 0.1;

/** What an answer on a hot machine took beyond the pace of a cool one; milliseconds. */
export const throttledMs = ({ freshTokens, prefillMs, answerTokens, decodeMs }: Worked, cool: Pace): number => {
  const beyond = (tookMs: number, tokens: number, msPerToken: number | null): number =>
    msPerToken === null || tookMs <= tokens * msPerToken * (1 + NOISE) ? 0 : tookMs - tokens * msPerToken;
  return Math.round(beyond(prefillMs, freshTokens, cool.prefillMsPerToken) + beyond(decodeMs, answerTokens, cool.decodeMsPerToken));
};

/** The pace of a model's answers on a cool machine, as far as it was ever seen on one. */
export const findCoolPace = async (db: Db, model: string, kind: string): Promise<Pace> => {
  const row = await db
    .selectFrom('llm_costs')
    .select(['cool_prefill_ms_per_token', 'cool_decode_ms_per_token'])
    .where('model', '=', model)
    .where('kind', '=', kind)
    .where('user_id', '=', 0)
    .executeTakeFirst();
  return { prefillMsPerToken: row?.cool_prefill_ms_per_token ?? null, decodeMsPerToken: row?.cool_decode_ms_per_token ?? null };
};
