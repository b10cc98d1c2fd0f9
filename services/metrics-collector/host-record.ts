import { sql } from 'kysely';
import type { HostFacts, MetricName } from '#contracts';
import type { Db } from '#db';
import { errorText, type Logger } from '#kit';

interface Needs {
  db: Db;
  log: Logger;
  /** What never changes while the machine runs. */
  fixed: () => Promise<Omit<HostFacts, 'gpus' | 'sensors'>>;
  /** The GPUs as they are known by now. */
  gpus: () => Promise<HostFacts['gpus']>;
}

/** Keeps the row of `metrics_host` true. */
export interface HostRecord {
  /** Tells which metrics the newest sample had. Writes when that says something new; never throws. */
  observe(measured: MetricName[]): Promise<void>;
}

/** A sensor counts as there from its first value until this process ends: one that falls silent is "no data", not "no sensor". */
export const createHostRecord = ({ db, log, fixed, gpus }: Needs): HostRecord => {
  const sensors = new Set<MetricName>();
  let fixedFacts: Awaited<ReturnType<Needs['fixed']>> | undefined;
  let written = '';

  const write = async (): Promise<void> => {
    fixedFacts ??= await fixed();
    const facts: HostFacts = { ...fixedFacts, gpus: await gpus(), sensors: [...sensors].sort() };
    const text = JSON.stringify(facts);
    if (text === written) return;
    await sql`
      insert into metrics_host (id, facts) values (1, ${text}::jsonb)
      on conflict (id) do update set facts = excluded.facts, updated_at = now()`.execute(db);
    written = text;
  };

  let busy = false;
  let complained = false;
  return {
    async observe(measured) {
      const before = sensors.size;
      for (const metric of measured) sensors.add(metric);
      if (busy || (written !== '' && before === sensors.size)) return;
      busy = true;
      try {
        await write();
      } catch (error) {
        written = '';
        if (!complained) log.warn({ reason: errorText(error) }, 'the facts of this machine could not be written');
        complained = true;
      } finally {
        busy = false;
      }
    },
  };
};
