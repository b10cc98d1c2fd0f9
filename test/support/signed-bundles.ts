import { mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { initKeyFolder, peekManifest, signBundleFile, signRelease, writeBundle } from '#updates';
import { manifestOf } from './bundles.ts';

/** A maker with real keys in a folder, whose small releases fit this machine. */
export const makeBundleMaker = async () => {
  const work = await mkdtemp(join(tmpdir(), 'arasul-maker-'));
  const keys = join(work, 'keys');
  await mkdir(keys);
  initKeyFolder(keys, { now: Date.now() });
  return {
    root: () => readFile(join(keys, 'root', '1.root.json'), 'utf8'),
    /** A whole, signed bundle. */
    async bundle(version: string): Promise<Buffer> {
      const files = { 'runtime/bin/node': Buffer.alloc(9_000, 7), 'run.mjs': Buffer.from(`console.log('${version}')`) };
      const manifest = manifestOf(
        { version, arch: process.arch as 'x64', hardware: ['cpu', 'nvidia', 'jetson'], start: { node: 'runtime/bin/node', entry: 'run.mjs' } },
        files,
      );
      for (const { path, sha256 } of manifest.files) await writeFile(join(work, sha256), files[path as 'run.mjs']);
      const file = join(work, `${version}.arasul`);
      await writeBundle(file, { manifest, objectAt: (sha256) => join(work, sha256) });
      await signBundleFile(file, file, signRelease(keys, await peekManifest(file), { now: Date.now() }));
      return readFile(file);
    },
    remove: () => rm(work, { recursive: true, force: true }),
  };
};
