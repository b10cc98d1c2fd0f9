import { resolve } from 'node:path';
import { pathToFileURL } from 'node:url';
import { systemClock } from '#kit';
import { createUpdater } from '#updates';

// A start of a box of which a bundle is applied: node apply-once.js DATA OLD [BUNDLE]. Ends when what runs ends.
const [, , dataDir = '', old = '', file] = process.argv;
const running = { version: '0.1.0', dir: old, node: process.execPath, entry: 'run.mjs' };

if (file) {
  const updater = createUpdater({
    dataDir,
    running,
    box: { product: 'arasul', arch: 'x64', hardware: 'cpu' },
    clock: systemClock,
    restorePoint: { take: () => Promise.resolve({ sizeBytes: 0, parts: [] }) },
  });
  await updater.tidy();
  await updater.apply(await updater.plan(file), { by: 'technician', source: 'stick' });
}
// The real one, as it lies in every installation.
const { superviseReleases } = (await import(pathToFileURL(resolve('scripts/bootstrap/bootstrap.mjs')).href)) as {
  superviseReleases: (options: { dataDir: string; own: null }) => Promise<number | null>;
};
process.exitCode = (await superviseReleases({ dataDir, own: null })) ?? 3;
