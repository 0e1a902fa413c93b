import { expect, test } from 'vitest';
import { allocationFact } from '../../../test/support/facts.ts';
import { lossStart } from './loss-start.ts';

test.each([
  { what: 'nothing was lost', lost: null, end: 100, at: [50], expected: null },
  { what: 'no checkpoint is known', lost: 10, end: 100, at: [], expected: 10 },
  { what: 'the last one counts', lost: 10, end: 100, at: [70, 40], expected: 70 },
  { what: 'one before the stated loss', lost: 60, end: 100, at: [40], expected: 60 },
  { what: 'one of an earlier attempt', lost: 10, end: 100, at: [9], expected: 10 },
  { what: 'one of a later attempt', lost: 10, end: 100, at: [101], expected: 10 },
  { what: 'one at the very end', lost: 10, end: 100, at: [100], expected: 100 },
  { what: 'still held', lost: 10, end: null, at: [5_000], expected: 5_000 },
])('$what', ({ lost, end, at, expected }) => {
  const claim = allocationFact('train', 'gpu-a', { startMs: 10, endMs: end, lostFromMs: lost });
  const others = [{ workloadId: 'other', atMs: 90 }];
  expect(lossStart(claim, [...others, ...at.map((atMs) => ({ workloadId: 'train', atMs }))])).toBe(expected);
});
