import { describe, expect, it, test } from 'vitest';
import { ledgerAggregate, OCTOBER } from '../../test/support/ledger-aggregate.ts';
import { sumAggregates } from '../app/figures/aggregates.ts';
import { keepTop } from '../app/figures/keep-top.ts';
import { ledgerFigures } from '../app/figures/ledger-figures.ts';
import { moneySentence } from '../app/figures/money-sentence.ts';
import type { LedgerReport } from '../app/results/results.ts';
import type { LedgerAggregate } from '../ports/store.ts';
import { renderCsv } from './csv.ts';
import { renderJson } from './json.ts';
import { ledgerTable } from './ledger-table.ts';
import { renderMarkdown } from './markdown.ts';
import { renderTable } from './table.ts';

const wide = { width: null, isAscii: false, hasColor: false };
const window = { fromMs: Date.UTC(2026, 9), toMs: Date.UTC(2026, 10) };

function report(
  aggregates: readonly LedgerAggregate[],
  top: number | null = null,
  by = ['team'],
): LedgerReport {
  const total = sumAggregates(aggregates);
  const { kept, leftOut } = keepTop(aggregates, by, top);
  const rest = sumAggregates(leftOut);
  return {
    currency: 'USD',
    from: '2026-10-01T00:00:00Z',
    to: '2026-11-01T00:00:00Z',
    by,
    sentence: moneySentence({ window, currency: 'USD', total, extent: null }),
    rows: kept.map((row) => ({ ...row.key, ...ledgerFigures(row) })),
    rest: leftOut.length === 0 ? null : { rows: leftOut.length, ...ledgerFigures(rest) },
    total: ledgerFigures(total),
    previous: null,
    reconciliation: { bill: '460000', ledger: '460000', difference: '0', estimated: '0', trueUp: '0' },
    coverage: {
      observed: 0.98,
      basis: { smActive: 0.71, engineActive: 0.24, gpuUtil: 0.05 },
      owned: { team: 0.87 },
      pricedBy: { bill: 1, contract: 0, priceBook: 0, ownership: 0, unpriced: 0 },
      contradictoryGpuHours: 0,
    },
    warnings: [],
  };
}

/** As a terminal shows it: sentence, table, footnotes. */
function screen(model: ReturnType<typeof ledgerTable>, options = wide): string {
  const { before, table, after } = renderTable(model, options);
  return `\n${before}\n${table}\n${after}`;
}

describe('the ledger on a terminal', () => {
  it('has a total of nothing while nothing is known', () => {
    expect(screen(ledgerTable(report([])))).toMatch(/TOTAL +0\.00 +0\.00/);
  });

  it('shows October in full', () => {
    expect(screen(ledgerTable(report(OCTOBER)))).toMatchInlineSnapshot(`
      "
      October 2026: $460,000.00, of which $412,380.00 for GPUs. 53 % of that was tare.

      TEAM      GPU-HOURS       GROSS  UNOBSERVED  UNALLOCATED       IDLE  UNDERUSED       LOST  PRODUCTIVE     DIRECT    SHARED   TARE
      search       38,600  140,000.00        0.00         0.00  31,000.00  24,500.00   1,900.00   82,600.00  12,300.00  3,757.00   41 %
      ranking      29,900  103,000.00        0.00         0.00   9,852.00  18,357.00   6,095.00   68,696.00   3,119.00  2,764.00   33 %
      research     26,200   83,000.00        0.00         0.00  29,300.00  14,000.00   8,100.00   31,600.00   1,000.00  2,227.00   62 %
      platform      8,060   24,523.00        0.00         0.00   8,200.00   5,000.00     400.00   10,923.00  21,795.00    658.00   55 %
      (nobody)     16,280   61,857.00    8,248.00    53,609.00       0.00       0.00       0.00        0.00       0.00      0.00  100 %
      TOTAL       119,040  412,380.00    8,248.00    53,609.00  78,352.00  61,857.00  16,495.00  193,819.00  38,214.00  9,406.00   53 %

      (nobody): unallocated 53,609.00, unobserved 8,248.00
      USD · bill explains 100 % · observed 98 % · basis: SM active 71 %, engine active 24 %, GPU_UTIL 5 % · 0 unpriced
      gross 412,380.00 = unobserved 8,248.00 + unallocated 53,609.00 + idle 78,352.00 + underused 61,857.00 + lost 16,495.00 + productive 193,819.00
      bill 460,000.00 · ledger 460,000.00 · difference 0.00 USD
      "
    `);
  });

  it('leaves out what does not fit and says so', () => {
    const { table, after } = renderTable(ledgerTable(report(OCTOBER, 2)), { ...wide, width: 80 });
    expect(table.split('\n').every((line) => line.length <= 80)).toBe(true);
    expect(`\n${table}\n${after}`).toMatchInlineSnapshot(`
      "
      TEAM      GPU-HOURS       GROSS       IDLE  UNDERUSED  PRODUCTIVE   TARE
      search       38,600  140,000.00  31,000.00  24,500.00   82,600.00   41 %
      ranking      29,900  103,000.00   9,852.00  18,357.00   68,696.00   33 %
      (nobody)     16,280   61,857.00       0.00       0.00        0.00  100 %
      (2 more)     34,260  107,523.00  37,500.00  19,000.00   42,523.00   60 %
      TOTAL       119,040  412,380.00  78,352.00  61,857.00  193,819.00   53 %

      (nobody): unallocated 53,609.00, unobserved 8,248.00
      USD · bill explains 100 % · observed 98 % · basis: SM active 71 %, engine active 24 %, GPU_UTIL 5 % · 0 unpriced
      gross 412,380.00 = unobserved 8,248.00 + unallocated 53,609.00 + idle 78,352.00 + underused 61,857.00 + lost 16,495.00 + productive 193,819.00
      bill 460,000.00 · ledger 460,000.00 · difference 0.00 USD
      +5 columns: unobserved, unallocated, lost, direct, shared (a wider terminal shows more, --format csv all)
      "
    `);
  });

  it('speaks in GPU-hours where nothing has a price', () => {
    const unpriced = [
      ledgerAggregate(
        { team: 'a' },
        { buckets: { idle: [1.5, '0'], productive: [2.25, '0'] }, unpricedHours: 3.75 },
      ),
    ];
    expect(screen(ledgerTable({ ...report(unpriced), reconciliation: NO_BILL }))).toMatchInlineSnapshot(`
      "
      October 2026: 3.75 GPU-hours, none of them with a price. 40 % of them were tare.

      TEAM   GROSS  UNOBSERVED  UNALLOCATED  IDLE  UNDERUSED  LOST  PRODUCTIVE  DIRECT  SHARED  TARE
      a       3.75        0.00         0.00  1.50       0.00  0.00        2.25    0.00    0.00  40 %
      TOTAL   3.75        0.00         0.00  1.50       0.00  0.00        2.25    0.00    0.00  40 %

      USD · observed 98 % · basis: SM active 71 %, engine active 24 %, GPU_UTIL 5 % · 3.75 GPU-hours unpriced
      gross 3.75 = unobserved 0.00 + unallocated 0.00 + idle 1.50 + underused 0.00 + lost 0.00 + productive 2.25
      no bill in this window
      ? holds GPU time without a price, whose cost is missing here
      "
    `);
  });

  it('marks estimates and what has no price', () => {
    const mixed = [
      ledgerAggregate(
        { team: 'a' },
        { buckets: { idle: [1, '3.4567'], productive: [2, '6.91'] }, estimated: '3.4567' },
      ),
      ledgerAggregate({ team: 'b' }, { buckets: { productive: [2, '0'] }, unpricedHours: 2 }),
      ledgerAggregate({ team: 'c' }, { buckets: { idle: [1, '3'], lost: [1, '0'] }, unpricedHours: 1 }),
    ];
    expect(screen(ledgerTable({ ...report(mixed), reconciliation: NO_BILL }))).toMatchInlineSnapshot(`
      "
      October 2026: $13.37, of which $13.37 for GPUs. 48 % of that was tare. 3.00 GPU-hours (43 %) have no price and are missing from it.

      TEAM   GPU-HOURS   GROSS  UNOBSERVED  UNALLOCATED  IDLE  UNDERUSED  LOST  PRODUCTIVE  DIRECT  SHARED   TARE
      a           3.00  10.37~        0.00         0.00  3.46       0.00  0.00        6.91    0.00    0.00   33 %
      c           2.00   3.00?        0.00         0.00  3.00       0.00  0.00        0.00    0.00    0.00  100 %
      b           2.00       ?           ?            ?     ?          ?     ?           ?    0.00    0.00    0 %
      TOTAL       7.00  13.37?        0.00         0.00  6.46       0.00  0.00        6.91    0.00    0.00   48 %

      USD · bill explains 74 % · observed 98 % · basis: SM active 71 %, engine active 24 %, GPU_UTIL 5 % · 3.00 GPU-hours unpriced
      gross 13.37? = unobserved 0.00 + unallocated 0.00 + idle 6.46 + underused 0.00 + lost 0.00 + productive 6.91
      no bill in this window
      ~ rests on an estimate until the bill arrives
      ? holds GPU time without a price, whose cost is missing here
      "
    `);
  });

  it('prints plain ASCII where asked', () => {
    const { before, table, after } = renderTable(ledgerTable(report(OCTOBER)), { ...wide, isAscii: true });
    // biome-ignore lint/suspicious/noControlCharactersInRegex: the point is that nothing else is there
    expect(`${before}${table}${after}`).toMatch(/^[\x00-\x7f]*$/);
  });

  it('is bold at the head and the total, with color', () => {
    const { table } = renderTable(ledgerTable(report(OCTOBER)), { ...wide, hasColor: true });
    const lines = table.trimEnd().split('\n');
    const bold = lines.filter((line) => line.startsWith('\u001b[1m'));
    expect(bold.map((line) => line.slice(4, 9))).toEqual(['TEAM ', 'TOTAL']);
  });
});

const NO_BILL = { bill: '0', ledger: '0', difference: '0', estimated: '0', trueUp: '0' };

test('printed parts add up to the printed whole, also in thirds of a cent', () => {
  const thirds = ['a', 'b', 'c'].map((team) =>
    ledgerAggregate(
      { team },
      { buckets: { idle: [1, '0.333333'], lost: [1, '0.333333'], productive: [1, '0.333334'] } },
    ),
  );
  const { table } = renderTable(ledgerTable(report(thirds)), wide);
  expect(`\n${table}`).toMatchInlineSnapshot(`
    "
    TEAM   GPU-HOURS  GROSS  UNOBSERVED  UNALLOCATED  IDLE  UNDERUSED  LOST  PRODUCTIVE  DIRECT  SHARED  TARE
    a           3.00   1.00        0.00         0.00  0.33       0.00  0.33        0.34    0.00    0.00  67 %
    b           3.00   1.00        0.00         0.00  0.34       0.00  0.33        0.33    0.00    0.00  67 %
    c           3.00   1.00        0.00         0.00  0.33       0.00  0.34        0.33    0.00    0.00  67 %
    TOTAL       9.00   3.00        0.00         0.00  1.00       0.00  1.00        1.00    0.00    0.00  67 %
    "
  `);
});

describe('the ledger as a file', () => {
  const exact = [
    ledgerAggregate(
      { team: 'a, b' },
      { buckets: { idle: [1, '0.333333333333'], productive: [2, '1'] }, direct: '7' },
    ),
    ledgerAggregate({ team: 'nobody' }, { buckets: { unallocated: [3, '0'] }, unpricedHours: 3 }),
  ];

  it('keeps every digit in CSV, and unknown empty', () => {
    expect(`\n${renderCsv(ledgerTable(report(exact))).replaceAll('\r', '')}`).toMatchInlineSnapshot(`
      "
      team,grossGpuHours,unobservedGpuHours,unallocatedGpuHours,idleGpuHours,underusedGpuHours,lostGpuHours,productiveGpuHours,grossCost,unobservedCost,unallocatedCost,idleCost,underusedCost,lostCost,productiveCost,direct,shared,totalCost,tareFraction,unpricedGpuHours,estimatedCost
      "a, b",3,0,0,1,0,0,2,1.333333333333,0.00,0.00,0.333333333333,0.00,0.00,1.00,7.00,0.00,8.333333333333,0.25,0,0.00
      nobody,3,0,3,0,0,0,0,,,,,,,,0.00,0.00,0.00,1,3,0.00
      "
    `);
  });

  it('is a table in Markdown', () => {
    expect(`\n${renderMarkdown(ledgerTable(report(OCTOBER, 1)))}`).toMatchInlineSnapshot(`
      "
      **October 2026: $460,000.00, of which $412,380.00 for GPUs. 53 % of that was tare.**

      | team | GPU-hours | gross | unobserved | unallocated | idle | underused | lost | productive | direct | shared | tare |
      | --- | ---: | ---: | ---: | ---: | ---: | ---: | ---: | ---: | ---: | ---: | ---: |
      | search | 38,600 | 140,000.00 | 0.00 | 0.00 | 31,000.00 | 24,500.00 | 1,900.00 | 82,600.00 | 12,300.00 | 3,757.00 | 41 % |
      | (nobody) | 16,280 | 61,857.00 | 8,248.00 | 53,609.00 | 0.00 | 0.00 | 0.00 | 0.00 | 0.00 | 0.00 | 100 % |
      | (3 more) | 64,160 | 210,523.00 | 0.00 | 0.00 | 47,352.00 | 37,357.00 | 14,595.00 | 111,219.00 | 25,914.00 | 5,649.00 | 47 % |
      | **TOTAL** | **119,040** | **412,380.00** | **8,248.00** | **53,609.00** | **78,352.00** | **61,857.00** | **16,495.00** | **193,819.00** | **38,214.00** | **9,406.00** | **53 %** |

      (nobody): unallocated 53,609.00, unobserved 8,248.00  
      USD · bill explains 100 % · observed 98 % · basis: SM active 71 %, engine active 24 %, GPU_UTIL 5 % · 0 unpriced  
      gross 412,380.00 = unobserved 8,248.00 + unallocated 53,609.00 + idle 78,352.00 + underused 61,857.00 + lost 16,495.00 + productive 193,819.00  
      bill 460,000.00 · ledger 460,000.00 · difference 0.00 USD
      "
    `);
  });

  it('is the result itself in JSON', () => {
    const result = report(exact);
    expect(JSON.parse(renderJson(result))).toEqual(result);
    expect(renderJson(result).startsWith('{\n  "currency": "USD",\n  "from"')).toBe(true);
  });

  it('refuses figures that are none', () => {
    expect(() => renderJson({ hours: Number.NaN })).toThrow('"hours" is NaN, not a figure');
  });
});

test('names that would break a Markdown table do not', () => {
  const tricky = [ledgerAggregate({ team: 'a|b\nc' }, { direct: '1' })];
  const lines = renderMarkdown(ledgerTable(report(tricky))).split('\n');
  expect(lines.find((line) => line.includes('a\\|b c'))).toBeDefined();
});
