// Two starts in one checkout: the second waits while the first installs and builds, instead of pulling its files away.
import { createHash } from 'node:crypto';
import { createServer } from 'node:net';
import { resolve } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';

const LOOK_MS = 250;
const root = resolve(fileURLToPath(import.meta.url), '../../..');
// A name of the kernel's own, not a file: it goes with its process, however that ends, and asks for no right to write.
const NAME = `\0arasul-set-up-${createHash('sha256').update(root).digest('hex').slice(0, 16)}`;

/** The held lock, or null while another process has it. */
const take = () =>
  new Promise((found, failed) => {
    const server = createServer((socket) => socket.destroy());
    server.once('error', (error) => (error.code === 'EADDRINUSE' ? found(null) : failed(error)));
    server.listen(NAME, () => found(server));
  });

/** Does `work` while no other start installs or builds here, saying so while it waits. Only Linux has such names; elsewhere it works at once. */
export const withSetUpLock = async (terminal, work) => {
  if (process.platform !== 'linux') return work();
  let lock = await take();
  if (!lock) {
    const step = terminal.step('Set-up', 'another start in this folder installs or builds; waiting for it');
    while (!(lock = await take())) await sleep(LOOK_MS);
    step.done('the other start is through');
  }
  try {
    return await work();
  } finally {
    lock.close();
  }
};
