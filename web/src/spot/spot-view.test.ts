import { describe, expect, it, test } from 'vitest';
import type { SpotPoolFigures, SpotRow } from '../../../src/app/results/spot.ts';
import { readHardwareState, writeHardwareState } from '../hardware/hardware-state.ts';
import { readSpotState, writeSpotState } from './spot-state.ts';
import { deadlineText, secondsText, viewJob } from './spot-view.ts';

test.each([
  [null, '–'],
  [45, '45 s'],
  [600, '10 min'],
  [5_400, '1.5 h'],
])('%s seconds read as %s', (seconds, text) => {
  expect(secondsText(seconds)).toBe(text);
});

test.each([
  [{ spotHours: null, deadlineHours: null, slackHours: null }, '–'],
  [{ spotHours: 10.3, deadlineHours: null, slackHours: null }, '10.3 h, none stated'],
  [{ spotHours: 10.3, deadlineHours: 12, slackHours: 1.7 }, '10.3 of 12.0 h, 1.7 h to spare'],
  [{ spotHours: 10.3, deadlineHours: 9, slackHours: -1.3 }, '10.3 of 9.0 h, 1.3 h too late'],
])('a deadline of %o reads as %s', (row, text) => {
  expect(deadlineText(row as SpotRow)).toBe(text);
});

describe('the job of a run', () => {
  const row = { durationHours: 10, gpuHours: 80, deadlineHours: null, checkpointSeconds: null } as SpotRow;
  const pool = {
    onDemandPerGpuHour: '6.88',
    spotPerGpuHour: '3.10',
    checkpointSeconds: 60,
  } as SpotPoolFigures;

  it('is its hours, and the price of an hour of all its GPUs', () => {
    expect(viewJob(row, pool, null)).toEqual({
      workHours: '10',
      deadlineHours: '13',
      onDemand: '55.04',
      spot: '24.80',
      checkpointSeconds: '60',
    });
  });

  it('keeps to the deadline that was written, or that the run has', () => {
    expect(viewJob(row, pool, '11')!.deadlineHours).toBe('11');
    expect(viewJob({ ...row, deadlineHours: 12 }, pool, null)!.deadlineHours).toBe('12');
  });

  it('is none without a length or a price', () => {
    expect(viewJob({ ...row, durationHours: null }, pool, null)).toBeNull();
    expect(viewJob(row, { ...pool, onDemandPerGpuHour: null }, null)).toBeNull();
  });
});

test.each([
  ['', ''],
  ['?from=2026-10&by=workload&only=could&sort=heldCost&page=2&look=table', null],
  ['?workload=ranker&price=H100%3D2.10&run=k8s%3A1&deadline=12&simulation=spot-1', null],
  ['?by=nonsense&only=x&sort=y&page=-3&price=H100', ''],
])('the address %s of spot says what is shown', (search, written) => {
  expect(writeSpotState(readSpotState(search))).toBe(written ?? search);
});

it.each([
  ['?sort=workload&page=3&open=a%7Cb&look=table&slo=embedder%3D40', null],
  ['?sort=x&page=0&slo=embedder', ''],
])('the address %s of hardware says what is shown', (search, written) => {
  expect(writeHardwareState(readHardwareState(search))).toBe(written ?? search);
});
