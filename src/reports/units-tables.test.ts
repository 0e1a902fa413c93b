import { expect, it } from 'vitest';
import { figures } from '../../test/support/inference-figures.ts';
import type { UnitsReport } from '../app/results/units.ts';
import { renderCsv } from './csv.ts';
import { renderTable } from './table.ts';
import { unitPointsTable, unitsTables } from './units-tables.ts';

const DAY = figures({
  requests: 2_000,
  cost: '6.00',
  costPer1kRequests: '3.00',
  utilisation: 0.5,
  quality: [{ score: 'helpfulness', mean: 0.91, scored: 12, passing: null }],
});
const REPORT: UnitsReport = {
  currency: 'USD',
  from: '2026-10-01T00:00:00Z',
  to: '2026-10-08T00:00:00Z',
  basis: 'allocated',
  sentence: '2,000 requests for $6.00, $3.00 per 1,000.',
  comparison: 'That is $1.00 less per 1,000 than in the same time before: traffic −$1.20, price +$0.20.',
  total: DAY,
  previous: null,
  change: {
    before: '4.00',
    now: '3.00',
    amount: '-1.00',
    drivers: [
      {
        driver: 'price',
        amount: '0.20',
        meaning: 'what a GPU-hour costs',
        evidence: { measure: 'a GPU-hour', unit: 'money', before: '4.00', now: '4.20' },
      },
      {
        driver: 'traffic',
        amount: '-1.20',
        meaning: 'how much waits',
        evidence: { measure: 'at work', unit: 'fraction', before: 0.4, now: null },
      },
    ],
  },
  step: 'day',
  points: [{ ...DAY, at: '2026-10-01', drivers: { price: '0.20', traffic: '-1.20' } }],
  generated: null,
};
const WIDE = { width: 160, isAscii: false, hasColor: false };

it('prints the drivers with what is seen of them, then the days', () => {
  const [drivers, days] = unitsTables(REPORT).map((model) => renderTable(model, WIDE));
  expect(drivers!.before).toContain('$3.00 per 1,000. That is $1.00 less per 1,000');
  expect(drivers!.table).toMatch(/traffic +-1\.2000 +at work 40 % → \?/);
  expect(drivers!.table).toMatch(/price +0\.2000 +a GPU-hour 4\.0000 → 4\.2000/);
  expect(drivers!.table).toMatch(/TOTAL +-1\.0000/);
  expect(days!.table).toMatch(/2026-10-01 +2,000 +6\.00 +3\.0000/);
});

it('has days alone where nothing can be compared', () => {
  expect(unitsTables({ ...REPORT, change: null, comparison: null })).toHaveLength(1);
});

it('keeps every digit and every driver of each day in CSV', () => {
  const [head, day] = renderCsv(unitPointsTable(REPORT)).split(/\r?\n/);
  const names = head!.split(',');
  const cells = day!.split(',');
  expect(cells[names.indexOf('price')]).toBe('0.20');
  expect(cells[names.indexOf('traffic')]).toBe('-1.20');
  expect(cells[names.indexOf('costPer1kRequests')]).toBe('3.00');
});
