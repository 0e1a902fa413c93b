import { expect, test } from 'vitest';
import type { CoverageReport, ImportResult, Overview } from '../app/results/results.ts';
import { toAscii } from './ascii.ts';
import { chargesTable } from './charges-table.ts';
import { coverageTables } from './coverage-tables.ts';
import { doctorText } from './doctor-text.ts';
import { idleTable } from './idle-table.ts';
import { importText } from './import-text.ts';
import { overviewTables } from './overview-tables.ts';
import { renderTable } from './table.ts';
import type { TableModel } from './table-model.ts';

function screen(...models: readonly TableModel[]): string {
  const texts = models.map((model) => renderTable(model, { width: null, isAscii: false, hasColor: false }));
  return `\n${texts.map(({ before, table, after }) => `${before}${table}${after}`).join('\n')}`;
}

const period = { currency: 'USD', from: '2026-10-01T00:00:00Z', to: '2026-11-01T00:00:00Z' };

test('charges', () => {
  const figures = (rows: number, cost: string) => ({
    rows,
    billedCost: cost,
    effectiveCost: cost,
    listCost: '0.00',
    contractedCost: cost,
    cost,
  });
  const model = chargesTable({
    ...period,
    by: ['service'],
    rows: [
      { service: 'Compute', ...figures(744, '1234.565') },
      { service: 'none', ...figures(1, '-0.005') },
    ],
    rest: { rowsLeftOut: 3, ...figures(12, '0.44') },
    total: figures(757, '1235.00'),
  });
  expect(screen(model)).toMatchInlineSnapshot(`
    "
    SERVICE   ROWS    BILLED  EFFECTIVE  LIST  CONTRACTED   COUNTED
    Compute    744  1,234.57   1,234.57  0.00    1,234.57  1,234.57
    –            1     -0.01      -0.01  0.00       -0.01     -0.01
    (3 more)    12      0.44       0.44  0.00        0.44      0.44
    TOTAL      757  1,235.00   1,235.00  0.00    1,235.00  1,235.00
    USD · counted is what the ledger takes: effective cost, or billed cost where that cannot be trusted
    "
  `);
});

test('idle', () => {
  const figures = (idle: string, hours: number) => ({
    gpuHours: { gross: 10, idle: hours, unallocated: 0, unobserved: 1 },
    cost: { gross: '34.60', idle, unallocated: '0.00', unobserved: '3.46' },
    idleFraction: hours / 9,
    unpricedGpuHours: 0,
  });
  const nothing = { ...figures('0.00', 0), idleFraction: null, unpricedGpuHours: 10 };
  const model = idleTable({
    ...period,
    by: ['workload'],
    rows: [
      { workload: 'notebook-7', ...figures('20.76', 6) },
      { workload: 'nobody', ...nothing, cost: { gross: '0', idle: '0', unallocated: '0', unobserved: '0' } },
    ],
    rest: null,
    total: {
      ...figures('20.76', 6),
      gpuHours: { gross: 20, idle: 6, unallocated: 0, unobserved: 2 },
      idleFraction: 6 / 18,
      unpricedGpuHours: 10,
    },
  });
  expect(screen(model)).toMatchInlineSnapshot(`
    "
    WORKLOAD    GPU-HOURS  IDLE H  UNALLOCATED H  UNOBSERVED H   GROSS   IDLE  UNALLOCATED  UNOBSERVED  IDLE OF HELD
    notebook-7      10.00    6.00           0.00          1.00  34.60   20.76         0.00        3.46          67 %
    (nobody)        10.00    0.00           0.00          1.00       ?      ?            ?           ?             –
    TOTAL           20.00    6.00           0.00          2.00  34.60?  20.76         0.00        3.46          33 %
    USD · idle: held, no kernel running · unallocated: observed, held by nobody · unobserved: paid, and nothing says what it did
    "
  `);
});

test('coverage', () => {
  const report: CoverageReport = {
    ...period,
    coverage: {
      observed: 0.98,
      basis: { smActive: 0.71, engineActive: 0.24, gpuUtil: 0.05 },
      owned: { team: 0.9, model: null },
      pricedBy: { bill: 0.8, contract: 0, priceBook: 0.2, ownership: 0, unpriced: 0 },
      contradictoryGpuHours: 12.5,
    },
    reconciliation: {
      bill: '100.00',
      ledger: '100.00',
      difference: '0.00',
      estimated: '25.00',
      trueUp: '-1.25',
    },
    byDay: [
      { day: '2026-10-01', bill: '60', ledger: '60', difference: '0', estimated: '0', observed: 0.99 },
      { day: '2026-10-02', bill: '40', ledger: '40', difference: '0', estimated: '25', observed: null },
    ],
    unpriced: [
      {
        gpuModel: 'A100',
        provider: null,
        instanceType: null,
        lifecycle: 'owned',
        gpuHours: 3,
        remedy: 'state a price',
      },
    ],
    freshness: [
      { fact: 'usage', newest: '2026-10-02T23:59:00Z', ageSeconds: 90, state: 'current' },
      { fact: 'charges', newest: null, ageSeconds: null, state: 'missing' },
    ],
    serving: {
      cost: '50',
      costWithTraffic: 0.875,
      withoutTraffic: [{ endpoint: 'old-llm', cost: '6.25' }],
      paidCalls: 12_000,
      unpricedCalls: 1_234,
      unpricedModels: [{ model: 'ft:tone', calls: 1_234 }],
    },
    sources: [
      {
        kind: 'focus',
        datasets: 2,
        facts: 1_204_331,
        newest: '2026-10-02T23:00:00Z',
        rowsRejected: 1,
        rejects: [
          {
            where: 'bill.csv:14:BilledCost',
            code: 'decimal',
            message: '"12,5" is not a decimal; use a point',
          },
        ],
        warnings: [{ code: 'x', message: 'a column is unknown', count: 3 }],
      },
    ],
  };
  expect(screen(...coverageTables(report))).toMatchInlineSnapshot(`
    "
    The bill against the ledger
    DAY           BILL  LEDGER  DIFFERENCE  NOT BILLED YET  OBSERVED
    2026-10-01   60.00   60.00        0.00            0.00      99 %
    2026-10-02   40.00   40.00        0.00           25.00         –
    TOTAL       100.00  100.00        0.00           25.00      98 %
    USD · billed over estimated -1.25 · basis: SM active 71 %, engine active 24 %, GPU_UTIL 5 %
    priced by: bill 80 %, price book 20 % of the GPU-hours
    cost with an owner: team 90 %, model –
    12.50 GPU-hours contradicted themselves and were not believed

    Without a price
    GPU MODEL  PROVIDER  INSTANCE TYPE  LIFECYCLE  GPU-HOURS  DO THIS
    A100       –         –              owned           3.00  state a price

    Newest facts
    FACT     NEWEST                AGE
    usage    2026-10-02T23:59:00Z  2 min
    charges  –                     –

    Serving
    88 % of what serving cost has traffic beside it.
    ENDPOINT WITHOUT TRAFFIC  COST OF THOSE DAYS
    old-llm                                 6.25
    1,234 of 12,000 paid calls have no price: ft:tone 1,234

    What was imported
    KIND   DATASETS      FACTS  REJECTED  NEWEST
    focus         2  1,204,331         1  2026-10-02T23:00:00Z
    rejected  bill.csv:14:BilledCost  "12,5" is not a decimal; use a point
    warning: a column is unknown (3)
    "
  `);
});

test('import', () => {
  const result: ImportResult = {
    kind: 'focus',
    files: 52,
    rowsRead: 1_204_331,
    rowsImported: 1_204_319,
    rowsUnchanged: 0,
    rowsRejected: 12,
    rowsRemoved: 0,
    rejects: Array.from({ length: 12 }, (_, index) => ({
      where: `bill.csv:${index + 2}:EffectiveCost`,
      code: 'decimal',
      message: '"12,5" is not a decimal; use a point',
    })),
    warnings: [{ code: 'tags', message: 'tags of two spellings', count: 2 }],
    totals: {
      from: '2026-10-01T00:00:00Z',
      to: '2026-11-01T00:00:00Z',
      billedCost: '460000',
      gpuHours: 119_040.5,
      providers: 'AWS 5',
    },
  };
  expect(`\n${importText(result, 'USD')}`).toMatchInlineSnapshot(`
    "
    52 files · 1,204,331 rows · 1,204,319 imported · 0 unchanged · 12 rejected
    2026-10-01T00:00:00Z to 2026-11-01T00:00:00Z · billed cost $460,000.00 · GPU-hours 119,040.5 · providers AWS 5
    rejected  bill.csv:2:EffectiveCost  "12,5" is not a decimal; use a point
    rejected  bill.csv:3:EffectiveCost  "12,5" is not a decimal; use a point
    rejected  bill.csv:4:EffectiveCost  "12,5" is not a decimal; use a point
    rejected  bill.csv:5:EffectiveCost  "12,5" is not a decimal; use a point
    rejected  bill.csv:6:EffectiveCost  "12,5" is not a decimal; use a point
    rejected  bill.csv:7:EffectiveCost  "12,5" is not a decimal; use a point
    rejected  bill.csv:8:EffectiveCost  "12,5" is not a decimal; use a point
    rejected  bill.csv:9:EffectiveCost  "12,5" is not a decimal; use a point
    rejected  bill.csv:10:EffectiveCost  "12,5" is not a decimal; use a point
    rejected  bill.csv:11:EffectiveCost  "12,5" is not a decimal; use a point
              … 2 more rows: --format json lists them
    warning   tags of two spellings (2 times)
    "
  `);
});

test('doctor', () => {
  const report = {
    exitCode: 4,
    findings: [
      { subject: 'store', status: 'fine', message: 'ledger October 2026', remedy: null },
      {
        subject: 'charges',
        status: 'failing',
        message: 'newest 2026-10-28',
        remedy: 'check the export of the bill',
      },
      { subject: 'prices', status: 'look', message: '1 unpriced', remedy: null },
    ],
  } as const;
  expect(`\n${doctorText(report)}`).toMatchInlineSnapshot(`
    "
    ✔ store    ledger October 2026
    ✘ charges  newest 2026-10-28
               → check the export of the bill
    ! prices   1 unpriced
    1 fine, 1 to look at, 1 failing
    "
  `);
  expect(toAscii(doctorText(report))).toContain('!! charges');
});

test('overview', () => {
  const step = (
    name: Overview['funnel'][number]['step'],
    gpuHours: number,
    cost: string,
    fraction: number,
  ) => ({
    step: name,
    meaning: `what is ${name}`,
    gpuHours,
    cost,
    fraction,
    loses: null,
  });
  const overview = {
    currency: 'USD',
    sentence: 'October 2026: $20.00, of which $20.00 for GPUs. 50 % of that was tare.',
    generated: { seed: 42, description: 'a fleet of 160 GPUs' },
    total: { gpuHours: { gross: 10 }, unpricedGpuHours: 0 },
    unitCost: { perProductiveGpuHour: '4.00', perPaidGpuHour: '2.00' },
    funnel: [step('paid', 10, '20', 1), step('productive', 5, '10', 0.5)],
    leaks: [
      {
        bucket: 'idle',
        workload: 'nb',
        kind: 'notebook',
        team: 'untagged',
        gpuHours: 5,
        cost: '10',
        fraction: 0.5,
        advice: 'stop nb when idle',
      },
    ],
  } as unknown as Overview;
  expect(screen(...overviewTables(overview))).toMatchInlineSnapshot(`
    "
    October 2026: $20.00, of which $20.00 for GPUs. 50 % of that was tare.
    STEP        GPU-HOURS   COST  OF PAID  MEANING
    paid            10.00  20.00    100 %  what is paid
    productive       5.00  10.00     50 %  what is productive
    USD · a productive GPU-hour costs 4.00, a paid one 2.00
    invented data: a fleet of 160 GPUs (seed 42)

    Where most is lost
    BUCKET  TEAM        GPU-HOURS   COST  OF ALL  DO THIS
    idle    (untagged)       5.00  10.00    50 %  stop nb when idle
    "
  `);
});
