import { execFileSync } from 'node:child_process';
import { existsSync, mkdirSync, readdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { extract } from 'tar';

/** The Node that releases run on: a line that is maintained for years, tested like the others. */
export const RUNTIME_VERSION = '24.21.0';

interface Runtime {
  path: string;
  version: string;
  /** What to tell who builds; null when all is as it should be. */
  note: string | null;
}

/** The Node program of a platform, from its npm package; this process's own where that cannot be had and the processor is the same. */
export const nodeRuntime = async (root: string, arch: string, wanted: string): Promise<Runtime> => {
  if (wanted === 'own') return ownRuntime(arch, 'as asked');
  const folder = join(root, '.cache', 'node-runtime', `${arch}-${wanted}`);
  const path = join(folder, 'bin', 'node');
  if (existsSync(path)) return { path, version: wanted, note: null };
  try {
    mkdirSync(folder, { recursive: true });
    execFileSync('npm', ['pack', `node-linux-${arch}@${wanted}`, '--pack-destination', folder, '--silent'], {
      stdio: ['ignore', 'pipe', 'pipe'],
      timeout: 180_000,
    });
    const archive = readdirSync(folder).find((name) => name.endsWith('.tgz'));
    await extract({ file: join(folder, archive!), cwd: folder, strip: 1, filter: (name) => name === 'package/bin/node' });
    if (!existsSync(path)) throw new Error('the package holds no bin/node');
    return { path, version: wanted, note: null };
  } catch (error) {
    rmSync(folder, { recursive: true, force: true });
    return ownRuntime(arch, `the package node-linux-${arch}@${wanted} cannot be had: ${(error as Error).message.split('\n')[0]}`);
  }
};

const ownRuntime = (arch: string, why: string): Runtime => {
  if (arch !== process.arch) throw new Error(`There is no Node for ${arch}: ${why}.`);
  return { path: process.execPath, version: process.versions.node, note: `Node ${process.versions.node} of this machine goes into the bundle (${why}).` };
};
