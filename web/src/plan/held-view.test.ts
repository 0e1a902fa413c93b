import { expect, it } from 'vitest';
import type { CommitmentReport, CommitmentSpan, HeldFigures } from '../../../src/app/results/commitments.ts';
import { endText, kindText, viewCoverage } from './held-view.ts';

const NBSP = '\u00a0';
const span = (day: string, eligibleGpuHours: number, committedGpuHours: number): CommitmentSpan => ({
  day,
  boughtCost: '10.00',
  usedCost: '8.00',
  unusedCost: '2.00',
  utilisationPercent: 80,
  eligibleGpuHours,
  committedGpuHours,
  coveragePercent: eligibleGpuHours === 0 ? null : (100 * committedGpuHours) / eligibleGpuHours,
});
const report = (days: readonly CommitmentSpan[]) =>
  ({ days, total: { ...span('', 150, 60), coveragePercent: 40 } }) as unknown as CommitmentReport;

it('coverage is what was committed, and the rest on demand', () => {
  const view = viewCoverage(report([span('2026-10-01', 100, 50), span('2026-10-02', 50, 10)]));
  expect(view.series.map(({ name, heights }) => [name, heights])).toEqual([
    ['Committed', [50, 10]],
    ['On demand', [50, 40]],
  ]);
  expect(view.series[0]!.whole).toContain(`40.0${NBSP}%`);
  expect(view.summary).toBe(
    `Covered least on Fri 2 Oct 2026, 20.0${NBSP}%, and most on Thu 1 Oct 2026, 50.0${NBSP}%.`,
  );
});

it('a day without anything that could be committed is no day without coverage', () => {
  const view = viewCoverage(report([span('2026-10-01', 0, 0)]));
  expect(view.series[0]!.texts[0]).toContain('–');
  expect(view.summary).toBe('No GPU-hour of this window could have been committed.');
});

const held = (given: Partial<HeldFigures>) =>
  ({ end: '2027-01-01T00:00:00Z', daysLeft: 38, state: 'running', gpuModels: [], ...given }) as HeldFigures;

it.each<[Partial<HeldFigures>, string]>([
  [{}, '2027-01-01, in 38 days'],
  [{ daysLeft: 1 }, '2027-01-01, in 1 day'],
  [{ daysLeft: 0, state: 'ended' }, '2027-01-01, ended'],
  [{ end: null, daysLeft: null }, '–'],
])('%o ends %s', (given, text) => {
  expect(endText(held(given))).toBe(text);
});

it.each<[Partial<HeldFigures>, string]>([
  [{ kind: 'spend', type: 'Savings Plan', gpus: null }, 'to spend · Savings Plan'],
  [{ kind: 'resource', gpus: 16, gpuModels: ['L4-24GB'], type: null }, '16 × L4-24GB'],
  [{ kind: null, gpus: null, gpuModels: ['A10G', 'L4'], type: null }, 'A10G, L4'],
])('%o is called %s', (given, text) => {
  expect(kindText(held(given))).toBe(text);
});
