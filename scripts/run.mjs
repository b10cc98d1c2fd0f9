// Runs a TypeScript script of this repository on any supported Node: bundles it with esbuild, then imports the bundle.
// usage: node scripts/run.mjs scripts/NAME.ts [arguments]
import { build } from 'esbuild';
import { mkdirSync } from 'node:fs';
import { basename, resolve } from 'node:path';
import { pathToFileURL } from 'node:url';

const [, , entry, ...rest] = process.argv;
// Inside the repository, so that bare imports find node_modules.
const outfile = resolve('.cache/scripts', basename(entry).replace(/\.ts$/, `.${process.pid}.mjs`));
mkdirSync('.cache/scripts', { recursive: true });
await build({
  entryPoints: [entry],
  outfile,
  bundle: true,
  platform: 'node',
  format: 'esm',
  target: 'node20',
  packages: 'external',
  sourcemap: 'inline',
  logLevel: 'warning',
});
process.argv = [process.argv[0], resolve(entry), ...rest];
await import(pathToFileURL(outfile).href);
