import { execFileSync, spawn } from 'node:child_process';
import { existsSync, mkdirSync } from 'node:fs';
import { join } from 'node:path';

const PACKAGES = ['numpy', 'rank-bm25', 'onnxruntime', 'tokenizers'];

/** A Python with what the reference needs, made once in the cache folder. */
const python = (cacheDir: string): string => {
  const venv = join(cacheDir, 'venv');
  const binary = join(venv, 'bin/python');
  if (!existsSync(binary)) {
    mkdirSync(cacheDir, { recursive: true });
    execFileSync('python3', ['-m', 'venv', venv], { stdio: 'inherit' });
    execFileSync(binary, ['-m', 'pip', 'install', '--quiet', ...PACKAGES], { stdio: 'inherit' });
  }
  return binary;
};

export type BaselineReport = Readonly<Record<'bm25' | 'dense' | 'rrf', Readonly<Record<string, number>>>>;

/** Runs the reference (`baseline.py`) on one set. Takes minutes: it embeds everything each time. */
export const runBaseline = async (options: {
  dataDir: string;
  modelsDir: string;
  cacheDir: string;
  task: 'financebench' | 'cranfield';
}): Promise<BaselineReport> => {
  const { dataDir, modelsDir, cacheDir, task } = options;
  const child = spawn(python(cacheDir), [join(dataDir, 'baseline.py'), '--data', dataDir, '--models', modelsDir, task], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  let output = '';
  for await (const piece of child.stdout) output += String(piece);
  return JSON.parse(output) as BaselineReport;
};
