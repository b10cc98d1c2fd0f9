// Everything that can be said of the code without running the product: format, types, lint, borders, schema, dead code, unit tests.
// usage: npm run check [-- NAME ...]
import { spawn } from 'node:child_process';
import { availableParallelism } from 'node:os';

const bin = (name) => `node_modules/.bin/${name}`;
const CHECKS = {
  format: [bin('prettier'), '--check', '--log-level', 'warn', '--cache', '--cache-location', '.cache/prettier', '.'],
  types: [bin('tsc'), '-p', '.'],
  lint: [bin('eslint'), '--cache', '--cache-location', '.cache/eslint', '--max-warnings', '0', '.'],
  borders: [bin('depcruise'), 'packages', 'services', 'dashboard-frontend/src', 'test', '--config', '.dependency-cruiser.cjs'],
  schema: [process.execPath, 'scripts/run.mjs', 'scripts/db-types.ts', '--check'],
  'dead code': [bin('knip'), '--no-progress'],
  unit: [bin('vitest'), 'run', '--no-isolate', '--silent', '--reporter=dot', 'packages', 'services', 'dashboard-frontend', 'scripts'],
};

const run = ([file, ...args]) =>
  new Promise((resolve) => {
    const began = Date.now();
    let text = '';
    const child = spawn(file, args, { stdio: ['ignore', 'pipe', 'pipe'] });
    for (const stream of [child.stdout, child.stderr]) stream.on('data', (part) => (text += part));
    child.on('error', (error) => resolve({ ok: false, text: String(error), seconds: 0 }));
    child.on('close', (code) => resolve({ ok: code === 0, text, seconds: (Date.now() - began) / 1000 }));
  });

const wanted = process.argv.slice(2);
const queue = Object.entries(CHECKS).filter(([name]) => wanted.length === 0 || wanted.includes(name));
let failed = 0;
const worker = async () => {
  for (let next = queue.shift(); next; next = queue.shift()) {
    const [name, command] = next;
    const { ok, text, seconds } = await run(command);
    console.log(`${ok ? 'ok  ' : 'FAIL'} ${name} (${seconds.toFixed(1)} s)`);
    if (!ok) {
      failed += 1;
      console.log(text);
    }
  }
};
await Promise.all(Array.from({ length: Math.min(3, availableParallelism()) }, worker));
process.exitCode = failed > 0 ? 1 : 0;
