import { createHash, randomBytes } from 'node:crypto';
import { readdir, stat } from 'node:fs/promises';
import { createReadStream } from 'node:fs';
import { join, relative, sep } from 'node:path';
import { BOX_WORKSPACE } from '#canary';
import type { BackupTarget, ObjectStore } from '#clients';
import { withSnapshot, type CopySession } from '#db';
import { AppError, errorText, isAppError } from '#kit';
import { ChangedSource, createContentWriter, type ContentWriter } from './contents.ts';
import type { BoxKeys, RecoveryKey } from './keys.ts';
import { BACKUP_FORMAT, manifestName, writeManifest, type KeptTable, type Manifest } from './manifest.ts';
import { backupIdOf, leaveNote, ownPlace } from './place.ts';
import { createProgress, type OnProgress } from './progress.ts';
import { segmentsOf } from './segments.ts';
import { createThrottle } from './throttle.ts';
import { copyOutOf, listMigrations, listSequences, listTables } from './tables.ts';

interface Needs {
  databaseUrl: string;
  objects: Pick<ObjectStore, 'read'>;
  dataDir: string;
  target: BackupTarget;
  box: BoxKeys;
  recovery: RecoveryKey | null;
  boxName: string;
  /** Of the product. */
  version: string;
}

interface Options {
  reason: Manifest['reason'];
  /** False for a restore point on the same disk: originals are never changed there, and a second copy of them would fill it. */
  withDocuments?: boolean;
  /** Models' files as well: gigabytes that can be fetched again where there is a network. */
  withModels?: boolean;
  /** Bytes a second into the target at most; none without it. */
  maxBytesPerS?: number;
  onProgress?: OnProgress;
  signal?: AbortSignal;
}

/** Belong to this database server and this start, not to the box. */
const SECRETS_LEFT_OUT = new Set(['database-password', 'database-admin-password', 'setup-code']);

/** Contents at a time: while one waits for the disk, another is encrypted. */
const AT_ONCE = 3;

const hashFile = async (path: string, signal?: AbortSignal): Promise<{ sha256: string; sizeBytes: number }> => {
  const hash = createHash('sha256');
  let sizeBytes = 0;
  for await (const part of createReadStream(path, { highWaterMark: 2 ** 20, signal }) as AsyncIterable<Buffer>) {
    hash.update(part);
    sizeBytes += part.length;
  }
  return { sha256: hash.digest('hex'), sizeBytes };
};

async function* once(bytes: Uint8Array): AsyncGenerator<Uint8Array> {
  yield await Promise.resolve(bytes);
}

interface Work {
  writer: ContentWriter;
  progress: ReturnType<typeof createProgress>;
  signal?: AbortSignal;
}

const keepTables = async (session: CopySession, { writer, progress, signal }: Work): Promise<KeptTable[]> => {
  const kept: KeptTable[] = [];
  for (const source of await listTables(session)) {
    const { name, columns, partition } = source;
    const table: KeptTable = { name, columns, rows: 0, segments: [], ...(partition ? { partition } : {}) };
    for await (const { bytes, rows } of segmentsOf(session.copyOut(copyOutOf(source)))) {
      signal?.throwIfAborted();
      const segment = { sha256: createHash('sha256').update(bytes).digest('hex'), sizeBytes: bytes.length };
      await writer.keep(segment, () => once(bytes));
      table.segments.push(segment);
      table.rows += rows;
      progress.add(bytes.length);
    }
    kept.push(table);
  }
  return kept;
};

interface ObjectRow {
  path: string;
  sha256: string;
  size_bytes: number;
}

const listObjects = (session: CopySession): Promise<ObjectRow[]> =>
  session.query<ObjectRow>(
    'select distinct on (minio_path) minio_path as path, sha256, size_bytes::float8 as size_bytes from documents where deleted_at is null order by minio_path',
  );

const keepObjects = async (rows: readonly ObjectRow[], objects: Needs['objects'], { writer, progress, signal }: Work) => {
  const kept: Manifest['objects'] = [];
  const missing: Manifest['missing'] = [];
  const queue = rows.values();
  const work = async (): Promise<void> => {
    for (const { path, sha256, size_bytes: sizeBytes } of queue) {
      signal?.throwIfAborted();
      try {
        await writer.keep({ sha256, sizeBytes }, () => objects.read(path));
        kept.push({ path, sha256, sizeBytes });
      } catch (error) {
        // What the box has lost itself must not keep the rest from being safe; the backup says so.
        if (error instanceof ChangedSource) missing.push({ path, reason: 'its bytes were changed on this disk' });
        else if (isAppError(error, 'not_found')) missing.push({ path, reason: 'it is not on this disk' });
        else throw error;
      }
      progress.add(sizeBytes);
    }
  };
  await Promise.all(Array.from({ length: AT_ONCE }, work));
  return { kept: kept.sort((a, b) => (a.path < b.path ? -1 : 1)), missing };
};

const filesBelow = async (folder: string): Promise<string[]> => {
  const entries = await readdir(folder, { withFileTypes: true, recursive: true }).catch((error: NodeJS.ErrnoException) => {
    if (error.code === 'ENOENT') return [];
    throw error;
  });
  return entries
    .filter((entry) => entry.isFile() && !entry.name.startsWith('.') && !entry.name.endsWith('.part'))
    .map((entry) => join(entry.parentPath, entry.name))
    .sort();
};

const keepFiles = async (folder: string, files: readonly string[], { writer, progress, signal }: Work): Promise<Manifest['secrets']> => {
  const kept: Manifest['secrets'] = [];
  for (const file of files) {
    const facts = await hashFile(file, signal);
    await writer.keep(facts, () => createReadStream(file));
    kept.push({ path: relative(folder, file).split(sep).join('/'), ...facts });
    progress.add(facts.sizeBytes);
  }
  return kept;
};

const listSecrets = async (folder: string): Promise<string[]> => (await filesBelow(folder)).filter((file) => !SECRETS_LEFT_OUT.has(relative(folder, file)));

const countOf = async (session: CopySession, what: string): Promise<number> =>
  (await session.query<{ n: number }>(`select count(*)::float8 as n from ${what}`))[0]?.n ?? 0;

/**
 * Makes a backup and returns its list of contents, which is written last: one that was cut short does not exist, and what it wrote is used
 * by the next. The database is as it was at one instant. Errors: `disk_full`, `backup_target_away`, `database_away`, the signal's reason.
 */
export const createBackup = async (needs: Needs, options: Options): Promise<Manifest> => {
  const { target, box, recovery, dataDir } = needs;
  const { reason, withDocuments = true, withModels = false, maxBytesPerS, signal } = options;
  const began = performance.now();
  const takenAt = new Date();
  const place = ownPlace(target, box);
  const throttle = createThrottle(maxBytesPerS, signal);
  const writer = createContentWriter({ target: place, keys: box.content, recipient: await box.contentRecipient(), onBytes: throttle });
  await leaveNote(place);

  const secretsFolder = join(dataDir, 'secrets');
  const modelsFolder = join(dataDir, 'models');
  const modelFiles = withModels ? await filesBelow(modelsFolder) : [];

  const manifest = await withSnapshot(needs.databaseUrl, async (session): Promise<Manifest> => {
    const objectRows = withDocuments ? await listObjects(session) : [];
    const tableBytes = (await listTables(session)).reduce((sum, { sizeBytes }) => sum + sizeBytes, 0);
    const modelBytes = await modelFiles.reduce(async (sum, file) => (await sum) + (await stat(file)).size, Promise.resolve(0));
    const totalBytes = tableBytes + modelBytes + objectRows.reduce((sum, { size_bytes }) => sum + size_bytes, 0);
    const progress = createProgress(totalBytes, options.onProgress);
    const work: Work = { writer, progress, signal };

    progress.enter('database');
    const tables = await keepTables(session, work);
    progress.reached(tableBytes); // rows as text are not as long as on disk
    progress.enter('documents');
    const { kept: objects, missing } = await keepObjects(objectRows, needs.objects, work);
    progress.enter('secrets');
    const secrets = await keepFiles(secretsFolder, await listSecrets(secretsFolder), work);
    progress.enter('models');
    const models = {
      names: (await session.query<{ id: string }>("select id from models where state = 'ready' order by id")).map(({ id }) => id),
      files: await keepFiles(modelsFolder, modelFiles, work),
    };
    progress.enter('finishing');
    const bytes = [...tables.flatMap(({ segments }) => segments), ...objects, ...secrets, ...models.files].reduce((sum, { sizeBytes }) => sum + sizeBytes, 0);
    return {
      format: BACKUP_FORMAT,
      id: backupIdOf(takenAt, randomBytes(3).toString('hex')),
      boxName: needs.boxName,
      version: needs.version,
      architecture: process.arch,
      reason,
      takenAt: takenAt.toISOString(),
      tookMs: 0,
      migrations: await listMigrations(session),
      tables,
      sequences: await listSequences(session),
      objects,
      secrets,
      models,
      missing,
      counts: {
        documents: await countOf(session, `documents where deleted_at is null and workspace_id <> '${BOX_WORKSPACE}'`),
        conversations: await countOf(session, 'chat_conversations where deleted_at is null'),
        people: await countOf(session, 'admin_users'),
        rows: tables.reduce((sum, { rows }) => sum + rows, 0),
        bytes,
        newBytes: 0,
      },
      keys: { naming: box.content.namingKey.toString('base64url'), contents: box.content.identity },
    };
  }).catch((error: unknown) => {
    signal?.throwIfAborted();
    throw isAppError(error) ? error : inWords(error);
  });

  signal?.throwIfAborted();
  await place.flush();
  manifest.counts.newBytes = writer.written.bytes;
  manifest.tookMs = Math.round(performance.now() - began);
  await place.write(manifestName(manifest.id), writeManifest(manifest, { box, recovery }));
  await place.flush();
  return manifest;
};

const inWords = (cause: unknown): unknown => {
  const { code } = cause as { code?: string };
  if (code === 'ECONNREFUSED' || code === 'ENOENT' || code?.startsWith('57P'))
    return new AppError('database_away', { message: `The database went away while it was read (${errorText(cause)}). The backup is made again.`, cause });
  return cause;
};
