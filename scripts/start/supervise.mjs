// Which release runs: the one that the data folder's pointer names, or, where there is none or an older one, what lies here.
import { existsSync, readFileSync } from 'node:fs';
import { homedir } from 'node:os';
import { dirname, join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { chooseBootstrap } from '../bootstrap/choose.mjs';

/** A bootstrap that worked so long works. */
const SETTLED_AFTER_MS = 10_000;
const START_AGAIN = 75;
const root = resolve(dirname(fileURLToPath(import.meta.url)), '../..');

/** As services/launcher/config.ts has it. */
export const dataFolderOf = (env = process.env) => {
  if (env.ARASUL_DATA_DIR) return resolve(env.ARASUL_DATA_DIR);
  return process.getuid?.() === 0 ? '/var/lib/arasul' : join(env.XDG_DATA_HOME || join(homedir(), '.local', 'share'), 'arasul');
};

const isNewer = (version, than) => {
  const [a, b] = [version, than].map((text) => text.split(/[-+]/)[0].split('.').map(Number));
  const at = [0, 1, 2].find((part) => a[part] !== b[part]);
  return at !== undefined && a[at] > b[at];
};

/** Whether the pointer names something that this checkout must give way to. */
const givesWay = (dataDir) => {
  try {
    const { release, trial } = JSON.parse(readFileSync(join(dataDir, 'releases', 'current.json'), 'utf8'));
    const own = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8')).version;
    return Boolean(trial) || (release.dir !== root && isNewer(release.version, own));
  } catch {
    return existsSync(join(dataDir, 'releases', 'current.json.before'));
  }
};

/** Runs the box: a release under the bootstrap's eye, or `own`, and either again after an update. Resolves with the exit code. */
export const supervise = async ({ args, own }) => {
  const dataDir = dataFolderOf();
  const isSupervised = process.env.ARASUL_SUPERVISED === '1';
  let follow = !isSupervised && givesWay(dataDir);
  for (;;) {
    if (follow) {
      const { module, settled } = await chooseBootstrap(dataDir, fileURLToPath(new URL('../bootstrap/bootstrap.mjs', import.meta.url)));
      setTimeout(settled, SETTLED_AFTER_MS).unref();
      const code = await module.superviseReleases({ dataDir, own: { dir: root, entry: 'scripts/start.mjs' }, args });
      settled();
      if (code !== null) return code;
    }
    const code = await own();
    if (code !== START_AGAIN || isSupervised) return code;
    follow = true;
  }
};
