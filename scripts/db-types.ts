/**
 * Writes packages/db/schema.ts from the migrated schema, or, with --check, says whether it is still true.
 * usage: node scripts/run.mjs scripts/db-types.ts [--check]
 */
import { execFile } from 'node:child_process';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { migrate } from '#db';
import { startEmbeddedPostgres } from '../services/launcher/embedded-postgres.ts';

const target = 'packages/db/schema.ts';
const dataDir = await mkdtemp(join(tmpdir(), 'arasul-types-'));
const server = await startEmbeddedPostgres({ dataDir, durable: false });
try {
  await migrate({ url: server.url, folder: 'postgres-init/migrations' });
  const out = process.argv.includes('--check') ? join(dataDir, 'schema.ts') : target;
  const typeMapping = JSON.stringify({ int8: 'number', numeric: 'number', inet: 'string' });
  await promisify(execFile)('node_modules/.bin/kysely-codegen', [
    '--dialect',
    'postgres',
    '--url',
    server.url,
    '--out-file',
    out,
    '--exclude-pattern',
    'schema_migrations',
    '--type-mapping',
    typeMapping,
  ]);
  if (out !== target && (await readFile(out, 'utf8')) !== (await readFile(target, 'utf8'))) {
    console.error(`${target} is not what the migrations make. Run: npm run db:types`);
    process.exitCode = 1;
  }
} finally {
  await server.stop();
  await rm(dataDir, { recursive: true, force: true });
}
