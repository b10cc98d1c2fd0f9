import { sql } from 'kysely';
import { defineFixup } from '../types.ts';

/** The table that the check named, and no other. */
export const databaseVacuum = defineFixup({
  id: 'database.vacuum',
  proofMs: 120_000,
  canary: false,
  async apply({ database }, { subject }) {
    await sql`vacuum (analyze) ${sql.table(subject)}`.execute(database.db);
    return `The dead rows of ${subject} were cleared away.`;
  },
});
