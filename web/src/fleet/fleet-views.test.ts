import { describe, expect, it } from 'vitest';
import { readFleetState, writeFleetState } from './fleet-state.ts';
import { stepOf, viewCell } from './fleet-view.ts';

it.each(['', '?by=device&pool=h100&node=gpu-3&bucket=idle', '?from=2026-10&pool=h100'])(
  '%s is read and written back',
  (search) => {
    expect(writeFleetState(readFleetState(search))).toBe(search);
  },
);

describe('a cell', () => {
  it.each([
    { name: 'without GPU time', cell: null, bucket: 'idle', share: null, step: null },
    { name: 'half idle', cell: [0, 0, 4, 0, 0, 4], bucket: 'idle', share: 0.5, step: 3 },
    { name: 'all productive', cell: [0, 0, 0, 0, 0, 8], bucket: 'productive', share: 1, step: 5 },
    { name: 'never lost', cell: [0, 0, 0, 0, 0, 8], bucket: 'lost', share: 0, step: 0 },
    {
      name: 'hardly underused',
      cell: [0, 0, 0, 0.01, 0, 7.99],
      bucket: 'underused',
      share: 0.00125,
      step: 1,
    },
  ] as const)('$name', ({ cell, bucket, share, step }) => {
    const view = viewCell(cell, bucket);
    expect(view.share === null ? null : Number(view.share.toFixed(6))).toBe(share);
    expect(stepOf(view.share)).toBe(step);
  });

  it('says what it was, the largest part first', () => {
    expect(viewCell([0, 0, 2, 0, 0, 6], 'idle').text).toBe(
      'productive 75\u00a0%, idle 25\u00a0% of 8.0\u00a0GPU-h',
    );
  });
});
