import { expect, test } from 'vitest';
import { PARTS_PER_GPU } from '../../units/gpu-time.ts';
import { type HeldGpu, mostAtOnce } from './held-gpus.ts';

const held = (workloadId: string, node: string, startMs: number, endMs: number, gpus = 1): HeldGpu => ({
  ...{ workloadId, node, startMs, endMs },
  parts: Math.round(gpus * PARTS_PER_GPU),
});

test.each<
  [what: string, held: readonly HeldGpu[], perNode: number[], perHolder: number[], mostPerNode: number]
>([
  ['nothing', [], [], [], 0],
  ['one', [held('a', 'n1', 0, 5)], [1], [1], 1],
  ['one after the other', [held('a', 'n1', 0, 5), held('b', 'n1', 5, 9)], [1], [1], 1],
  ['two at once', [held('a', 'n1', 0, 5), held('b', 'n2', 4, 9)], [1, 1], [1, 1], 1],
  ['slices', [held('a', 'n1', 0, 5, 0.25), held('a', 'n1', 2, 5, 0.25)], [0.5], [0.5], 0.5],
  [
    'most on one node at another time',
    [held('a', 'n1', 0, 1, 4), ...['n1', 'n2', 'n3'].map((node) => held('b', node, 2, 3, 2))],
    [2, 2, 2],
    [6],
    4,
  ],
])('%s', (_, given, perNode, perHolder, mostPerNode) => {
  expect(mostAtOnce(given)).toEqual({ perNode, perHolder, mostPerNode });
});
