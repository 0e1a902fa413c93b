import { beforeAll, expect, it } from 'vitest';
import type { CommitmentLine } from '../../../src/domain/commitments/commitment-line.ts';
import { formatPicos } from '../../../src/domain/money/picos.ts';
import { DAY_MS, formatInstant, HOUR_MS } from '../../../src/domain/time/window.ts';
import { ticksToHours } from '../../../src/domain/units/gpu-time.ts';
import type { Store } from '../../../src/ports/store.ts';
import { chargeFact } from '../../support/facts.ts';
import { HELD_FROM, HELD_WINDOW, heldExample, PLAN_ID } from '../../support/held-example.ts';
import { onEveryEngine } from '../../support/on-every-engine.ts';
import { once } from '../../support/weigh-in-store.ts';

const textOf = ({ slotMs, state, gpuModel, costPicos, gpuTicks, quantityPicos }: CommitmentLine) =>
  [
    formatInstant(slotMs).slice(0, 16),
    state,
    gpuModel ?? '-',
    formatPicos(costPicos),
    ticksToHours(gpuTicks),
    quantityPicos === null ? '-' : formatPicos(quantityPicos),
  ].join(' ');

onEveryEngine('what bills say of commitments', (engine) => {
  let store: Store;
  beforeAll(async () => {
    store = await engine.open();
    await store.saveSettings({ currency: 'USD', shared: 'none', maxHoldIntervals: 2 });
    await store.importDataset({ name: 'bill', kind: 'focus', importedAtMs: 0 }, once(heldExample()));
    return () => store.close();
  });

  it('is spread over days by time, and added up by what the lines say', async () => {
    const lines = await store.commitmentLines(HELD_WINDOW, DAY_MS);
    expect(lines).toHaveLength(12);
    expect(lines.slice(0, 3).map(textOf)).toEqual([
      '2026-10-29T00:00 fee - 144.00 0 -',
      '2026-10-29T00:00 unused - 24.00 0 24.00',
      '2026-10-29T00:00 used H100-SXM5-80GB 120.00 48 120.00',
    ]);
    expect(lines[1]).toMatchObject({
      commitmentId: PLAN_ID,
      provider: 'AWS',
      name: null,
      type: 'ComputeSavingsPlans',
      category: 'Spend',
      unit: 'USD',
    });
  });

  it('or over hours, of the window alone', async () => {
    const window = { fromMs: HELD_FROM + 6 * HOUR_MS, toMs: HELD_FROM + 8 * HOUR_MS };
    expect((await store.commitmentLines(window, HOUR_MS)).map(textOf)).toEqual([
      '2026-10-29T06:00 fee - 6.00 0 -',
      '2026-10-29T06:00 unused - 1.00 0 1.00',
      '2026-10-29T06:00 used H100-SXM5-80GB 5.00 2 5.00',
      '2026-10-29T07:00 fee - 6.00 0 -',
      '2026-10-29T07:00 unused - 1.00 0 1.00',
      '2026-10-29T07:00 used H100-SXM5-80GB 5.00 2 5.00',
    ]);
    const part = { fromMs: HELD_FROM + 6 * HOUR_MS, toMs: HELD_FROM + 12 * HOUR_MS };
    expect((await store.commitmentLines(part, DAY_MS)).map(textOf)).toEqual([
      '2026-10-29T00:00 fee - 36.00 0 -',
      '2026-10-29T00:00 unused - 6.00 0 6.00',
      '2026-10-29T00:00 used H100-SXM5-80GB 30.00 12 30.00',
    ]);
  });

  it('says the term of what was paid ahead', async () => {
    const year = { fromMs: Date.UTC(2026, 0), toMs: Date.UTC(2027, 0) };
    const ahead = chargeFact({
      startMs: year.fromMs,
      endMs: year.toMs,
      costPicos: 8_760_000_000_000_000n,
      chargeCategory: 'Purchase',
      commitmentDiscountId: 'ahead',
    });
    const other = await engine.open();
    await other.importDataset({ name: 'year', kind: 'focus', importedAtMs: 0 }, once({ charges: [ahead] }));
    const lines = await other.commitmentLines(HELD_WINDOW, DAY_MS);
    expect(lines.map(textOf)[0]).toBe('2026-10-29T00:00 fee - 24.00 0 -');
    expect(lines.map(({ term }) => term)).toEqual([year, year, year, year]);
    expect((await store.commitmentLines(HELD_WINDOW, DAY_MS)).every(({ term }) => term === null)).toBe(true);
    await other.close();
  });

  it('is what it was in parts, to the last digit', async () => {
    const thirds = chargeFact({
      startMs: HELD_FROM,
      endMs: HELD_FROM + 3 * HOUR_MS,
      costPicos: 1_000_000_000_000n,
      commitmentDiscountId: 'odd',
      commitmentDiscountStatus: 'Unused',
    });
    const other = await engine.open();
    await other.importDataset({ name: 'odd', kind: 'focus', importedAtMs: 0 }, once({ charges: [thirds] }));
    const lines = await other.commitmentLines(HELD_WINDOW, HOUR_MS);
    expect(lines.map(({ costPicos }) => costPicos)).toEqual([
      333_333_333_333n,
      333_333_333_333n,
      333_333_333_334n,
    ]);
    expect(lines.map(({ quantityPicos }) => quantityPicos)).toEqual([null, null, null]);
    await other.close();
  });
});
