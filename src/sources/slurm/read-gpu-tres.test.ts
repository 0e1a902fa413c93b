import { expect, test } from 'vitest';
import { readGpuTres, readTresCount } from './read-gpu-tres.ts';

const a100 = (count: number) => ({ type: 'a100', count });
const untyped = (count: number) => ({ type: null, count });

test.each([
  { tres: 'billing=64,cpu=64,gres/gpu=4,mem=1000G,node=1', expected: [untyped(4)] },
  { tres: 'gres/gpu=4,gres/gpu:a100=4', expected: [a100(4)] },
  { tres: 'gres/gpu:a100=4,gres/gpu=4', expected: [a100(4)] },
  { tres: 'gres/gpu:a100=4', expected: [a100(4)] },
  { tres: 'gres/gpu:a100=2,gres/gpu:v100=4,gres/gpu=6', expected: [a100(2), { type: 'v100', count: 4 }] },
  { tres: 'gres/gpu=6,gres/gpu:a100=2', expected: [a100(2), untyped(4)] },
  { tres: 'gres/gpu=1,gres/gpu:a100=4', expected: [a100(1)] },
  { tres: 'gres/gpu:1g.10gb=3,gres/gpu=3', expected: [{ type: '1g.10gb', count: 3 }] },
  { tres: 'cpu=8,gres/gpumem=36266M,gres/gpuutil=100', expected: [] },
  { tres: 'gres/shard=4', expected: [] },
  { tres: 'gres/gpu=0', expected: [] },
  { tres: '', expected: [] },
])('$tres', ({ tres, expected }) => {
  expect(readGpuTres(tres)).toEqual(expected);
});

test('a plain count', () => {
  expect(readTresCount('billing=12,cpu=64,mem=8000M', 'cpu')).toBe(64);
  expect(readTresCount('mem=8000M', 'cpu')).toBeNull();
  expect(readTresCount('cpu=00:00:11', 'cpu')).toBeNull();
});
