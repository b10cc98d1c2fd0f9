// npm start: installs and builds what is needed, then runs the box in this same process. Needs nothing but Node.
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

const { enableCompileCache } = await import('node:module'); // Node 22.1 on
enableCompileCache?.(resolve(root, '.cache/node'));
const { launch } = await import('../dist/launcher.js');
process.exitCode = await launch({ root, env: process.env, options: process.argv.slice(2), terminal });
