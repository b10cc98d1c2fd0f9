import { createReadStream, existsSync } from 'node:fs';
import { mkdir, readFile, rm, statfs, writeFile } from 'node:fs/promises';
import { basename, join } from 'node:path';
import { releaseManifest, type ReleaseComponent, type ReleaseManifest } from '#contracts';
import { AppError, errorText, newId, type Clock } from '#kit';
import { verifyBundle, type BoxFacts, type VerifiedBundle } from '../bundle/verify-bundle.ts';
import { refused, refusalOf } from '../refuse.ts';
import { appendJournal, readJournal, type JournalEntry } from './journal.ts';
import { withUpdateLock } from './lock.ts';
import { updatePlaces } from './places.ts';
import { readPointer, writePointer, type RunnableRelease } from './pointer.ts';
import type { RestorePoint } from './ports.ts';
import { beginStaging, findHeld, removeReleases } from './stage-release.ts';
import { createTrustStore } from './trust-store.ts';

interface Needs {
  dataDir: string;
  /** What runs now, or would at the next start. */
  running: RunnableRelease;
  box: Omit<BoxFacts, 'version'>;
  clock: Clock;
  restorePoint: RestorePoint;
}

export interface UpdatePlan {
  file: string;
  /** What the story calls it, when the file lies here under another name. */
  name?: string;
  bundle: VerifiedBundle;
  from: string;
  components: NonNullable<JournalEntry['components']>;
  newMigrations: number | null;
  /** Bytes that the release takes beyond what lies here already. */
  spaceBytes: number;
}

type Progress = (doneBytes: number) => void;

// The database's log, the restore point, and what people upload meanwhile.
const SPARE_BYTES = 300_000_000;
const CHUNK = 1 << 20;
/** More than a pointer and a line of the story take, in whole blocks. */
const RESERVE_BYTES = 32_768;

/** Puts a signed bundle beside what runs, and switches. The trial and the way back are the bootstrap's. */
export const createUpdater = ({ dataDir, running, box, clock, restorePoint }: Needs) => {
  const places = updatePlaces(dataDir);
  const trust = createTrustStore(places.trust);
  const note = (entry: Omit<JournalEntry, 'at' | 'by'>, by = 'updater'): Promise<void> => appendJournal(places.journal, { by, ...entry }, clock.now());

  const manifestOf = async (version: string): Promise<ReleaseManifest | null> => {
    const text = await readFile(places.manifest(version), 'utf8').catch(() => null);
    return text === null ? null : releaseManifest.parse(JSON.parse(text));
  };
  const read = (file: string) => createReadStream(file, { highWaterMark: CHUNK });

  /** Checks all of a bundle and says what it would do; changes nothing but what is remembered of its signer. Errors: `update_refused`. */
  const plan = async (file: string, onProgress?: Progress): Promise<UpdatePlan> => {
    const held = await findHeld(places);
    const bundle = await verifyBundle({
      source: read(file),
      trusted: await trust.sources(),
      box: { ...box, version: running.version },
      now: await trust.latestTime(clock.now()),
      has: (sha256) => held.has(sha256),
      onProgress,
    });
    const { manifest, missing } = bundle;
    if (missing.length > 0)
      throw refused('base_missing', `The bundle builds on files of an earlier release, and ${missing.length} of them are not on this box. Use a full bundle.`);
    const before = await manifestOf(running.version);
    const sizes = new Map(manifest.files.map(({ sha256, size }) => [sha256, size]));
    const spaceBytes = [...sizes].filter(([sha256]) => !held.has(sha256)).reduce((sum, [, size]) => sum + size, 0);
    return {
      file,
      bundle,
      from: running.version,
      components: changesOf(manifest.components, before?.components ?? [], running.version),
      newMigrations: before && manifest.migrations.filter((name) => !before.migrations.includes(name)).length,
      spaceBytes,
    };
  };

  const checkSpace = async (bytes: number): Promise<void> => {
    const { bavail, bsize } = await statfs(dataDir);
    if (bavail * bsize < bytes + SPARE_BYTES)
      throw refused(
        'no_space',
        `The update needs ${Math.ceil((bytes + SPARE_BYTES) / 1e6)} MB free on the disk of ${dataDir}, and there are ${Math.floor((bavail * bsize) / 1e6)} MB. Free some space; nothing was changed.`,
      );
  };

  /** What a cut or an earlier update left behind: half a release and those that nothing returns to go, and an update that was never switched is closed. Safe at any time that none is applied. */
  const tidy = (): Promise<void> =>
    withUpdateLock(places.lock, async () => {
      await rm(places.staging, { recursive: true, force: true });
      const last = new Map((await readJournal(places.journal)).map((entry) => [entry.updateId, entry]));
      const pointer = await readPointer(places.pointer);
      if (pointer) await removeReleases(places, new Set([running.version, pointer.release.version, ...(pointer.previous ? [pointer.previous.version] : [])]));
      for (const [updateId, { state, from, to }] of last) {
        const isOpen = ['found', 'verified', 'staged', 'backed_up'].includes(state) && pointer?.trial?.updateId !== updateId;
        if (updateId && isOpen)
          await note({ updateId, state: 'abandoned', from, to, reason: 'The box went down before the switch. Nothing was changed; apply the bundle again.' });
      }
    });

  /** From the bundle that a person agreed to, to the switch. Resolves when the next start is the trial. Errors: `update_refused`, `conflict`. */
  const apply = async (agreed: UpdatePlan, { by, source, onProgress }: { by: string; source: string; onProgress?: Progress }): Promise<{ updateId: string }> =>
    withUpdateLock(places.lock, async () => {
      const { bundle, file, components } = agreed;
      const { manifest } = bundle;
      const updateId = newId();
      const say = (state: JournalEntry['state'], more: Partial<JournalEntry> = {}): Promise<void> =>
        note({ updateId, state, from: running.version, to: manifest.version, ...more }, by);
      if (manifest.version === running.version) throw new AppError('conflict', { message: `Arasul ${manifest.version} runs already.` });
      try {
        await say('found', { file: agreed.name ?? basename(file), source, sizeBytes: bundle.sizeBytes, sha256: bundle.sha256, components });
        await checkSpace(agreed.spaceBytes);
        const held = await findHeld(places);
        const staging = await beginStaging(places);
        const sources = await trust.sources();
        const now = await trust.latestTime(clock.now());
        const checked = await verifyBundle({
          source: read(file),
          trusted: sources,
          box: { ...box, version: running.version },
          now,
          has: (sha256) => held.has(sha256),
          onObject: staging.take,
          onProgress,
          expected: bundle.manifestBytes,
        });
        await trust.remember(checked.signedBy, checked.next);
        await say('verified', { signedBy: checked.signedBy });
        await staging.layOut(manifest, checked.manifestBytes, held);
        await say('staged');
        const path = places.restorePoint(updateId);
        const taken = await restorePoint.take({ updateId, folder: path });
        await say('backed_up', { restorePoint: { path, ...taken } });
        await rm(places.trial, { force: true });
        // Each is given up for one write of the pointer: its count of attempts, twice, and the way back.
        await mkdir(places.reserve, { recursive: true, mode: 0o700 });
        for (const name of ['1', '2', '3', '4']) await writeFile(join(places.reserve, name), Buffer.alloc(RESERVE_BYTES, 1));
        const dir = places.release(manifest.version);
        await writePointer(places.pointer, {
          format: 1,
          release: { version: manifest.version, dir, node: join(dir, manifest.start.node), entry: manifest.start.entry },
          previous: running,
          trial: { updateId, attempts: 0 },
        });
        await say('switched');
        return { updateId };
      } catch (error) {
        const pointer = await readPointer(places.pointer);
        if (pointer?.trial?.updateId === updateId) return { updateId }; // the switch is what counts; a line of the story is not
        await rm(places.staging, { recursive: true, force: true }).catch(() => undefined);
        await say(refusalOf(error) ? 'refused' : 'abandoned', { reason: errorText(error) }).catch(() => undefined);
        throw noSpaceOr(error);
      }
    });

  /** Makes the release before run at the next start. Errors: `conflict` when there is none. */
  const rollBack = async ({ by, reason }: { by: string; reason: string }): Promise<void> =>
    withUpdateLock(places.lock, async () => {
      const pointer = await readPointer(places.pointer);
      if (!pointer?.previous || !existsSync(join(pointer.previous.dir, pointer.previous.entry)))
        throw new AppError('conflict', { message: 'There is no earlier release on this box to return to.' });
      const { release, previous } = pointer;
      const committed = (await readJournal(places.journal)).findLast(({ state }) => state === 'committed');
      const updateId = pointer.trial?.updateId ?? committed?.updateId;
      await writePointer(places.pointer, { format: 1, release: previous, previous: null, trial: null });
      await note({ updateId, state: 'rolled_back', from: release.version, to: previous.version, reason, check: 'person' }, by);
    });

  return { places, trust, plan, apply, rollBack, tidy };
};
export type Updater = ReturnType<typeof createUpdater>;

const noSpaceOr = (error: unknown): unknown =>
  (error as NodeJS.ErrnoException).code === 'ENOSPC'
    ? refused(
        'no_space',
        'The disk became full while the update was laid out. What was begun was removed and nothing was changed; free some space and apply it again.',
        error,
      )
    : error;

const changesOf = (next: readonly ReleaseComponent[], before: readonly ReleaseComponent[], version: string): UpdatePlan['components'] =>
  next.map((component) => ({
    ...component,
    before: before.find(({ name, type }) => name === component.name && type === component.type)?.version ?? (component.type === 'product' ? version : null),
  }));
