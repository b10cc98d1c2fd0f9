import { sql } from 'kysely';
import type { Db } from '#db';

/** What indexing costs on this box. Milliseconds, but for `passagesPerPage`. */
export interface IndexingRates {
  /** Wall time for a page, all reading threads together. */
  readonly msPerPage: number;
  readonly passagesPerPage: number;
  readonly msPerPassage: number;
  /** A page that is read from its picture. */
  readonly msPerPicture: number;
  /** For a document of which nothing is known but its size. */
  readonly msPerByte: number;
}

/** Before anything was measured: a small box, a text-heavy PDF (10 ms a page), an embedding model of 22 M parameters. */
export const defaultRates: IndexingRates = { msPerPage: 15, passagesPerPage: 5, msPerPassage: 45, msPerPicture: 7_000, msPerByte: 0.04 };

/** A new measurement counts for so much, so that one odd document does not spoil the estimates. */
const WEIGHT = 0.3;

const column = (kind: keyof IndexingRates, mimeType: string): string => (kind === 'msPerPassage' || kind === 'msPerPicture' ? kind : `${kind} ${mimeType}`);

/** The rates for files of a type. */
export const readRates = async (db: Db, mimeType: string): Promise<IndexingRates> => {
  const kinds = Object.keys(defaultRates) as (keyof IndexingRates)[];
  const rows = await db
    .selectFrom('document_rates')
    .select(['kind', 'ms_per_unit'])
    .where(
      'kind',
      'in',
      kinds.map((kind) => column(kind, mimeType)),
    )
    .execute();
  const known = new Map(rows.map((row) => [row.kind, row.ms_per_unit]));
  return Object.fromEntries(kinds.map((kind) => [kind, known.get(column(kind, mimeType)) ?? defaultRates[kind]])) as unknown as IndexingRates;
};

/** Adds measurements to the means. */
export const recordRates = async (db: Db, mimeType: string, measured: Partial<IndexingRates>): Promise<void> => {
  const rows = (Object.entries(measured) as [keyof IndexingRates, number][])
    .filter(([, value]) => Number.isFinite(value) && value > 0)
    .map(([kind, value]) => ({ kind: column(kind, mimeType), ms_per_unit: value }));
  if (rows.length === 0) return;
  await db
    .insertInto('document_rates')
    .values(rows)
    .onConflict((conflict) =>
      conflict.column('kind').doUpdateSet({
        ms_per_unit: sql`document_rates.ms_per_unit * ${1 - WEIGHT} + excluded.ms_per_unit * ${WEIGHT}`,
        measured_at: sql`now()`,
      }),
    )
    .execute();
};
