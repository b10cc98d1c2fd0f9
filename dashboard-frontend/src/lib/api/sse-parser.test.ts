import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { createSseParser } from './sse-parser.ts';

const stream = ':hello\n\nid: 7\nevent: token\ndata: {"text":"a\\nb"}\n\nid:8\r\nevent: done\r\ndata: one\r\ndata:  two\r\n\r\nretry: 5\n\ndata\n\n';
const whole = [
  { id: '7', event: 'token', data: '{"text":"a\\nb"}' },
  { id: '8', event: 'done', data: 'one\n two' },
  { id: '8', event: 'message', data: '' },
];

describe('server-sent events', () => {
  test('ids stick, comments are dropped, several data lines are joined', () => {
    expect(createSseParser()(stream)).toEqual(whole);
  });

  test('the same events come out however the stream is cut', () => {
    fc.assert(
      fc.property(fc.array(fc.nat(stream.length)), (cuts) => {
        const at = [0, ...cuts.toSorted((a, b) => a - b), stream.length];
        const parse = createSseParser();
        const events = at.slice(1).flatMap((end, index) => parse(stream.slice(at[index], end)));
        expect(events).toEqual(whole);
      }),
    );
  });
});
