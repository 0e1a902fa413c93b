import { beforeAll, expect, it } from 'vitest';
import { createTare } from '../../src/app/create-tare.ts';
import type { CommitmentReport } from '../../src/app/results/commitments.ts';
import { createHardwareCatalog } from '../../src/price-books/bundled/create-hardware-catalog.ts';
import { commitmentTables } from '../../src/reports/commitments-tables.ts';
import { renderTable } from '../../src/reports/table.ts';
import { flatPrices } from '../support/flat-prices.ts';
import { HELD_DECLARED, HELD_WINDOW, heldExample } from '../support/held-example.ts';
import { onEveryEngine } from '../support/on-every-engine.ts';
import { once } from '../support/weigh-in-store.ts';

const UNTIL = HELD_WINDOW.toMs;

/** The report as it is printed, of four days that can be worked out by hand: see `held-example.ts`. */
onEveryEngine('commitments that are held', (engine) => {
  async function reported(declared = HELD_DECLARED) {
    const store = await engine.open();
    const book = flatPrices();
    const tare = createTare({
      store,
      fileSources: [],
      liveSources: [],
      priceBooks: [book],
      settings: {
        currency: 'USD',
        shared: 'none',
        maxHoldIntervals: 2,
        exchangeRates: {},
        owners: {},
        commitments: declared,
      },
      clock: { nowMs: () => UNTIL },
      market: { books: [book], prices: { listPrices: () => [] }, hardware: createHardwareCatalog() },
      listFiles: async (paths) => paths,
    });
    await store.importDataset({ name: 'facts', kind: 'test', importedAtMs: 0 }, once(heldExample()));
    const report = await tare.reportCommitments(HELD_WINDOW);
    const ledger = await tare.reportLedger({
      window: HELD_WINDOW,
      by: ['lifecycle'],
      filters: [],
      top: null,
    });
    await tare.close();
    return { report, ledger };
  }

  let report: CommitmentReport;
  beforeAll(async () => {
    report = (await reported()).report;
  }, 60_000);

  it('say what was bought, used and unused, and when they end', async () => {
    const text = commitmentTables(report)
      .map((model) => {
        const { before, table, after } = renderTable(model, { width: 140, isAscii: true, hasColor: false });
        return [before, table, after].join('\n');
      })
      .join('\n');
    await expect(text).toMatchFileSnapshot('held-commitments.txt');
  });

  it('add up: bought is used and unused, days are months, and months are the whole', () => {
    const cents = (text: string | null) => Math.round(Number(text) * 100);
    const sum = (of: readonly Readonly<{ boughtCost: string; unusedCost: string | null }>[]) => [
      of.reduce((all, { boughtCost }) => all + cents(boughtCost), 0),
      of.reduce((all, { unusedCost }) => all + cents(unusedCost), 0),
    ];
    const { total } = report;
    const whole = [cents(total.boughtCost), cents(total.unusedCost)];
    expect(sum(report.rows)).toEqual(whole);
    expect(sum(report.days)).toEqual(whole);
    expect(sum(report.months)).toEqual(whole);
    expect(cents(total.usedCost) + cents(total.unusedCost)).toBe(cents(total.boughtCost));
  });

  it('agree with the ledger on what ran as committed', async () => {
    const { report: billed, ledger } = await reported(HELD_DECLARED.slice(0, 1));
    const row = ledger.rows.find((one) => one['lifecycle'] === 'committed')!;
    expect(billed.total.committedGpuHours).toBe(row.gpuHours.gross);
    expect(billed.rows[0]!.usedCost).toBe(row.cost.gross);
  });

  it('have no known end where nobody states one', async () => {
    const { report: unknown } = await reported([]);
    expect(unknown.rows).toHaveLength(1);
    expect(unknown.rows[0]).toMatchObject({ source: 'bill', end: null, state: 'no_end_known', name: 'h100' });
    expect(unknown.rows[0]!.utilisationPercent).toBeCloseTo(100 * (5 / 6), 4);
  });
});
