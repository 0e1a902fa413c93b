import { afterAll, beforeAll, describe, expect, it, test } from 'vitest';
import {
  NINE,
  NOON,
  SMALL_PRICE_BOOK,
  SMALL_SETTINGS,
  SMALL_WINDOW,
  smallFleet,
} from '../../test/support/small-fleet.ts';
import { once } from '../../test/support/weigh-in-store.ts';
import { HOUR_MS } from '../domain/time/window.ts';
import type { Store } from '../ports/store.ts';
import { explainText } from '../reports/explain-text.ts';
import { openDuckDbStore } from '../stores/duckdb/duckdb-store.ts';
import { createTare } from './create-tare.ts';
import type { LedgerRequest, Tare, TareSettings } from './tare.ts';

const silent = () => {};
const { signal } = new AbortController();
const byTeam: LedgerRequest = { window: SMALL_WINDOW, by: ['team'], filters: [], top: null };

function tareOver(store: Store, settings: Partial<TareSettings> = {}): Tare {
  return createTare({
    store,
    fileSources: [],
    liveSources: [],
    priceBooks: [SMALL_PRICE_BOOK],
    settings: { ...SMALL_SETTINGS, ...settings },
    clock: { nowMs: () => NOON },
    listFiles: async (paths) => paths,
  });
}

async function importSmallFleet(store: Store): Promise<void> {
  const { charges, ...fleet } = smallFleet();
  await store.importDataset({ name: 'usage:/fleet.csv', kind: 'usage', importedAtMs: NOON }, once(fleet));
  await store.importDataset(
    { name: 'focus:/bill.csv', kind: 'focus', importedAtMs: NOON },
    once({ charges }),
  );
}

let store: Store;
let tare: Tare;

beforeAll(async () => {
  store = await openDuckDbStore('duckdb::memory:');
  await importSmallFleet(store);
  tare = tareOver(store);
});

afterAll(() => tare.close());

describe('the ledger of the small fleet', () => {
  it('is built before it is reported, and gives each team what it held', async () => {
    const { rows, total } = await tare.reportLedger(byTeam);
    const figures = rows.map((row) => [
      row['team'],
      row.cost.gross,
      row.cost.idle,
      row.direct,
      row.tareFraction,
    ]);
    expect(figures).toEqual([
      ['search', '10.33', '6.8178', '10.00', 0.66],
      ['research', '0.00', '0.00', '0.00', 0.333333333],
      ['nobody', '10.33', '0.00', '0.00', 1],
    ]);
    expect(total).toMatchObject({
      cost: { gross: '20.66', unallocated: '10.33', productive: '3.5122' },
      direct: '10.00',
      shared: '3.00',
      totalCost: '33.66',
      unpricedGpuHours: 3,
      estimatedCost: '6.82',
    });
  });

  it('says it in a sentence, with what is missing', async () => {
    const { sentence, warnings } = await tare.reportLedger(byTeam);
    expect(sentence).toBe(
      '2026-10-14T09:00Z to 2026-10-14T12:00Z: $33.66, of which $20.66 for GPUs. 83 % of that was tare. 3.00 GPU-hours (33 %) have no price and are missing from it.',
    );
    expect(warnings.map(({ code }) => code)).toEqual(['unpriced']);
  });

  it('agrees with the bill, and shows what the estimate was off by', async () => {
    const { reconciliation } = await tare.reportLedger(byTeam);
    // Four GPU-hours at 3.46 billed instead of 3.41 estimated.
    expect(reconciliation).toEqual({
      bill: '26.84',
      ledger: '26.84',
      difference: '0.00',
      estimated: '6.82',
      trueUp: '0.20',
    });
  });

  it('keeps the top and sums the rest', async () => {
    const { rows, rest } = await tare.reportLedger({ ...byTeam, by: ['device'], top: 1 });
    expect(rows.map((row) => row['device'])).toHaveLength(1);
    expect(rest?.rows).toBeGreaterThan(0);
  });

  it('filters rows, total and coverage alike', async () => {
    const filters = [{ dimension: 'team', values: ['research'] }] as const;
    const { rows, total, coverage } = await tare.reportLedger({ ...byTeam, filters });
    expect(rows).toHaveLength(1);
    expect(total.gpuHours.gross).toBe(3);
    expect(coverage.observed).toBe(0.666666667);
  });

  it('refuses a tag that no rule defines', async () => {
    await expect(tare.reportLedger({ ...byTeam, by: ['tag:cost-centre'] })).rejects.toMatchObject({
      code: 'TARE-2003',
      remedy: 'no tag dimension is defined; add one under owners: in tare.yaml',
    });
  });

  it('spreads what is shared once the rule says so, and rebuilds for it', async () => {
    const proportional = tareOver(store, { shared: 'proportional' });
    const spread = await proportional.reportLedger(byTeam);
    expect(spread.rows.map((row) => [row['team'], row.shared])).toEqual([
      ['search', '3.00'],
      ['research', '0.00'],
      ['nobody', '0.00'],
    ]);
    await tareOver(store).buildLedger(silent, signal);
  });
});

describe('the other reports', () => {
  it('show where GPUs stand still', async () => {
    const { rows, total } = await tare.reportIdle({ ...byTeam, by: ['workload'] });
    expect(
      rows.map((row) => [row['workload'], row.cost.idle, row.cost.unallocated, row.idleFraction]),
    ).toEqual([
      ['search-llm', '6.8178', '0.00', 0.66],
      ['notebook-7', '0.00', '0.00', 0],
      ['nobody', '0.00', '10.33', null],
    ]);
    expect(total).toMatchObject({ gpuHours: { gross: 9, idle: 1.98, unallocated: 3, unobserved: 1 } });
  });

  it('show the bill as billed', async () => {
    const { rows, total } = await tare.reportCharges({ window: SMALL_WINDOW, by: ['use'], top: null });
    expect(rows.map((row) => [row['use'], row.cost, row.rows])).toEqual([
      ['gpu', '13.84', 2],
      ['direct', '10.00', 1],
      ['shared', '3.00', 1],
    ]);
    expect(total.billedCost).toBe('26.84');
    const top = await tare.reportCharges({ window: SMALL_WINDOW, by: ['service'], top: 1 });
    expect(top.rest).toMatchObject({ rowsLeftOut: 2, cost: '13.00' });
  });

  it('show what can be trusted', async () => {
    const report = await tare.reportCoverage(SMALL_WINDOW);
    expect(report.byDay).toEqual([
      {
        day: '2026-10-14',
        bill: '26.84',
        ledger: '26.84',
        difference: '0.00',
        estimated: '6.82',
        observed: 0.888888889,
      },
    ]);
    expect(report.unpriced).toMatchObject([{ gpuModel: 'A100', lifecycle: 'owned', gpuHours: 3 }]);
    expect(report.sources.map(({ kind, datasets }) => [kind, datasets])).toEqual([
      ['focus', 1],
      ['usage', 1],
    ]);
    expect(report.freshness[0]).toEqual({
      fact: 'usage',
      newest: '2026-10-14T11:59:30Z',
      ageSeconds: 30,
      state: 'current',
    });
  });

  it('put the first page into one answer', async () => {
    const page = await tare.overview({ fromMs: NINE + HOUR_MS, toMs: NOON });
    expect(page.total.gpuHours.gross).toBe(6);
    expect(page.previous).toBeNull();
    expect(page.unitCost).toEqual({
      perProductiveGpuHour: '20.205882352941',
      perPaidGpuHour: '3.435000000000'.replace(/0+$/, ''),
    });
    expect(page.leaks.map(({ advice }) => advice)).toEqual([
      'release or share pool serving',
      'scale search-llm to zero when no requests come',
    ]);
    expect(page.funnel.map(({ step }) => step)).toEqual([
      'paid',
      'observed',
      'allocated',
      'active',
      'effective',
      'productive',
    ]);
    expect(page.teams.map(({ team }) => team)).toEqual(['search', 'research', 'nobody']);
  });

  it('compare with the same time before where the ledger reaches back', async () => {
    const page = await tare.overview({ fromMs: NINE + 2 * HOUR_MS, toMs: NOON });
    expect(page.previous).toMatchObject({ from: '2026-10-14T10:00:00Z', totalCost: '6.92' });
    expect(page.sentence).toContain('That is $0.10 (1 %) less than in the same time before.');
  });
});

describe('explain', () => {
  const hour = '2026-10-14T09:00Z';

  it('shows where a billed figure comes from', async () => {
    expect(`\n${explainText(await tare.explain(`${hour}/gpu-a/search-llm/idle`))}`).toMatchInlineSnapshot(`
      "
      $2.2836   idle, 2026-10-14 09:00–10:00Z, search-llm (team search) on gpu-a (H100, node a3-04)
      ├─ 3,600 s  paid          a3-04, on_demand                       usage:/fleet.csv
      ├─ 3,600 s  held          search-llm (share 1)                   usage:/fleet.csv
      ├─ 0.34     engine active mean of 120 samples, longest gap 30 s  usage:/fleet.csv
      ├─ 2,376 s  idle = 3,600 s × (1 − 0.34)                          docs/methodology.md#the-weighing
      ├─ $6.92    billed        a3-highgpu-2g in us-east1              bill.csv:2 in focus:/bill.csv
      ├─ $3.4600  per GPU-hour  its part of what was billed            bill; replaces the estimate of $3.4100
      └─ $2.2836  idle, at this price                                  ledger
      "
    `);
  });

  it('shows where an estimate comes from', async () => {
    expect(
      `\n${explainText(await tare.explain('2026-10-14T11:00Z/gpu-b//unallocated'))}`,
    ).toMatchInlineSnapshot(`
      "
      $3.4100   unallocated, 2026-10-14 11:00–12:00Z, held by nobody on gpu-b (H100, node a3-04)
      ├─ 3,600 s  paid          a3-04, on_demand                       usage:/fleet.csv
      ├─ 3,600 s  held          by nobody; no allocation in this hour
      ├─ 0        engine active mean of 120 samples, longest gap 30 s  usage:/fleet.csv
      ├─ 3,600 s  unallocated = observed, held by nobody               docs/methodology.md#the-weighing
      ├─ $3.4100  per GPU-hour  an estimate until the bill arrives     price book, 2026-10-01, list price of an H100
      └─ $3.41    unallocated, at this price                           ledger
      "
    `);
  });

  it('shows what has no price and was not observed', async () => {
    expect(
      `\n${explainText(await tare.explain('2026-10-14T11:00Z/gpu-c/notebook-7/unobserved'))}`,
    ).toMatchInlineSnapshot(`
      "
      ?   unobserved, 2026-10-14 11:00–12:00Z, notebook-7 (team research) on gpu-c (A100, node own-01)
      ├─ 3,600 s  paid          own-01, owned                                     usage:/fleet.csv
      ├─ 3,600 s  held          notebook-7 (share 1)                              usage:/fleet.csv
      ├─ –        no sample in this hour                                          usage:/fleet.csv
      ├─ 3,600 s  unobserved = held 3,600 s − observed 0 s                        docs/methodology.md#the-weighing
      └─ ?        per GPU-hour  no price is known: the cost is missing, not zero  unpriced
      "
    `);
  });

  test.each([
    ['nonsense', 'TARE-2006', 'write HOUR/DEVICE/WORKLOAD/BUCKET'],
    [`${hour}/gpu-a/search-llm/idel`, 'TARE-2006', 'did you mean idle?'],
    ['2026-10-14T09:30Z/gpu-a/search-llm/idle', 'TARE-2006', 'write 2026-10-14T09:00:00Z'],
    [
      `${hour}/gpu-a/search-llm/lost`,
      'TARE-4020',
      `${hour}/gpu-a/search-llm/idle, ${hour}/gpu-a/search-llm/productive`,
    ],
    [`${hour}/gpu-a/search/idle`, 'TARE-4020', `${hour}/gpu-a/search-llm/idle`],
    [`${hour}/gpu-d/search-llm/idle`, 'TARE-4020', 'devices in this hour: gpu-a, gpu-b, gpu-c'],
    [
      '2025-01-01T00:00Z/gpu-a/search-llm/idle',
      'TARE-4020',
      'it reaches over 2026-10-14T09:00Z to 2026-10-14T12:00Z',
    ],
  ])('%s → %s', async (row, code, remedy) => {
    await expect(tare.explain(row)).rejects.toMatchObject({ code, remedy: expect.stringContaining(remedy) });
  });
});

describe('doctor', () => {
  it('finds what to look at, and nothing failing', async () => {
    const { findings, exitCode } = await tare.doctor(signal);
    expect(exitCode).toBe(0);
    // An endpoint that nothing counts the requests of, and a GPU without a price.
    expect(findings.filter(({ status }) => status !== 'fine').map(({ subject }) => subject)).toEqual([
      'serving',
      'prices',
    ]);
  });

  it('says that an empty store has nothing to answer from', async () => {
    const empty = tareOver(await openDuckDbStore('duckdb::memory:'));
    const { findings, exitCode } = await empty.doctor(signal);
    expect(exitCode).toBe(4);
    expect(findings[0]).toMatchObject({ subject: 'store', status: 'failing' });
    await empty.close();
  });
});

test('an empty ledger says which command fills it', async () => {
  const empty = tareOver(await openDuckDbStore('duckdb::memory:'));
  const { sentence, total } = await empty.reportLedger(byTeam);
  expect(sentence).toContain('Nothing was imported yet');
  expect(total.tareFraction).toBeNull();
  await empty.close();
});
