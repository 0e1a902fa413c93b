import { expect, test } from 'vitest';
import type { RunState, WorkloadKind } from './facts.ts';
import { lostFrom } from './lost-work.ts';

test.each<[RunState, WorkloadKind | null, number | null, number[], number | null]>([
  ['failed', 'training', 100, [], 0],
  ['failed', 'training', 100, [60, 20], 60],
  ['timed_out', null, 100, [100], 100],
  ['failed', 'training', 100, [-5], 0],
  ['failed', 'training', 100, [101, 20], 100],
  ['preempted', 'batch', 100, [40], 40],
  ['cancelled', 'notebook', 100, [], 0],
  ['failed', 'inference', 100, [], null],
  ['succeeded', 'training', 100, [40], null],
  ['unknown', 'training', 100, [], null],
  ['failed', 'training', null, [40], null],
])('%s, %s, ended at %s, checkpoints %j: lost from %s', (state, kind, endMs, checkpoints, expected) => {
  expect(lostFrom({ state, kind, startMs: 0, endMs, checkpoints })).toBe(expected);
});
