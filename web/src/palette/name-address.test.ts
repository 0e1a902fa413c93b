import { expect, test } from 'vitest';
import type { SearchRow } from '../../../src/app/results/search.ts';
import { readExploreState } from '../explore/explore-state.ts';
import { readFleetState } from '../fleet/fleet-state.ts';
import { readPath } from '../frame/page-list.ts';
import { nameAddress } from './name-address.ts';

const at = (kind: SearchRow['kind'], id: string, from: string | null = null) =>
  new URL(nameAddress({ kind, id }, { from, to: null }), 'http://x');

test('what has a page of its own leads there, with the window', () => {
  const run = at('run', 'slurm:prod:4711', '2026-10');
  expect([readPath(run.pathname), run.search]).toEqual([
    { page: 'Runs', below: 'slurm:prod:4711' },
    '?from=2026-10',
  ]);
  expect(readPath(at('endpoint', 'search/chat').pathname)).toEqual({ page: 'Units', below: 'search/chat' });
  expect(readFleetState(at('node', 'gpu-01').search).node).toBe('gpu-01');
});

test.each(['team', 'model', 'workload', 'pool', 'gpuModel', 'device'] as const)(
  '%s is a filter of the ledger',
  (kind) => {
    const state = readExploreState(at(kind, "a=b&c d'", '7d').search);
    expect(state.selected).toEqual([{ dimension: kind, value: "a=b&c d'" }]);
    expect(state.by).not.toContain(kind);
    expect(state.by).toHaveLength(1);
    expect(state.from).toBe('7d');
  },
);
