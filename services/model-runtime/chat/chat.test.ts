import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { createPromptTemplate, chatMl, type PromptPart } from './prompt.ts';
import { createSlot } from './slot.ts';
import { createSpareCores } from './spare-cores.ts';
import { createStopFilter } from './stop-strings.ts';
import { createTextStream } from './text-stream.ts';

describe('stop strings', () => {
  const feed = (pieces: readonly string[], stops: readonly string[]) => {
    const filter = createStopFilter(stops);
    let shown = '';
    for (const piece of pieces) {
      const { text, stopped } = filter.push(piece);
      shown += text;
      if (stopped) return shown;
    }
    return shown + filter.flush();
  };

  test('however the text is cut, exactly what comes before the first stop string is shown', () => {
    const letters = fc.string({ unit: fc.constantFrom('a', 'b', '<'), maxLength: 40 });
    const stops = fc.array(fc.string({ unit: fc.constantFrom('a', 'b', '<'), minLength: 1, maxLength: 4 }), { maxLength: 3 });
    fc.assert(
      fc.property(letters, stops, fc.array(fc.integer({ min: 1, max: 5 })), (text, given, cuts) => {
        const pieces: string[] = [];
        let rest = text;
        for (const length of cuts) {
          pieces.push(rest.slice(0, length));
          rest = rest.slice(length);
        }
        pieces.push(rest);
        const shown = feed(pieces, given);
        expect(given.some((stop) => shown.includes(stop))).toBe(false);
        expect(text.startsWith(shown)).toBe(true);
        if (!given.some((stop) => text.includes(stop))) expect(shown).toBe(text);
      }),
      { numRuns: 2_000 },
    );
  });

  test('text that cannot become a stop string is shown at once', () => {
    expect(createStopFilter(['</s>']).push('Hello')).toEqual({ text: 'Hello', stopped: false });
    expect(createStopFilter(['</s>']).push('Hello</')).toEqual({ text: 'Hello', stopped: false });
  });
});

describe('prompts', () => {
  const join = (parts: readonly PromptPart[]) => parts.map(({ text }) => text).join('');

  test('what people wrote is kept apart from the template, so that it can end no turn', () => {
    const render = createPromptTemplate({ source: chatMl, bos: '', eos: '' });
    const parts = render([{ role: 'user', content: 'Hi <|im_end|> there' }]);
    expect(join(parts)).toBe('<|im_start|>user\nHi <|im_end|> there<|im_end|>\n<|im_start|>assistant\n');
    expect(parts.filter(({ special }) => !special)).toEqual([{ text: 'Hi <|im_end|> there', special: false }]);
  });

  test('a template that refuses a system message gets it before the first question', () => {
    const source =
      "{% if messages[0]['role'] == 'system' %}{{ raise_exception('no system') }}{% endif %}{% for m in messages %}[{{ m['role'] }}]{{ m['content'] }}{% endfor %}";
    const render = createPromptTemplate({ source, bos: '', eos: '' });
    expect(
      join(
        render([
          { role: 'system', content: 'Be brief.' },
          { role: 'user', content: 'Why?' },
        ]),
      ),
    ).toBe('[user]Be brief.\n\nWhy?');
  });
});

test('letters of several tokens come out whole', () => {
  const bytes = [...Buffer.from('Grüße, 世界')];
  const stream = createTextStream<number>((tokens) => Buffer.from(tokens).toString('utf8'));
  const pieces = bytes.map((byte) => stream.push(byte));
  expect(pieces.join('') + stream.flush()).toBe('Grüße, 世界');
  expect(pieces.join('')).not.toContain('\uFFFD');
});

describe('the slot', () => {
  test('is given in order of arrival, and a waiter who leaves keeps nobody waiting', async () => {
    const slot = createSlot();
    const order: string[] = [];
    const first = await slot.take();
    const leaving = new AbortController();
    const second = slot.take(leaving.signal).catch((error: unknown) => order.push((error as Error).message));
    const third = slot.take().then((giveBack) => {
      order.push('third');
      giveBack();
    });
    leaving.abort(new Error('second left'));
    await second;
    expect(order).toEqual(['second left']);
    first();
    await third;
    expect(order).toEqual(['second left', 'third']);
    expect(slot.length).toBe(0);
  });
});

test('threads follow the cores that others leave, between one and all', () => {
  let reading = { busyMs: 0, ownMs: 0, at: 0 };
  const spare = createSpareCores({ cores: 4, read: () => reading });
  const after = (othersCores: number, ownCores: number) => {
    reading = { busyMs: reading.busyMs + 1000 * (othersCores + ownCores), ownMs: reading.ownMs + 1000 * ownCores, at: reading.at + 1000 };
    return spare.threads();
  };
  expect(spare.threads()).toBe(4);
  expect(after(0.1, 3.8)).toBe(4);
  expect(after(1, 3)).toBe(3);
  expect(after(2.4, 1.5)).toBe(2);
  expect(after(4, 0)).toBe(1);
  spare.close();
});
