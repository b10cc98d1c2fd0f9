import { describe, expect, test } from 'vitest';
import { catalogue } from './catalogue/catalogue.ts';
import { recommend, whyNot } from './catalogue/machine.ts';
import { effectiveModels, missingDefault } from './defaults.ts';

const entries = catalogue();
const chat = entries.filter(({ purpose }) => purpose === 'chat');
const rows = entries.map(({ id, purpose }) => ({ id, purpose, state: 'available', active: false }));
const withState = (states: Record<string, Partial<(typeof rows)[number]>>) => rows.map((row) => ({ ...row, ...states[row.id] }));
const small = { memoryBytes: 8e9, cores: 2, hasGpu: false };

describe('the catalogue', () => {
  test('has ids, folders and pins that can be relied on', () => {
    expect(new Set(entries.map(({ id }) => id)).size).toBe(entries.length);
    for (const entry of entries) {
      expect(entry.memoryBytes).toBeGreaterThan(entry.sizeBytes);
      for (const { path } of entry.files) expect(path).not.toMatch(/^\/|\.\./);
      for (const source of entry.sources) {
        // A package's files are checked against digests given here: an index of packages gives none for what is inside.
        if (source.type === 'pip') expect(entry.files.every(({ sha256 }) => sha256 !== null)).toBe(true);
        if (source.type === 'pip')
          expect(source.packages.flatMap(({ files }) => Object.keys(files)).sort()).toEqual(entry.files.map(({ path }) => path).sort());
      }
    }
  });

  test('recommends what fits the memory and writes at a bearable speed', () => {
    expect(recommend(chat, { memoryBytes: 2.2e9, cores: 2, hasGpu: false })?.id).toBe('smollm2-135m-instruct');
    expect(recommend(chat, { memoryBytes: 24e9, cores: 2, hasGpu: false })?.id).toBe('qwen2.5-1.5b-instruct');
    expect(recommend(chat, { memoryBytes: 24e9, cores: 8, hasGpu: false })?.id).toBe('qwen3-4b');
    expect(recommend(chat, { memoryBytes: 64e9, cores: 8, hasGpu: true })?.id).toBe('qwen3-8b');
  });

  test('says with numbers why a model does not fit', () => {
    expect(
      whyNot(
        entries.find(({ id }) => id === 'qwen3-8b')!,
        small,
      ),
    ).toBe('Needs 6.9 GB of memory; this machine has 8.0 GB, of which 5.2 GB can go to a model.');
  });
});

describe('the default', () => {
  const ask = (given: typeof rows, hasHub: boolean) =>
    missingDefault({ purpose: 'chat', rows: given, catalogue: entries, machine: small, isHubReachable: async () => hasHub });

  test('comes from a source that answers', async () => {
    expect(await ask(rows, true)).toBe('qwen2.5-1.5b-instruct');
    expect(await ask(rows, false)).toBe('smollm2-135m-instruct');
  });
  test('is none where one is there, on its way, or was declined', async () => {
    expect(await ask(withState({ 'qwen3-4b': { state: 'ready' } }), true)).toBeNull();
    expect(await ask(withState({ 'qwen3-4b': { state: 'queued' } }), true)).toBeNull();
    expect(await ask(withState({ 'qwen3-4b': { active: true } }), true)).toBeNull();
  });
  test('makes way for the next when it cannot be had', async () => {
    expect(await ask(withState({ 'qwen2.5-1.5b-instruct': { state: 'failed', active: true } }), true)).toBe('llama-3.2-1b-instruct');
  });
});

test('a chosen model answers once it is ready; until then the best that is', () => {
  const given = withState({
    'smollm2-135m-instruct': { state: 'ready' },
    'qwen2.5-0.5b-instruct': { state: 'ready' },
    'qwen3-4b': { state: 'downloading', active: true },
  });
  expect(effectiveModels(given, entries).get('chat')).toBe('qwen2.5-0.5b-instruct');
  const later = withState({ 'qwen2.5-0.5b-instruct': { state: 'ready' }, 'qwen3-4b': { state: 'ready', active: true } });
  expect(effectiveModels(later, entries).get('chat')).toBe('qwen3-4b');
});
