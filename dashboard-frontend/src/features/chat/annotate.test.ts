import { expect, test } from 'vitest';
import { annotate } from './annotate.ts';

const textNode = (value: string, offset = 0) => ({ type: 'text', value, position: { start: { offset }, end: { offset: offset + value.length } } });
const run = (value: string, markers: number[], unsupported: [number, number][], offset = 0, numbers: [number, number][] = []) => {
  const tree = { type: 'root', children: [{ type: 'element', tagName: 'p', children: [textNode(value, offset)] }] };
  annotate({ markers: new Set(markers), unsupported, numbers })()(tree);
  return (tree.children[0]?.children as { type: string; value?: string; properties?: Record<string, unknown>; children?: { value: string }[] }[]).map((node) =>
    node.type === 'text'
      ? node.value
      : node.properties?.['dataMarker'] === undefined
        ? { [node.properties?.['dataNumber'] === undefined ? 'unsupported' : 'number']: node.children?.[0]?.value }
        : { marker: node.properties['dataMarker'] },
  );
};

test('a number with a source becomes a citation, one without stays text', () => {
  expect(run('So it is [1], not [2].', [1], [])).toEqual(['So it is', { marker: 1 }, ', not [2].']);
});

test('a sentence without support is marked, also across a block that begins later', () => {
  expect(run('Borne [1]. Not borne. End', [1], [[111, 121]], 100)).toEqual(['Borne', { marker: 1 }, '. ', { unsupported: 'Not borne.' }, ' End']);
});

test('a citation inside an unsupported range splits it', () => {
  expect(run('Aa [1] bb', [1], [[0, 9]])).toEqual([{ unsupported: 'Aa' }, { marker: 1 }, { unsupported: ' bb' }]);
});

test('a number that stands in no passage is marked, inside a sentence without support too', () => {
  expect(run('It was 17 in 2021 [1]', [1], [], 0, [[7, 9]])).toEqual(['It was ', { number: '17' }, ' in 2021', { marker: 1 }]);
  expect(run('It was 17.', [], [[0, 10]], 0, [[7, 9]])).toEqual([{ unsupported: 'It was ' }, { number: '17' }, { unsupported: '.' }]);
});
