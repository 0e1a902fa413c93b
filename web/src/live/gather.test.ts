import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { gather } from './gather.ts';

beforeEach(() => vi.useFakeTimers());
afterEach(() => vi.useRealTimers());

test('many calls are one, after the last of them', () => {
  const run = vi.fn();
  const { call } = gather(run, 100, 1_000);
  for (let index = 0; index < 5; index += 1) {
    call();
    vi.advanceTimersByTime(50);
  }
  expect(run).toHaveBeenCalledTimes(0);
  vi.advanceTimersByTime(100);
  expect(run).toHaveBeenCalledTimes(1);
});

test('calls that never stop are not waited for for ever', () => {
  const run = vi.fn();
  const { call } = gather(run, 100, 1_000);
  for (let index = 0; index < 60; index += 1) {
    call();
    vi.advanceTimersByTime(50);
  }
  expect(run.mock.calls.length).toBeGreaterThanOrEqual(2);
  expect(run.mock.calls.length).toBeLessThanOrEqual(3);
});

test('what is cancelled does not run', () => {
  const run = vi.fn();
  const { call, cancel } = gather(run, 100, 1_000);
  call();
  cancel();
  vi.advanceTimersByTime(5_000);
  expect(run).toHaveBeenCalledTimes(0);
});
