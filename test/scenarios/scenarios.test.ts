import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { expect, it } from 'vitest';
import { BUCKETS, grossOf, type PerBucket } from '../../src/domain/ledger/buckets.ts';
import type { LedgerRow } from '../../src/domain/ledger/ledger-row.ts';
import { weighFleet } from '../../src/domain/ledger/weigh-fleet.ts';
import { formatPicos } from '../../src/domain/money/picos.ts';
import { resolveOwner } from '../../src/domain/ownership/owner.ts';
import { DAY_MS, formatInstant } from '../../src/domain/time/window.ts';
import { TICKS_PER_GPU_HOUR } from '../../src/domain/units/gpu-time.ts';
import { onEveryEngine } from '../support/on-every-engine.ts';
import { cellsOf, parseScenario, SCENARIO_DAY, type Scenario } from '../support/scenario.ts';
import { buildAll, importFleet, settle } from '../support/weigh-in-store.ts';

/** Every case of `cases/`, through the oracle and through every engine. `TARE_UPDATE_SCENARIOS=1` writes the oracle's tables into the files. */
const FOLDER = new URL('cases/', import.meta.url);
const OWNERS = { team: ['label:team'] };
const WINDOW = { fromMs: SCENARIO_DAY, toMs: SCENARIO_DAY + DAY_MS };

const cases = readdirSync(FOLDER).map((name) => {
  const file = new URL(name, FOLDER);
  const text = readFileSync(file, 'utf8');
  return { name, file, text, scenario: parseScenario(text) };
});

it.each(cases)('$scenario.title: the oracle', ({ file, text, scenario }) => {
  const table = tableOf(scenario, weigh(scenario));
  if (process.env['TARE_UPDATE_SCENARIOS']) {
    const facts = text.slice(0, text.indexOf('\nledger by '));
    writeFileSync(file, `${facts}\nledger by ${scenario.by.join(', ')}\n${table.join('\n')}\n`);
  } else expect(table.map(cellsOf)).toEqual(scenario.table.map(cellsOf));
});

onEveryEngine('scenarios', (engine) => {
  it.each(cases)('$scenario.title', async ({ scenario }) => {
    const store = await engine.open();
    try {
      await store.saveSettings({ currency: 'USD', shared: scenario.shared, maxHoldIntervals: 2 });
      await importFleet(store, scenario.facts);
      await settle(store, scenario.rates, OWNERS);
      await buildAll(store, scenario.untilMs);
      const groups = await store.ledger({ window: WINDOW, by: scenario.by });
      const table = tableOf(scenario, groups);
      expect(table.map(cellsOf)).toEqual(scenario.table.map(cellsOf));
    } finally {
      await store.close();
    }
  });
});

type Group = Readonly<{
  key: Readonly<Record<string, string>>;
  ticks: PerBucket<bigint>;
  cost: PerBucket<bigint>;
  directPicos: bigint;
  sharedPicos: bigint;
  unpricedTicks: bigint;
  contradictoryTicks: bigint;
  estimateOfBilledPicos: bigint;
}>;

function weigh({ facts, rates, shared, untilMs, by }: Scenario): Group[] {
  const rows = weighFleet(
    facts,
    {
      ratesOf: ({ gpuModel }) => rates.get(gpuModel) ?? [],
      ownerOf: (attributes) => resolveOwner(OWNERS, attributes),
      shared,
      maxHoldIntervals: 2,
      untilMs,
    },
    WINDOW,
  );
  const groups = new Map<string, Group>();
  for (const row of rows) {
    const key = Object.fromEntries(by.map((dimension) => [dimension, placeInKey(row, dimension)]));
    const name = JSON.stringify(key);
    groups.set(name, { ...sumOf(groups.get(name), row), key });
  }
  return [...groups.values()];
}

function placeInKey(row: LedgerRow, dimension: string): string {
  if (dimension === 'hour') return formatInstant(row.hourMs);
  if (dimension === 'workload') return row.workloadId || (row.deviceId ? 'nobody' : 'none');
  if (dimension === 'device') return row.deviceId || 'none';
  return String(row[dimension as 'team' | 'node' | 'gpuModel' | 'priceSource']);
}

function sumOf(a: Omit<Group, 'key'> | undefined, b: Omit<Group, 'key'>): Omit<Group, 'key'> {
  const perBucket = (unit: 'ticks' | 'cost') =>
    Object.fromEntries(
      BUCKETS.map((bucket) => [bucket, (a?.[unit][bucket] ?? 0n) + b[unit][bucket]]),
    ) as unknown as PerBucket<bigint>;
  const sum = (name: Exclude<keyof Group, 'key' | 'ticks' | 'cost'>) => (a?.[name] ?? 0n) + b[name];
  return {
    ticks: perBucket('ticks'),
    cost: perBucket('cost'),
    directPicos: sum('directPicos'),
    sharedPicos: sum('sharedPicos'),
    unpricedTicks: sum('unpricedTicks'),
    contradictoryTicks: sum('contradictoryTicks'),
    estimateOfBilledPicos: sum('estimateOfBilledPicos'),
  };
}

/** Everything a group says that is not nothing, by the name of its column. */
function figuresOf(group: Group): ReadonlyMap<string, string> {
  const figures = new Map<string, string>();
  const hours = (name: string, ticks: bigint) => ticks !== 0n && figures.set(`${name} h`, printHours(ticks));
  const dollars = (name: string, picos: bigint) =>
    picos !== 0n && figures.set(`${name} $`, formatPicos(picos));
  hours('gross', grossOf(group.ticks));
  dollars('gross', grossOf(group.cost));
  for (const bucket of BUCKETS) {
    hours(bucket, group.ticks[bucket]);
    dollars(bucket, group.cost[bucket]);
  }
  dollars('direct', group.directPicos);
  dollars('shared', group.sharedPicos);
  hours('unpriced', group.unpricedTicks);
  hours('contradictory', group.contradictoryTicks);
  dollars('estimated before', group.estimateOfBilledPicos);
  return figures;
}

/** Hours to the last digit that six decimals hold; a case is made so that they hold all of it, or says thirds and sevenths. */
function printHours(ticks: bigint): string {
  const micros = (ticks * 1_000_000n + TICKS_PER_GPU_HOUR / 2n) / TICKS_PER_GPU_HOUR;
  const fraction = (micros % 1_000_000n).toString().padStart(6, '0').replace(/0+$/, '').padEnd(2, '0');
  return `${micros / 1_000_000n}.${fraction}`;
}

/** The groups as the table of the case. A figure for which the table has no column is an error: what is not shown must be nothing. */
function tableOf({ by, columns }: Scenario, groups: readonly Group[]): string[] {
  const rows = groups
    .map((group) => ({ key: by.map((dimension) => group.key[dimension]!), figures: figuresOf(group) }))
    .filter(({ figures }) => figures.size > 0)
    .sort((a, b) => (a.key.join('|') < b.key.join('|') ? -1 : 1));
  for (const { key, figures } of rows) {
    const hidden = [...figures.keys()].filter((name) => !columns.includes(name));
    if (hidden.length > 0) throw new Error(`the row of ${key.join(', ')} also says: ${hidden.join(', ')}`);
  }
  const cells = [
    [...by, ...columns],
    ...rows.map(({ key, figures }) => [...key, ...columns.map((name) => figures.get(name) ?? '')]),
  ];
  const widths = cells[0]!.map((_, column) => Math.max(...cells.map((row) => row[column]!.length)));
  return cells.map((row) =>
    row
      .map((cell, column) => cell.padEnd(widths[column]!))
      .join(' | ')
      .trimEnd(),
  );
}
