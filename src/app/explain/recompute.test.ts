import { expect, test } from 'vitest';
import { NINE } from '../../../test/support/small-fleet.ts';
import { HOUR_MS, MINUTE_MS } from '../../domain/time/window.ts';
import { PARTS_PER_GPU, toParts, toPpm } from '../../domain/units/gpu-time.ts';
import type { Evidence } from '../../ports/store.ts';
import { recompute } from './recompute.ts';
import { formatRowName, parseRowName } from './row-name.ts';

type Claim = readonly [workload: string, share: number];

/** One device-hour, sampled every minute from `firstMinute` on. */
function evidence(claims: readonly Claim[], busy: readonly (number | null)[], firstMinute = 0): Evidence {
  return {
    charges: [],
    isRolledUp: false,
    rows: [],
    slots: [
      {
        startMs: NINE,
        endMs: NINE + HOUR_MS,
        node: 'n1',
        gpuModel: 'H100',
        gpuParts: PARTS_PER_GPU,
        lifecycle: 'on_demand',
        priceSource: 'unpriced',
        perGpuHourPicos: null,
        priceDate: null,
        priceReference: null,
        capacityDataset: 'capacity:a',
      },
    ],
    allocations: claims.map(([workload, share]) => ({
      workloadId: `pod/${workload}`,
      workload,
      shareParts: toParts(share),
      startMs: NINE,
      endMs: null,
      lostFromMs: null,
      dataset: 'allocations:a',
    })),
    samples: busy.map((value, index) => ({
      atMs: NINE + (firstMinute + index) * MINUTE_MS,
      intervalMs: MINUTE_MS,
      busyPpm: value === null ? null : toPpm(value),
      effectivePpm: value === null ? null : toPpm(value / 2),
      basis: value === null ? ('none' as const) : ('sm_active' as const),
      isContradictory: false,
      dataset: 'usage:a',
    })),
  };
}

const minutes = (ticks: bigint) => Number(ticks) / PARTS_PER_GPU / MINUTE_MS;
const hour = (busy: number | null) => Array.from({ length: 60 }, () => busy);

test.each([
  { name: 'the whole device', claims: [['a', 1]], busy: hour(0.5), held: 60, measured: 60, mean: 0.5 },
  { name: 'half of it', claims: [['a', 0.5]], busy: hour(0.5), held: 30, measured: 30, mean: 0.5 },
  {
    name: 'two that both claim all',
    claims: [
      ['a', 1],
      ['b', 1],
    ],
    busy: hour(0.5),
    held: 30,
    measured: 30,
    mean: 0.5,
  },
  {
    name: 'a sample stands for two intervals at most',
    claims: [['a', 1]],
    busy: [1],
    held: 60,
    measured: 2,
    mean: 1,
  },
  {
    name: 'unknown is not measured',
    claims: [['a', 1]],
    busy: [...hour(null).slice(0, 30), 1],
    held: 60,
    measured: 2,
    mean: 1,
  },
  {
    name: 'a sample from before the hour',
    claims: [['a', 1]],
    busy: [1],
    first: -1,
    held: 60,
    measured: 1,
    mean: 1,
  },
  { name: 'nothing measured', claims: [['a', 1]], busy: [], held: 60, measured: 0, mean: null },
] as const)('$name', ({ claims, busy, held, measured, mean, ...rest }) => {
  const first = 'first' in rest ? rest.first : 0;
  const found = recompute(evidence(claims, busy, first), NINE, 'a', 2);
  expect([minutes(found.heldTicks), minutes(found.measuredTicks), found.busy]).toEqual([
    held,
    measured,
    mean,
  ]);
});

test('nobody holds what is left', () => {
  const found = recompute(evidence([['a', 0.25]], hour(0)), NINE, '', 2);
  expect(minutes(found.heldTicks)).toBe(45);
});

test('says the longest time without a sample', () => {
  expect(recompute(evidence([['a', 1]], hour(1).slice(0, 20)), NINE, 'a', 2).longestGapMs).toBe(
    41 * MINUTE_MS,
  );
});

test('a device that nobody stated counts as a whole one', () => {
  const seen = { ...evidence([['a', 1]], hour(1)), slots: [] };
  expect(minutes(recompute(seen, NINE, 'a', 2).heldTicks)).toBe(60);
});

test.each([
  '2026-10-14T09:00Z/gpu-a/search-llm/idle',
  '2026-10-14T09:00Z/gpu-a//unallocated',
  '2026-10-14T09:00Z/gpu-a/team/search/llm/productive',
  '2026-10-14T09:00Z/MIG-7f3a:gi2/pod name with blanks/lost',
])('%s is read and written alike', (text) => {
  expect(formatRowName(parseRowName(text))).toBe(text);
});
