import { expect, test } from 'vitest';
import { readActivity } from './read-activity.ts';

const nothing = { smActive: null, engineActive: null, gpuUtil: null, memoryUsedMib: null, processes: null };
const unknown = { busyPpm: null, effectivePpm: null, basis: 'none', isContradictory: false };

test.each([
  {
    name: 'SM active beats all',
    given: { smActive: 0.2, engineActive: 0.5, gpuUtil: 1 },
    expected: { busyPpm: 500_000, effectivePpm: 200_000, basis: 'sm_active' },
  },
  {
    name: 'engine active beats GPU_UTIL',
    given: { engineActive: 0.5, gpuUtil: 1 },
    expected: { busyPpm: 500_000, effectivePpm: 500_000, basis: 'engine_active' },
  },
  {
    name: 'GPU_UTIL alone',
    given: { gpuUtil: 0.37 },
    expected: { busyPpm: 370_000, effectivePpm: 370_000, basis: 'gpu_util' },
  },
  {
    name: 'SM active alone stands for the engine too',
    given: { smActive: 0.3 },
    expected: { busyPpm: 300_000, effectivePpm: 300_000, basis: 'sm_active' },
  },
  {
    name: 'SM active with GPU_UTIL for the engine',
    given: { smActive: 0.3, gpuUtil: 0.9 },
    expected: { busyPpm: 900_000, effectivePpm: 300_000, basis: 'sm_active' },
  },
  {
    name: 'an SM does not work without its engine',
    given: { smActive: 0.51, engineActive: 0.5 },
    expected: { busyPpm: 500_000, effectivePpm: 500_000, basis: 'sm_active' },
  },
  {
    name: 'a rounding above one is one',
    given: { engineActive: 1.0000001, memoryUsedMib: 900 },
    expected: { busyPpm: 1_000_000, effectivePpm: 1_000_000, basis: 'engine_active' },
  },
  { name: 'nothing known is unknown, not idle', given: {}, expected: unknown },
  {
    name: 'busy with neither memory nor process is not believed',
    given: { gpuUtil: 1, memoryUsedMib: 0, processes: 0 },
    expected: { ...unknown, isContradictory: true },
  },
  {
    name: 'nor when nobody counted processes',
    given: { engineActive: 1, memoryUsedMib: 3 },
    expected: { ...unknown, isContradictory: true },
  },
  {
    name: 'a process makes it credible',
    given: { gpuUtil: 1, memoryUsedMib: 0, processes: 1 },
    expected: { busyPpm: 1_000_000, basis: 'gpu_util', isContradictory: false },
  },
  {
    name: 'memory nobody measured is no contradiction',
    given: { gpuUtil: 1 },
    expected: { busyPpm: 1_000_000, isContradictory: false },
  },
  {
    name: 'a busy half is no claim to be full',
    given: { gpuUtil: 0.5, memoryUsedMib: 0, processes: 0 },
    expected: { busyPpm: 500_000, isContradictory: false },
  },
])('$name', ({ given, expected }) => {
  expect(readActivity({ ...nothing, ...given })).toMatchObject(expected);
});
