import { expect, test } from 'vitest';
import type { PageEntry } from './page-list.ts';
import { PAGES } from './page-list.ts';
import { currentMark, pageTree } from './page-tree.ts';

const LIST: readonly PageEntry[] = [
  { name: 'Overview', path: '/', key: 'o' },
  { name: 'Savings', path: '/savings', key: 's' },
  { name: 'Plan', path: '/plan', key: 'p', under: 'Savings' },
  { name: 'Hardware', path: '/hardware', key: 'h', under: 'Savings' },
];
const [overview, savings] = pageTree(LIST);

test('pages stand beneath their group, in the order of the list', () => {
  expect(pageTree(LIST).map(({ top, below }) => [top.name, below.map(({ name }) => name)])).toEqual([
    ['Overview', []],
    ['Savings', ['Plan', 'Hardware']],
  ]);
});

test.each([
  ['Savings', undefined, 'page'],
  ['Plan', undefined, 'true'],
  ['Overview', 'page', undefined],
  [null, undefined, undefined],
])('on %s', (page, onOverview, onSavings) => {
  expect([currentMark(overview!, page), currentMark(savings!, page)]).toEqual([onOverview, onSavings]);
});

test('every page is in the navigation once, and has a key of its own', () => {
  const pages: readonly PageEntry[] = PAGES;
  const shown = pageTree(pages).flatMap(({ top, below }) => [top.name, ...below.map(({ name }) => name)]);
  expect(shown.toSorted()).toEqual(pages.map(({ name }) => name).toSorted());
  expect(new Set(pages.map(({ key }) => key)).size).toBe(pages.length);
});
