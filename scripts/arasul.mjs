// npm run arasul -- COMMAND: the command line of a box, for who sits at the machine. Installs and builds what is needed first.
import { dirname, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { checkNode } from './start/node-version.mjs';

checkNode();

const root = resolve(dirname(fileURLToPath(import.meta.url)), '..');
const { createTerminal } = await import('./start/terminal.mjs');
const { install } = await import('./start/install.mjs');
const { buildStep } = await import('./start/build-step.mjs');
const terminal = createTerminal();
await install(terminal);
await buildStep(terminal);

/** One line from who sits there; an end of the input is an empty answer. */
const ask = async (question) => {
  const { createInterface } = await import('node:readline/promises');
  const lines = createInterface({ input: process.stdin, output: process.stderr });
  try {
    return await Promise.race([lines.question(question), new Promise((resolve) => lines.once('close', () => resolve('')))]);
  } finally {
    lines.close();
  }
};

const { runCommand } = await import('../dist/arasul.js');
process.exitCode = await runCommand({
  root,
  env: process.env,
  words: process.argv.slice(2),
  say: (line) => console.log(line),
  complain: (line) => console.error(line),
  ask,
});
