import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, test } from 'vitest';
import { z } from 'zod';
import { isAppError } from './app-error.ts';
import { readEnv } from './env.ts';

const folder = mkdtempSync(join(tmpdir(), 'arasul-env-'));
afterAll(() => rmSync(folder, { recursive: true }));

const schema = z.object({
  ARASUL_PORT: z.coerce.number('must be a port').int('must be a port').min(1).default(8080),
  ARASUL_DATABASE_URL: z.string().startsWith('postgres', 'must be a postgresql:// address'),
  ARASUL_SPLIT: z.stringbool().default(false),
});

const problemsOf = (env: Record<string, string>): string[] => {
  try {
    readEnv(schema, env);
  } catch (error) {
    if (isAppError(error, 'configuration_invalid')) return (error.details as { problems: string[] }).problems;
  }
  throw new Error('it was accepted');
};

describe('readEnv', () => {
  test('gives typed values and defaults; an empty variable counts as unset', () => {
    expect(readEnv(schema, { ARASUL_DATABASE_URL: 'postgresql://a', ARASUL_PORT: '', ARASUL_SPLIT: '1' })).toEqual({
      ARASUL_DATABASE_URL: 'postgresql://a',
      ARASUL_PORT: 8080,
      ARASUL_SPLIT: true,
    });
  });

  test('X_FILE names a file that holds X, without its last newline', () => {
    const file = join(folder, 'url');
    writeFileSync(file, 'postgresql://from-file\n');
    expect(readEnv(schema, { ARASUL_DATABASE_URL_FILE: file }).ARASUL_DATABASE_URL).toBe('postgresql://from-file');
  });

  test('says all problems at once, and no value of any variable', () => {
    const problems = problemsOf({ ARASUL_PORT: 'eighty', ARASUL_DATABASE_URL: 'mysql://root:hunter2@db', ARASUL_SPLIT: 'perhaps' });
    expect(problems.map((problem) => problem.split(':')[0])).toEqual(['ARASUL_PORT', 'ARASUL_DATABASE_URL', 'ARASUL_SPLIT']);
    expect(problems.join()).not.toMatch(/hunter2|eighty|perhaps/);
  });

  test('a missing variable, an unreadable file and a variable given twice are each named once', () => {
    expect(problemsOf({})).toEqual(['ARASUL_DATABASE_URL: is missing']);
    expect(problemsOf({ ARASUL_DATABASE_URL_FILE: join(folder, 'nowhere') })).toEqual([expect.stringMatching(/^ARASUL_DATABASE_URL_FILE: cannot be read/)]);
    expect(problemsOf({ ARASUL_DATABASE_URL: 'postgresql://a', ARASUL_DATABASE_URL_FILE: folder })).toEqual([expect.stringContaining('keep one')]);
  });
});
