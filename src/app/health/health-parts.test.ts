import { describe, expect, it, test } from 'vitest';
import { DAY_MS, HOUR_MS } from '../../domain/time/window.ts';
import { TICKS_PER_GPU_HOUR } from '../../domain/units/gpu-time.ts';
import type { ListedPrice } from '../../ports/price-list.ts';
import type { DatasetRecord, UnpricedItem } from '../../ports/store.ts';
import { REJECTS_NOT_LISTED } from '../figures/listed-rejects.ts';
import { coverageCalendar } from './coverage-calendar.ts';
import { groupRejects, readPlace } from './group-rejects.ts';
import { importCommand } from './import-command.ts';
import { sourceHealth } from './source-health.ts';
import { unpricedRisk } from './unpriced-risk.ts';

const START = Date.UTC(2026, 9, 1);

function dataset(part: Partial<DatasetRecord>): DatasetRecord {
  return {
    name: 'focus:/bills/october.csv',
    kind: 'focus',
    importedAtMs: START,
    facts: 1,
    firstMs: null,
    lastMs: null,
    rowsRead: 1,
    rejects: [],
    warnings: [],
    ...part,
  };
}

test.each([
  ['bill.csv:14:BilledCost', { file: 'bill.csv', line: 14, column: 'BilledCost' }],
  ['bill.csv:14', { file: 'bill.csv', line: 14, column: null }],
  ['C:\\bills\\a.csv:2:Tags', { file: 'C:\\bills\\a.csv', line: 2, column: 'Tags' }],
  ['a.csv:2:Tags:team', { file: 'a.csv', line: 2, column: 'Tags:team' }],
  ['the whole file', { file: 'the whole file', line: null, column: null }],
])('%s is read apart', (where, place) => expect(readPlace(where)).toEqual(place));

test.each([
  [{ name: 'focus:/bills/october.csv', kind: 'focus' }, 'tare import /bills/october.csv --kind focus'],
  [{ name: 'focus:/my bills/it’s.csv', kind: 'focus' }, "tare import '/my bills/it’s.csv' --kind focus"],
  [{ name: "usage:/a'b.csv", kind: 'usage' }, `tare import '/a'\\''b.csv' --kind usage`],
  [{ name: 'usage:C:\\u.csv', kind: 'usage' }, `tare import 'C:\\u.csv' --kind usage`],
  [{ name: 'prometheus:prod/2026-10-14T09', kind: 'prometheus' }, 'tare collect prod'],
])('%j comes again with %s', (source, command) => expect(importCommand(source)).toBe(command));

describe('rejected rows', () => {
  const reject = (line: number, message = 'no number') => ({
    where: `october.csv:${line}:BilledCost`,
    code: 'bad-cell',
    message,
  });

  it('that differ in nothing but their line are one, at the first of them', () => {
    const rejects = [reject(9), reject(4), reject(7, 'no date')];
    const { kept, notListed } = groupRejects([dataset({ rejects })]);
    expect(kept.map(({ line, message, count }) => ({ line, message, count }))).toEqual([
      { line: 4, message: 'no number', count: 2 },
      { line: 7, message: 'no date', count: 1 },
    ]);
    expect(notListed).toBe(0);
  });

  it('that were too many to be kept stay counted', () => {
    const warnings = [{ code: REJECTS_NOT_LISTED, message: 'more', count: 41 }];
    expect(groupRejects([dataset({ rejects: [reject(1)], warnings })]).notListed).toBe(41);
  });
});

describe('a source', () => {
  const hourly = (hours: readonly number[]) =>
    hours.map((hour) =>
      dataset({ kind: 'prometheus', name: `prometheus:prod/${hour}`, lastMs: START + hour * HOUR_MS }),
    );

  test.each([
    ['comes when it should', [0, 1, 2, 3], 5, 3_600, 'current'],
    ['is late', [0, 1, 2, 3], 5.1, 3_600, 'late'],
    ['had a gap, which is not its interval', [0, 1, 2, 9, 10], 11, 3_600, 'current'],
    ['came too seldom to say', [0, 24], 99, null, 'unknown'],
  ] as const)('%s', (_, hours, nowHour, intervalSeconds, state) => {
    const [found] = sourceHealth(hourly(hours), START + nowHour * HOUR_MS);
    expect(found).toMatchObject({ kind: 'prometheus', datasets: hours.length, intervalSeconds, state });
  });
});

test('the calendar tells covered time from holes, and nothing to cover from none covered', () => {
  const { days, rows } = coverageCalendar({
    window: { fromMs: START, toMs: START + 3 * DAY_MS },
    datasets: [
      dataset({ firstMs: START - HOUR_MS, lastMs: START + 6 * HOUR_MS }),
      dataset({ name: 'focus:/b.csv', firstMs: START + 3 * HOUR_MS, lastMs: START + 12 * HOUR_MS }),
    ],
    days: [
      {
        day: '2026-10-01',
        bill: '75.00',
        ledger: '75.00',
        difference: '0.00',
        estimated: '25.00',
        observed: 0.5,
      },
      {
        day: '2026-10-02',
        bill: '0.00',
        ledger: '0.00',
        difference: '0.00',
        estimated: '0.00',
        observed: null,
      },
    ],
  });
  expect(days).toEqual(['2026-10-01', '2026-10-02', '2026-10-03']);
  expect(rows).toEqual([
    { name: 'cost with a bill', measure: 'cost', fractions: [0.75, null, null] },
    { name: 'GPU-hours observed', measure: 'gpuHours', fractions: [0.5, null, null] },
    { name: 'focus', measure: 'time', fractions: [0.5, 0, 0] },
  ]);
});

describe('what has no price', () => {
  const price = (part: Partial<ListedPrice>): ListedPrice => ({
    provider: 'aws',
    region: '*',
    instanceType: null,
    gpuModel: 'H100-SXM5-80GB',
    gpuCount: 1,
    lifecycle: 'on_demand',
    term: null,
    perGpuHourPicos: 4n * 10n ** 12n,
    perInstanceHourPicos: null,
    currency: 'USD',
    from: '2026-01-01',
    to: null,
    source: 'a list',
    checked: '2026-09-01',
    confidence: 'published',
    ...part,
  });
  const item = (part: Partial<UnpricedItem>): UnpricedItem => ({
    gpuModel: 'H100-SXM5-80GB',
    provider: null,
    instanceType: null,
    lifecycle: 'on_demand',
    ticks: 10n * TICKS_PER_GPU_HOUR,
    ...part,
  });
  const list = {
    listPrices: () => [
      price({ perGpuHourPicos: 2n * 10n ** 12n, provider: 'lambda' }),
      price({}),
      price({ perGpuHourPicos: 9n * 10n ** 12n, provider: 'azure' }),
      price({ perGpuHourPicos: 10n ** 12n, provider: 'azure', lifecycle: 'spot' }),
      price({ perGpuHourPicos: 10n ** 12n, currency: 'EUR' }),
      price({ perGpuHourPicos: 10n ** 12n, to: '2026-06-01' }),
    ],
  };

  test.each([
    ['the middle of what sellers ask', {}, '40.00'],
    ['what its seller asks', { provider: 'azure' }, '90.00'],
    ['as it is paid', { provider: 'azure', lifecycle: 'spot' }, '10.00'],
    ['the middle where the seller is not listed', { provider: 'nobody known' }, '40.00'],
    ['unknown where no such GPU is listed', { gpuModel: 'X1' }, null],
  ] as const)('is at risk of %s', (_, part, costAtRisk) => {
    expect(unpricedRisk([item(part)], list, 'USD', START)[0]).toMatchObject({ costAtRisk });
  });

  it('is listed by cost, and what nobody can guess last', () => {
    const items = [
      item({ gpuModel: 'X1', ticks: 1_000n * TICKS_PER_GPU_HOUR }),
      item({ ticks: TICKS_PER_GPU_HOUR }),
      item({ provider: 'azure' }),
    ];
    const found = unpricedRisk(items, list, 'USD', START);
    expect(found.map((one) => one.costAtRisk)).toEqual(['90.00', '4.00', null]);
    expect(found.map((one) => one.command)).toEqual([
      'tare prices --gpu H100-SXM5-80GB',
      'tare prices --gpu H100-SXM5-80GB',
      'tare prices --gpu X1',
    ]);
  });
});
