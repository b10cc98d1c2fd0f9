import { sql } from 'kysely';
import type { Db } from '#db';
import type { Sample } from './sample.ts';
import { rollupLevels } from './tables.ts';

const FIRST_RESOLUTION_S = rollupLevels[0]!.resolutionS;

const instantOf = ({ t }: Sample): string => new Date(t).toISOString();

/** The rows of one table as columns, which is how `unnest` takes them: one parameter a column, whatever the number of rows. */
const columnsOf = <Row>(samples: Sample[], rowsOf: (sample: Sample) => Row[]) => {
  const rows = samples.flatMap((sample) => rowsOf(sample).map((row) => ({ at: instantOf(sample), row })));
  return {
    at: rows.map(({ at }) => at),
    column: <Value>(pick: (row: Row) => Value): Value[] => rows.map(({ row }) => pick(row)),
  };
};

/** The minutes that these samples touch, each once and in order, so that two writers lock them in the same order. */
const touchedBuckets = (samples: Sample[]): string[] => {
  const stepMs = FIRST_RESOLUTION_S * 1000;
  const buckets = new Set(samples.map(({ t }) => Math.floor(t / stepMs) * stepMs));
  return [...buckets].sort((a, b) => a - b).map((bucket) => new Date(bucket).toISOString());
};

/**
 * Writes samples in one statement: one insert a table, and the minutes to roll up. All or nothing, and safe to repeat:
 * a row that is already there stays (a commit whose answer was lost is simply sent again).
 */
export const insertSamples = async (db: Db, samples: Sample[]): Promise<void> => {
  const cpu = columnsOf(samples, (sample) => (sample.cpu === null ? [] : [sample.cpu]));
  const ram = columnsOf(samples, (sample) => (sample.ram === null ? [] : [sample.ram]));
  const gpu = columnsOf(samples, (sample) => sample.gpu);
  const temperature = columnsOf(samples, (sample) => sample.temperature);
  const disk = columnsOf(samples, (sample) => sample.disk);
  const network = columnsOf(samples, (sample) => sample.network);
  const process = columnsOf(samples, (sample) => sample.process);
  await sql`
    with cpu as (
      insert into metrics_cpu ("timestamp", value)
      select * from unnest(${cpu.at}::timestamptz[], ${cpu.column((value) => value)}::numeric[])
      on conflict do nothing
    ), ram as (
      insert into metrics_ram ("timestamp", value, used, total)
      select * from unnest(${ram.at}::timestamptz[], ${ram.column((r) => r.percent)}::numeric[], ${ram.column((r) => r.usedBytes)}::bigint[], ${ram.column((r) => r.totalBytes)}::bigint[])
      on conflict do nothing
    ), gpu as (
      insert into metrics_gpu ("timestamp", device, value, memory_used, memory_total, power_watts)
      select * from unnest(${gpu.at}::timestamptz[], ${gpu.column((g) => g.device)}::text[], ${gpu.column((g) => g.percent)}::numeric[],
        ${gpu.column((g) => g.memoryUsedBytes)}::bigint[], ${gpu.column((g) => g.memoryTotalBytes)}::bigint[], ${gpu.column((g) => g.powerWatts)}::numeric[])
      on conflict do nothing
    ), temperature as (
      insert into metrics_temperature ("timestamp", sensor, value)
      select * from unnest(${temperature.at}::timestamptz[], ${temperature.column((s) => s.sensor)}::text[], ${temperature.column((s) => s.celsius)}::numeric[])
      on conflict do nothing
    ), disk as (
      insert into metrics_disk ("timestamp", mount, used, free, percent)
      select * from unnest(${disk.at}::timestamptz[], ${disk.column((d) => d.mount)}::text[], ${disk.column((d) => d.usedBytes)}::bigint[],
        ${disk.column((d) => d.freeBytes)}::bigint[], ${disk.column((d) => d.percent)}::numeric[])
      on conflict do nothing
    ), network as (
      insert into metrics_network ("timestamp", device, received_per_s, sent_per_s)
      select * from unnest(${network.at}::timestamptz[], ${network.column((n) => n.device)}::text[], ${network.column((n) => n.receivedPerS)}::real[], ${network.column((n) => n.sentPerS)}::real[])
      on conflict do nothing
    ), process as (
      insert into metrics_process ("timestamp", process, rss, cpu_percent)
      select * from unnest(${process.at}::timestamptz[], ${process.column((p) => p.process)}::text[], ${process.column((p) => p.rssBytes)}::bigint[], ${process.column((p) => p.cpuPercent)}::real[])
      on conflict do nothing
    )
    insert into metrics_rollup_pending (resolution_s, bucket)
    select ${FIRST_RESOLUTION_S}::integer, bucket from unnest(${touchedBuckets(samples)}::timestamptz[]) as bucket
    on conflict (resolution_s, bucket) do update set writes = metrics_rollup_pending.writes + 1`.execute(db);
};
