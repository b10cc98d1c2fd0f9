import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { fixupFacts, suggestionsFor } from '#healing';
import { checks } from './checks/index.ts';
import { fixups } from './fixups/index.ts';

const idsIn = (folder: string): string[] =>
  readdirSync(join(import.meta.dirname, folder))
    .filter((name) => name !== 'index.ts')
    .flatMap((name) => [...readFileSync(join(import.meta.dirname, folder, name), 'utf8').matchAll(/^ {2}id: '([^']+)',$/gm)].map(([, id]) => id!))
    .sort();

test('every check and fixup of the folders is registered, once', () => {
  expect(checks.map(({ id }) => id).sort()).toEqual(idsIn('checks'));
  expect(fixups.map(({ id }) => id).sort()).toEqual(idsIn('fixups'));
});

test('what people are told of a repair and what can be carried out are the same list', () => {
  expect(fixups.map(({ id }) => id).sort()).toEqual(fixupFacts.map(({ id }) => id).sort());
  for (const { id } of checks) for (const suggestion of suggestionsFor(id)) expect(fixups.map((one) => one.id)).toContain(suggestion.id);
});
