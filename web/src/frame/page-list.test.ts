import { expect, test } from 'vitest';
import { pathBelow, readPath } from './page-list.ts';

test.each([
  ['/', { page: 'Overview', below: null }],
  ['/runs', { page: 'Runs', below: null }],
  ['/runs/', { page: 'Runs', below: null }],
  ['/runs/slurm:prod:4711', { page: 'Runs', below: 'slurm:prod:4711' }],
  ['/runs/wandb%3Ateam%2Fproject/x1', { page: 'Runs', below: 'wandb:team/project/x1' }],
  ['/runs/100%', { page: 'Runs', below: '100%' }],
  ['/units', { page: 'Units', below: null }],
  ['/units/search/chat', { page: 'Units', below: 'search/chat' }],
  ['/runsaway', null],
  ['/nothing', null],
] as const)('%s', (path, address) => expect(readPath(path)).toEqual(address));

test.each([
  ['slurm:prod:4711', '/runs/slurm:prod:4711'],
  ['wandb:team/project/x1', '/runs/wandb:team/project/x1'],
  ['a b?c#d%', '/runs/a%20b%3Fc%23d%25'],
  ['up/../../down', '/runs/up%2F..%2F..%2Fdown'],
  ['twice//', '/runs/twice%2F%2F'],
])('%s is at %s, and read back from there', (name, path) => {
  expect(pathBelow('Runs', name)).toBe(path);
  expect(readPath(new URL(path, 'http://x').pathname)).toEqual({ page: 'Runs', below: name });
});
