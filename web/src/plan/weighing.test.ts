import { expect, test } from 'vitest';
import { type Weighing, weighingText } from './weighing.tsx';

const at = (done: number, total: number | null, seconds: number): Weighing => ({
  task: 'pricing spot',
  done,
  total,
  startedMs: 0,
  atMs: seconds * 1_000,
});

test.each<[Weighing | null, string]>([
  [null, 'Waiting for the ledger to be up to date'],
  [at(0, 8, 0), 'Pricing spot, step 1 of 8'],
  [at(2, 8, 1), 'Pricing spot, step 3 of 8, about 3 s left'],
  [at(8, 8, 4), 'Pricing spot, step 8 of 8, about 0 s left'],
  [at(2, null, 1), 'Pricing spot'],
])('%o: %s', (weighing, text) => {
  expect(weighingText(weighing)).toBe(text);
});
