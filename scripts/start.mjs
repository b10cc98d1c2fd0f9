// npm start: installs and builds what is needed, then runs the box in this same process. Needs nothing but Node.
// A box that was updated runs its release instead, under the eye of the bootstrap.
import { checkNode } from './start/node-version.mjs';

checkNode();

const { supervise } = await import('./start/supervise.mjs');
const { followParent, runBox } = await import('./start/run.mjs');
const args = process.argv.slice(2);

const runCheckout = async () => {
  const { createTerminal } = await import('./start/terminal.mjs');
  const { install } = await import('./start/install.mjs');
  const { withSetUpLock } = await import('./start/set-up-lock.mjs');
  const terminal = createTerminal();
  await withSetUpLock(terminal, async () => {
    await install(terminal);
    // Read once the packages are there and nobody else builds.
    const { buildStep } = await import('./start/build-step.mjs');
    await buildStep(terminal);
  });
  return runBox({ args, terminal });
};

followParent();
process.exitCode = await supervise({ args, own: runCheckout });
