import { findCoolPace, findHottest, throttledMs, type Worked } from '#answers';
import type { AnswerTimings } from '#contracts';
import type { Db } from '#db';

/** The collector samples every few seconds: a short answer has the sample before it. */
const SAMPLED_EVERY_MS = 15_000;

interface Asked {
  sinceMs: number;
  kind: string;
  model: string | null;
  worked: Worked | null;
}

export type HeatOf = (asked: Asked) => Promise<Pick<AnswerTimings, 'temperatureC' | 'throttledMs'> & { isHot: boolean }>;

/** How hot the machine was while an answer was written, and what that cost it. Where no sensor tells, nothing is said. */
export const createHeatOf =
  ({ db, hotFromC }: { db: Db; hotFromC: () => number }): HeatOf =>
  async ({ sinceMs, kind, model, worked }) => {
    const temperatureC = await findHottest(db, sinceMs + SAMPLED_EVERY_MS);
    if (temperatureC === null) return { isHot: false };
    const isHot = temperatureC >= hotFromC();
    if (!isHot || worked === null || model === null) return { isHot, temperatureC };
    return { isHot, temperatureC, throttledMs: throttledMs(worked, await findCoolPace(db, model, kind)) };
  };
