import { describe, expect, test } from 'vitest';
import { messages as german } from './de/index.ts';
import { messages as english } from './en/index.ts';

type Tree = { [key: string]: string | Tree };

const flatten = (tree: Tree, prefix = ''): Map<string, string> =>
  new Map(
    Object.entries(tree).flatMap(([key, value]) => (typeof value === 'string' ? [[prefix + key, value] as const] : [...flatten(value, `${prefix}${key}.`)])),
  );

const holes = (text: string): string[] => [...text.matchAll(/\{\{(\w+)[^}]*\}\}|<\/?(\w+)>/g)].map(([all]) => all).sort();

const en = flatten(english);
const de = flatten(german);

describe('messages', () => {
  test('every English text has a German one, and no other', () => {
    expect([...de.keys()].sort()).toEqual([...en.keys()].sort());
  });

  test('both languages fill the same holes', () => {
    const differing = [...en].filter(([key, text]) => holes(text).join() !== holes(de.get(key) ?? '').join()).map(([key]) => key);
    expect(differing).toEqual([]);
  });

  test('no text shouts, apologises or is empty', () => {
    const wrong = [...en, ...de].filter(([, text]) => text.trim() === '' || /!|\boops\b|\bsorry\b/i.test(text)).map(([key]) => key);
    expect(wrong).toEqual([]);
  });
});
