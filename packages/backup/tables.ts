import { quoteName, type CopySession } from '#db';

/**
 * What is not kept: samples that are rolled up anyway and gone in a week, sign-ins that a restored box should not honour, and what is true
 * of a running box alone.
 */
const LEFT_OUT = new Set([
  'schema_migrations',
  'metrics_cpu',
  'metrics_ram',
  'metrics_gpu',
  'metrics_temperature',
  'metrics_disk',
  'metrics_network',
  'metrics_process',
  'metrics_rollup_pending',
  'active_sessions',
  'maintenance_locks',
  'backup_runs',
]);

export interface SourceTable {
  name: string;
  columns: string[];
  sizeBytes: number;
  partition?: { of: string; bounds: string };
}

interface TableRow {
  name: string;
  size_bytes: number;
  of: string | null;
  bounds: string | null;
  columns: string[];
}

/** The tables that hold rows, with the columns that are written. Parts of partitioned tables are tables of their own here. */
export const listTables = async (session: CopySession): Promise<SourceTable[]> => {
  const rows = await session.query<TableRow>(`
    select c.relname as name, pg_table_size(c.oid)::float8 as size_bytes, p.relname as of, pg_get_expr(c.relpartbound, c.oid) as bounds,
      (select array_agg(a.attname::text order by a.attnum) from pg_attribute a
        where a.attrelid = c.oid and a.attnum > 0 and not a.attisdropped and a.attgenerated = '') as columns
    from pg_class c
    join pg_namespace n on n.oid = c.relnamespace and n.nspname = 'public'
    left join pg_inherits i on i.inhrelid = c.oid and c.relispartition
    left join pg_class p on p.oid = i.inhparent
    where c.relkind = 'r'
    order by c.relname`);
  return rows
    .filter(({ name, of }) => !LEFT_OUT.has(of ?? name))
    .map(({ name, columns, size_bytes, of, bounds }) => ({
      name,
      columns,
      sizeBytes: size_bytes,
      ...(of !== null && bounds !== null ? { partition: { of, bounds } } : {}),
    }));
};

export const listSequences = (session: CopySession): Promise<{ name: string; value: number; called: boolean }[]> =>
  session.query(`
    select sequencename as name, coalesce(last_value, start_value)::float8 as value, last_value is not null as called
    from pg_sequences where schemaname = 'public' order by sequencename`);

export const listMigrations = async (session: CopySession): Promise<string[]> =>
  (await session.query<{ name: string }>('select name from schema_migrations order by name')).map(({ name }) => name);

export const copyOutOf = ({ name, columns }: SourceTable): string => `copy public.${quoteName(name)} (${columns.map(quoteName).join(', ')}) to stdout`;

export const copyInto = ({ name, columns }: { name: string; columns: readonly string[] }): string =>
  `copy public.${quoteName(name)} (${columns.map(quoteName).join(', ')}) from stdin`;
