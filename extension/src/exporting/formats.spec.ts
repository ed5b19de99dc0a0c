import { expect, it } from 'vitest';

import { nameIn, numbered } from './formats';

it.each([
  ['attachment; filename="sales-2.ipynb"', 'sales-2.ipynb'],
  ["attachment; filename*=UTF-8''%C3%BCbersicht.pdf", 'übersicht.pdf'],
  ['attachment; filename="../../etc/passwd"', 'passwd'],
  ["attachment; filename*=UTF-8''..%2F..%2Fa.csv", 'a.csv'],
  ["attachment; filename*=UTF-8''%E0%A4%A", '%E0%A4%A'],
  ['attachment', null],
  [null, null]
])('finds the name in %s: %s', (header, name) => {
  expect(nameIn(header)).toBe(name);
});

it('numbers a file whose name is taken', () => {
  expect(numbered('sales.csv', 1)).toBe('sales.csv');
  expect(numbered('sales.csv', 2)).toBe('sales (2).csv');
  expect(numbered('sales', 3)).toBe('sales (3)');
});
