import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { splitBlocks, steady } from './blocks.ts';

const texts = (text: string) => splitBlocks(text).map((block) => block.text);

describe('blocks of an answer', () => {
  test('paragraphs part, a fence with blank lines and a loose list stay whole', () => {
    expect(texts('One.\n\nTwo.\n')).toEqual(['One.\n\n', 'Two.\n']);
    expect(texts('```js\na\n\nb\n```\n\nAfter')).toEqual(['```js\na\n\nb\n```\n\n', 'After']);
    expect(texts('- a\n\n- b\n\n  more\n\nAfter')).toEqual(['- a\n\n- b\n\n  more\n\n', 'After']);
  });

  test('the blocks joined are the text, and each knows where it begins', () => {
    const lines = fc.constantFrom('', 'Words.', '- item', '1. first', '```', '  indented', '| a | b |', '> said');
    fc.assert(
      fc.property(fc.array(lines), (parts) => {
        const text = parts.join('\n');
        const blocks = splitBlocks(text);
        expect(blocks.map((block) => block.text).join('')).toBe(text);
        for (const block of blocks) expect(text.startsWith(block.text, block.start)).toBe(true);
      }),
    );
  });

  test('what was split stays split while the text grows', () => {
    const text = 'A claim [1].\n\n- one\n- two\n\n```\ncode\n\nmore\n```\n\n| a | b |\n|---|---|\n| 1 | 2 |\n\nThe end.';
    const whole = texts(text);
    for (let end = 0; end <= text.length; end++) {
      const done = texts(text.slice(0, end)).slice(0, -1);
      expect(done).toEqual(whole.slice(0, done.length));
    }
  });
});

describe('the block being written', () => {
  test('half a citation is held back, open emphasis is closed', () => {
    expect(steady('It is so [1')).toBe('It is so ');
    expect(steady('It is **so')).toBe('It is **so**');
    expect(steady('It is **')).toBe('It is ');
    expect(steady('Run `npm')).toBe('Run `npm`');
    expect(steady('`**`')).toBe('`**`');
  });

  test('a table shows when its second line is there, not as text before', () => {
    expect(steady('| a | b')).toBe('');
    expect(steady('| a | b |\n|--')).toBe('');
    expect(steady('| a | b |\n|---|---|\n')).toBe('| a | b |\n|---|---|\n');
  });
});
