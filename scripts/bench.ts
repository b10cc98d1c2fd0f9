/**
 * Runs the benchmarks of test/bench/*.bench.ts and writes artefacts/bench.json and docs/benchmarks.md.
 * usage: npm run bench [-- NAME ...]   (only benches whose file name contains one of the names; the table keeps the others' rows)
 */
import { existsSync } from 'node:fs';
import { mkdir, readdir, readFile, writeFile } from 'node:fs/promises';
import { cpus, totalmem } from 'node:os';
import { basename, join, resolve } from 'node:path';
import { pathToFileURL } from 'node:url';
import { build } from 'esbuild';
import { keepsGoal, ratioOf, type Bench, type Figure } from '../test/bench/bench.ts';

interface Result {
  bench: string;
  about: string;
  at: string;
  figures: Figure[];
}

const FOLDER = 'test/bench';
const JSON_FILE = 'artefacts/bench.json';
const TABLE_FILE = 'docs/benchmarks.md';

const load = async (file: string): Promise<Bench> => {
  const outfile = resolve('.cache/scripts', `${basename(file, '.ts')}.mjs`);
  await build({
    entryPoints: [join(FOLDER, file)],
    outfile,
    bundle: true,
    platform: 'node',
    format: 'esm',
    target: 'node20',
    packages: 'external',
    logLevel: 'warning',
  });
  return ((await import(pathToFileURL(outfile).href)) as { default: Bench }).default;
};

const number = (value: number): string => (Math.abs(value) >= 100 ? value.toFixed(0) : value.toPrecision(3));

const row = (figure: Figure): string => {
  const ratio = ratioOf(figure);
  const kept = keepsGoal(figure);
  return [
    figure.name,
    `${number(figure.value)} ${figure.unit}`,
    figure.reference ? `${number(figure.reference.value)} ${figure.unit} (${figure.reference.name})` : '',
    ratio === null ? '' : `${ratio.toFixed(2)}x`,
    figure.goal ? `${figure.goal.text}${kept ? '' : ' **missed**'}` : '',
  ].join(' | ');
};

const table = (results: Result[]): string =>
  [
    '# Benchmarks',
    '',
    'Made by `npm run bench`. Every ratio compares two things measured in the same run on the same machine; absolute figures are of that machine alone.',
    '',
    `Machine: ${cpus().length} cores (${cpus()[0]?.model.trim() ?? 'unknown'}), ${(totalmem() / 2 ** 30).toFixed(0)} GiB, Node ${process.version}.`,
    ...results.flatMap((result) => [
      '',
      `## ${result.bench}`,
      '',
      result.about,
      '',
      '| figure | measured | reference | ratio | goal |',
      '|---|---|---|---|---|',
      ...result.figures.map((figure) => `| ${row(figure)} |`),
    ]),
    '',
  ].join('\n');

const wanted = process.argv.slice(2);
const files = (await readdir(FOLDER)).filter((file) => file.endsWith('.bench.ts')).sort();
const before = existsSync(JSON_FILE) ? (JSON.parse(await readFile(JSON_FILE, 'utf8')) as Result[]) : [];
const results = new Map(before.map((result) => [result.bench, result]));
await mkdir('artefacts', { recursive: true });
await mkdir('.cache/scripts', { recursive: true });
for (const file of files) {
  if (wanted.length > 0 && !wanted.some((name) => file.includes(name))) continue;
  const bench = await load(file);
  console.log(`${bench.name}: ${bench.about}`);
  const figures = await bench.measure();
  for (const figure of figures) console.log(`  ${row(figure)}`);
  results.set(bench.name, { bench: bench.name, about: bench.about, at: new Date().toISOString(), figures });
  const all = [...results.values()].sort((a, b) => a.bench.localeCompare(b.bench));
  await writeFile(JSON_FILE, `${JSON.stringify(all, null, 2)}\n`);
  await writeFile(TABLE_FILE, table(all));
}
process.exit(0);
