import { createWriteStream, existsSync } from 'node:fs';
import { chmod, copyFile, link, mkdir, readdir, readFile, rename, rm } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { pipeline } from 'node:stream/promises';
import { releaseManifest, type ReleaseManifest } from '#contracts';
import { forEachAtOnce, hashFile } from '../hash-file.ts';
import { refused } from '../refuse.ts';
import { syncFolder, syncTree, writeWhole } from './durable.ts';
import type { UpdatePlaces } from './places.ts';

/** Files of the releases that lie here, by hash: they are neither carried nor copied twice. */
export const findHeld = async ({ releases }: UpdatePlaces): Promise<Map<string, string>> => {
  const held = new Map<string, string>();
  const names = await readdir(releases).catch(() => []);
  for (const name of names.filter((one) => /^\d+\.\d+\.\d+\.json$/.test(one))) {
    const folder = join(releases, name.slice(0, -'.json'.length));
    if (!existsSync(folder)) continue;
    const manifest = releaseManifest.parse(JSON.parse(await readFile(join(releases, name), 'utf8')));
    for (const { path, sha256 } of manifest.files) held.set(sha256, join(folder, path));
  }
  return held;
};

/** Removes releases that nothing returns to. What both share with those that stay keeps its bytes: they are names of the same files. */
export const removeReleases = async ({ releases }: UpdatePlaces, kept: ReadonlySet<string>): Promise<void> => {
  for (const name of await readdir(releases).catch(() => [])) {
    const version = /^(\d+\.\d+\.\d+)(?:\.json)?$/.exec(name)?.[1];
    if (version !== undefined && !kept.has(version)) await rm(join(releases, name), { recursive: true, force: true });
  }
};

/** Takes in objects one by one, then lays the release out. Nothing is visible to the bootstrap before the pointer names it. */
export const beginStaging = async (places: UpdatePlaces) => {
  await rm(places.staging, { recursive: true, force: true });
  const objects = join(places.staging, 'objects');
  await mkdir(objects, { recursive: true, mode: 0o700 });

  return {
    take: ({ sha256 }: { sha256: string }, content: AsyncGenerator<Buffer>): Promise<void> =>
      pipeline(content, createWriteStream(join(objects, sha256), { mode: 0o644 })),
    /** Links every file into its place. Errors: `update_refused` (`base_missing`) when a file that the box should have is not what it was. */
    async layOut(manifest: ReleaseManifest, bytes: Uint8Array, held: ReadonlyMap<string, string>): Promise<void> {
      const tree = join(places.staging, 'tree');
      const carriedHashes = new Set(await readdir(objects));
      for (const folder of new Set(manifest.files.map(({ path }) => dirname(join(tree, path))))) await mkdir(folder, { recursive: true });
      await forEachAtOnce(manifest.files, async ({ path, sha256, executable }) => {
        const target = join(tree, path);
        const carried = join(objects, sha256);
        const source = carriedHashes.has(sha256) ? carried : held.get(sha256);
        if (source === undefined || (source !== carried && (await hashFile(source).catch(() => '')) !== sha256))
          throw refused('base_missing', `The bundle builds on files of an earlier release, and “${path}” is missing here or was changed. Use a full bundle.`);
        // A name of the same bytes costs nothing; one that must be run gets its own mode, thus its own copy.
        await (source === carried || !executable ? link(source, target) : copyFile(source, target)).catch(() => copyFile(source, target));
        if (executable) await chmod(target, 0o755);
      });
      await rm(objects, { recursive: true });
      await syncTree(places.staging);
      const release = places.release(manifest.version);
      await rm(places.manifest(manifest.version), { force: true });
      await rm(release, { recursive: true, force: true });
      await mkdir(places.releases, { recursive: true, mode: 0o700 });
      await rename(tree, release);
      await syncFolder(places.releases);
      await writeWhole(places.manifest(manifest.version), bytes);
      await rm(places.staging, { recursive: true, force: true });
    },
  };
};
