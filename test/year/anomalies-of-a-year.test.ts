import { beforeAll, describe, expect, it, test } from 'vitest';
import { reportAnomalies } from '../../src/app/anomalies/report-anomalies.ts';
import type { AnomalyReport, AnomalyRow } from '../../src/app/results/anomalies.ts';
import { parsePicos } from '../../src/domain/money/picos.ts';
import { DAY_MS } from '../../src/domain/time/window.ts';
import {
  type DemoYear,
  demoYear,
  type Planted,
  type PlantedKind,
  YEAR_DAYS,
  YEAR_START,
} from '../support/demo-year.ts';
import { SMALL_SETTINGS } from '../support/small-fleet.ts';

/** `TARE_YEARS=1,2,3` looks at other years. */
const SEEDS = (process.env['TARE_YEARS'] ?? '1,12,31').split(',').map(Number);

const WHOLE_YEAR = { fromMs: YEAR_START, toMs: YEAR_START + YEAR_DAYS * DAY_MS };

/** What is planted, and the figure and cause by which it has to be found. */
const FOUND_AS: Readonly<Record<PlantedKind, Pick<AnomalyRow, 'measure' | 'cause'>>> = {
  price: { measure: 'cost', cause: 'price' },
  volume: { measure: 'cost', cause: 'volume' },
  mix: { measure: 'cost', cause: 'mix' },
  utilisation: { measure: 'cost', cause: 'utilisation' },
  newResource: { measure: 'cost', cause: 'newResource' },
  charges: { measure: 'cost', cause: 'charges' },
  unitCost: { measure: 'unitCost', cause: 'utilisation' },
};

describe.each(SEEDS)('the year %s', (seed) => {
  let year: DemoYear;
  let report: AnomalyReport;
  beforeAll(async () => {
    year = demoYear(seed);
    report = await reportAnomalies(
      { store: year.store, settings: SMALL_SETTINGS },
      { window: WHOLE_YEAR, by: ['team'], measures: ['cost', 'tare', 'unitCost'] },
    );
  });

  test.each(Object.keys(FOUND_AS) as PlantedKind[])('shows the planted anomaly: %s', (kind) => {
    const planted = year.planted.find((one) => one.kind === kind)!;
    const found = report.rows.filter((row) => isOf(row, planted) && row.measure === FOUND_AS[kind].measure);
    expect(found.map(({ cause }) => cause)).toEqual([FOUND_AS[kind].cause]);
    // On the second day at the latest, and no longer than a day beyond its end.
    expect(Date.parse(found[0]!.from)).toBeLessThan(planted.window.fromMs + 2 * DAY_MS);
    expect(Date.parse(found[0]!.to)).toBeLessThanOrEqual(planted.window.toMs + DAY_MS);
  });

  it('has at most one false alarm a month', () => {
    const alarms = report.rows.filter(
      (row) => row.within === null && !year.planted.some((planted) => isOf(row, planted)),
    );
    const months = new Map<string, string[]>();
    for (const { id, from } of alarms)
      months.set(from.slice(0, 7), [...(months.get(from.slice(0, 7)) ?? []), id]);
    expect([...months.values()].filter((ids) => ids.length > 1)).toEqual([]);
  });

  it('explains each to the last digit', () => {
    for (const { excess, causes } of report.rows) {
      const sum = Object.values(causes).reduce((total, amount) => total + parsePicos(amount)!.picos, 0n);
      expect(sum).toBe(parsePicos(excess)!.picos);
    }
  });

  it('judges every series', () => {
    expect(report.series).toEqual({ judged: 14, tooShort: [] });
  });
});

function isOf(row: AnomalyRow, { team, window }: Planted): boolean {
  const isTeam = row.owner === team || row.owner === `${team}-llm`;
  return isTeam && Date.parse(row.from) < window.toMs && Date.parse(row.to) > window.fromMs;
}
