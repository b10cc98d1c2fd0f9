import { expect, test } from 'vitest';
import { rowsIn } from './row-marks.ts';

const row = (...cells: string[]) => ({ text: '', cells });
const blocks = [{ text: 'Orders', level: 1 }, { ...row('Customer', 'Due'), isHead: true }, row('Lind & Co', '2026-03-03'), row('Berg', '2026-03-04')];

test('a row is found by its values under the names of their columns', () => {
  expect([...rowsIn(blocks, null, 'Customer: Berg; Due: 2026-03-04')]).toEqual([3]);
});
test('a row is found by the names that an earlier page gave', () => {
  expect([...rowsIn([row('7', 'x')], ['Number', 'Name'], 'Number: 6; Name: w\nNumber: 7; Name: x')]).toEqual([0]);
});
test('a row without names is found by its cells', () => {
  expect([...rowsIn([{ text: 'Limits' }, row('Kestrel', '4 bar')], null, 'Pump Limit Kestrel 4 bar')]).toEqual([1]);
});
test('other words mark nothing', () => {
  expect([...rowsIn(blocks, null, 'Nothing of the kind')]).toEqual([]);
});
