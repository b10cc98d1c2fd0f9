import { existsSync } from 'node:fs';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, inject, test } from 'vitest';
import { runCommand } from '../../../scripts/arasul/main.ts';
import { startBox, type Box } from '../../support/box.ts';
import { makeBackupFolder } from '../../support/backups.ts';
import { uploaded } from '../../support/indexing.ts';

let box: Box;
let folder: Awaited<ReturnType<typeof makeBackupFolder>>;
let dataDir: string;
beforeAll(async () => {
  box = await startBox();
  await uploaded(box, await box.owner(), 'plan.txt', 'The ship leaves at noon.');
  folder = await makeBackupFolder();
  dataDir = await mkdtemp(join(tmpdir(), 'arasul-new-'));
});
afterAll(async () => {
  await box.stop();
  await folder.remove();
  await rm(dataDir, { recursive: true, force: true });
});

const run = async (env: Record<string, string>, words: string[], answer?: string): Promise<{ code: number; said: string; complained: string }> => {
  const said: string[] = [];
  const complained: string[] = [];
  const ask = answer === undefined ? undefined : () => Promise.resolve(answer);
  const code = await runCommand({ root: process.cwd(), env, words, say: (line) => said.push(line), complain: (line) => complained.push(line), ask });
  return { code, said: said.join('\n'), complained: complained.join('\n') };
};

test('from a key and a backup to the same box in an empty data folder', async () => {
  const here = { ARASUL_DATA_DIR: box.dataDir, ARASUL_DATABASE_URL: box.database.url, ARASUL_DATABASE_ADMIN_URL: inject('postgres').adminUrl };
  const there = { ARASUL_DATA_DIR: dataDir };
  const key = await run(here, ['backup', 'key', 'new']);
  const words = [...key.said.matchAll(/\d+ ([a-z]+) */g)].map(([, word]) => word).join(' ');
  expect(words.split(' ')).toHaveLength(24);
  expect(await run(here, ['backup', 'key', 'check'], words)).toMatchObject({ code: 0 });

  expect(await run(here, ['backup', 'create', `--to=${folder.folder}`])).toMatchObject({ code: 0, said: expect.stringContaining('1 documents') });
  expect(await run(here, ['backup', 'list', `--from=${folder.folder}`])).toMatchObject({ code: 0, said: expect.stringContaining('“Arasul”') });
  expect(await run(here, ['backup', 'verify', `--from=${folder.folder}`])).toMatchObject({ code: 0, said: expect.stringContaining('every hash is right') });
  expect(await run(here, ['backup', 'drill', `--from=${folder.folder}`])).toMatchObject({ code: 0, said: expect.stringMatching(/is good: restored .* in /) });

  const restore = ['backup', 'restore', `--from=${folder.folder}`];
  expect(await run(there, restore, 'one two three')).toMatchObject({ code: 1, complained: expect.stringContaining('24 words; these are 3') });
  expect(existsSync(join(dataDir, 'postgres'))).toBe(false);
  expect(await run(there, restore, words)).toMatchObject({ code: 0, said: expect.stringContaining('Restored in') });
  expect(await run(there, ['users'])).toMatchObject({ code: 0, said: expect.stringMatching(/^owner +owner/m) });
  expect(await readFile(join(dataDir, 'secrets', 'master-key'))).toEqual(await readFile(join(box.dataDir, 'secrets', 'master-key')));

  // A second time there is something to lose: the box's name is asked for.
  expect(await run(there, restore, 'another')).toMatchObject({ code: 1, complained: expect.stringContaining('Nothing was changed') });
});

test('what is not known is refused with the usage', async () => {
  expect(await run({}, ['backup', 'creat'])).toMatchObject({ code: 1, complained: expect.stringContaining('Did you mean “create”?') });
  expect(await run({}, ['backup', 'create', '--now'])).toMatchObject({ code: 1, complained: expect.stringContaining('“--now” is not known') });
});
