import { describe, expect, it, test } from 'vitest';
import { makeEmptyOverview, makeOverview } from '../dev/make-overview.ts';
import { sumDecimals } from '../format/decimal.ts';
import { moneyDecimals } from '../format/money.ts';
import { viewDays } from '../ledger/days-view.ts';
import { isEmpty, unpricedShare } from '../ledger/figures.ts';
import { ledgerCsv } from '../ledger/ledger-csv.ts';
import { addPrinted, printTable } from '../ledger/printed-figures.ts';
import { viewCards } from './cards-view.ts';
import { viewFunnel } from './funnel-view.ts';
import { basisText, viewFreshness } from './health-view.ts';
import { viewTeams } from './teams-view.ts';

const SEEDS = [1, 2, 3, 42, 99, 1234];
const overview = makeOverview();

describe('the fixture', () => {
  it('adds up, so that what it proves about the views means something', () => {
    expect(sumDecimals(overview.days.map((day) => day.totalCost))).toBe(
      sumDecimals([overview.total.totalCost]),
    );
    expect(sumDecimals(overview.teams.map((team) => team.cost.idle))).toBe(
      sumDecimals([overview.total.cost.idle]),
    );
  });
});

describe('funnel', () => {
  test.each(SEEDS)('each printed step is the one before less its printed loss (seed %i)', (seed) => {
    const rows = viewFunnel(makeOverview({ seed }));
    expect(rows.map((row) => row.step)).toEqual([
      'paid',
      'observed',
      'allocated',
      'active',
      'effective',
      'productive',
    ]);
    for (let index = 1; index < rows.length; index += 1) {
      const [before, row] = [rows[index - 1]!, rows[index]!];
      expect(digits(before.cost) - digits(row.loses!.cost!)).toBe(digits(row.cost));
      expect(digits(before.hours) - digits(row.loses!.hours)).toBe(digits(row.hours));
    }
  });

  it('draws bars by GPU-hours and prints no cost where nothing is priced', () => {
    const rows = viewFunnel(makeOverview({ isUnpriced: true }));
    expect(rows[0]).toMatchObject({ cost: 'unpriced', fraction: 1 });
    expect(rows[3]!.fraction).toBeGreaterThan(0.5);
    expect(rows[3]!.loses!.cost).toBeNull();
  });

  it('says what lost nothing', () => {
    const rows = viewFunnel(makeOverview({ hasUsage: false }));
    expect(rows[1]!.loses).toMatchObject({ bucket: 'unobserved', isNothing: false, fraction: 1 });
    expect(rows[2]!.loses).toMatchObject({ bucket: 'unallocated', isNothing: true });
  });

  it('knows no share where nothing was paid for', () => {
    expect(viewFunnel(makeEmptyOverview()).map((row) => row.fraction)).toEqual(Array(6).fill(null));
  });

  it('keeps cents for small amounts', () => {
    expect(moneyDecimals(999_999_999_999_999n)).toBe(2);
    expect(moneyDecimals(-1_000_000_000_000_000n)).toBe(0);
  });
});

describe('printed tables', () => {
  test.each(SEEDS)('columns and rows add up to what is printed as their sum (seed %i)', (seed) => {
    const { teams, total } = makeOverview({ seed, extraTeams: 9 });
    const table = printTable(teams, total, 2);
    const sum = addPrinted(table.rows);
    for (const column of ['gross', 'direct', 'shared', 'total'] as const) {
      expect(sum[column]).toBe(table.total[column]);
    }
    for (const row of [...table.rows, table.total]) {
      expect(row.gross + row.direct + row.shared).toBe(row.total);
      expect(Object.values(row.buckets).reduce((gross, units) => gross + units, 0n)).toBe(row.gross);
    }
  });
});

describe('teams', () => {
  it('always shows the ownerless, also where the ledger has none', () => {
    const named = overview.teams.filter(({ team }) => team === 'search');
    const view = viewTeams({ ...overview, teams: named }, { column: 'total', isDescending: true }, 1);
    expect(view.rows.map((row) => row.team)).toEqual(['search', 'nobody', 'untagged']);
  });

  it('sums what it leaves out', () => {
    const long = makeOverview({ extraTeams: 30 });
    const view = viewTeams(long, { column: 'total', isDescending: true }, 5);
    expect(view.rows).toHaveLength(7);
    expect(view.rest).toMatchObject({ team: '29 more', teams: 29 });
    expect(addPrinted([...view.rows, view.rest!].map((row) => row.printed)).total).toBe(
      view.total.printed.total,
    );
  });

  test.each([
    ['team', false, ['nobody', 'platform', 'ranking', 'research', 'search', 'untagged']],
    ['direct', true, ['platform', 'search', 'ranking', 'research', 'untagged', 'nobody']],
    ['lost', true, ['research', 'ranking', 'search', 'platform', 'nobody', 'untagged']],
  ] as const)('sorts by %s, descending: %s', (column, isDescending, expected) => {
    expect(viewTeams(overview, { column, isDescending }, 99).rows.map((row) => row.team)).toEqual(expected);
  });

  it('keeps an unknown share at the end, whichever way it sorts', () => {
    const teams = [...overview.teams, { ...overview.teams[0]!, team: 'api-only', tareFraction: null }];
    for (const isDescending of [true, false]) {
      const view = viewTeams({ ...overview, teams }, { column: 'tare', isDescending }, 99);
      expect(view.rows.at(-1)!.team).toBe('api-only');
    }
  });

  it('counts what has no price instead of printing zero', () => {
    const [row] = viewTeams(
      makeOverview({ isUnpriced: true }),
      { column: 'gpuHours', isDescending: true },
      9,
    ).rows;
    expect(row!.unpriced).toBe('all');
    expect(row!.unpricedGpuHours).toBe(row!.gpuHours);
  });
});

describe('cards', () => {
  it('shows spending with its change, the share of tare, unit costs side by side, and the bill', () => {
    const [spent, tare, unit, difference] = viewCards(overview);
    expect(spent!.lines[0]).toMatchObject({
      direction: 'up',
      text: expect.stringMatching(/^\+\$[\d,]+ \(\+\d/),
    });
    expect(tare!.aside).toBe('53\u00a0%');
    expect(unit!.lines[0]!.text).toMatch(/^\$\d+\.\d\d per paid GPU-hour$/);
    expect(difference).toMatchObject({ value: '$0.00', tone: 'plain' });
    expect(difference!.lines[0]!.text).toContain('agrees with a bill of');
  });

  it('makes a difference to the bill loud, however small', () => {
    const reconciliation = { ...overview.health.reconciliation, difference: '-0.000000000001' };
    const card = viewCards({ ...overview, health: { ...overview.health, reconciliation } })[3]!;
    expect(card).toMatchObject({ value: '−<$0.01', tone: 'alarm' });
  });

  it('says unknown where there is nothing to compare or divide', () => {
    const cards = viewCards(makeEmptyOverview());
    expect(cards.map((card) => card.value)).toEqual(['$0.00', '$0.00', '–', '–']);
    expect(JSON.stringify(cards)).not.toMatch(/NaN|Infinity|undefined/);
  });

  it('has no percentage of a window that cost nothing', () => {
    const previous = { ...overview.previous!, totalCost: '0.00' };
    expect(viewCards({ ...overview, previous })[0]!.lines[0]!.text).not.toContain('%');
  });

  it('counts GPU time without a price beside what was spent', () => {
    const total = { ...overview.total, unpricedGpuHours: 952.5 };
    expect(viewCards({ ...overview, total })[0]!.lines.some((line) => line.isGap)).toBe(true);
    expect(viewCards(makeOverview({ isUnpriced: true }))[2]!.value).toBe('unpriced');
  });
});

describe('days', () => {
  it('marks estimates, and draws lighter what mostly rests on them', () => {
    const view = viewDays(overview, 'cost');
    expect(view.bars.filter((bar) => bar.isEstimated).map((bar) => bar.label)).toEqual([
      '30 Oct ~',
      '31 Oct ~',
    ]);
    expect(view.bars.at(-1)!.isLight).toBe(true);
    expect(view.bars[0]!.isLight).toBe(false);
    expect(view.summary).toMatch(
      /^31 days, \$[\d,]+ in all; most on .* 2 days rest wholly or partly on estimates/,
    );
  });

  it('speaks GPU-hours when asked', () => {
    const view = viewDays(overview, 'gpu-hours');
    expect(view.bars[0]!.gross).toMatch(/^[\d,]+$/);
    expect(view.bars[0]!.beside).toBeNull();
    expect(view.summary).toContain('GPU-h');
  });

  it('has a summary for a window without days', () => {
    expect(viewDays(makeEmptyOverview(), 'cost').summary).toBe('No day of this window has GPU time.');
  });
});

describe('freshness', () => {
  const at = '2026-10-31T23:00:00Z';
  const facts = (states: Record<string, 'late' | 'missing'>) =>
    (['usage', 'capacity', 'allocations', 'charges'] as const).map((fact) => ({
      fact,
      newest: states[fact] === 'missing' ? null : at,
      ageSeconds: states[fact] === 'missing' ? null : 600,
      state: states[fact] ?? ('current' as const),
    }));

  test.each([
    [{}, 'current', 'Fresh to 31 Oct 23:00Z'],
    [{ usage: 'late' }, 'late', 'Late: usage'],
    [{ usage: 'late', charges: 'late' }, 'late', 'Late: usage and charges'],
    [{ usage: 'missing', charges: 'late' }, 'missing', 'No usage yet'],
  ] as const)('%j is %s', (states, state, text) => {
    expect(viewFreshness(facts(states))).toMatchObject({ state, text });
  });
});

test('the measure stands beside the figure', () => {
  expect(basisText({ smActive: 0.71, engineActive: 0.24, gpuUtil: 0.05 })).toBe(
    'basis: SM active 71\u00a0%, engine active 24\u00a0%, GPU_UTIL 5\u00a0% of held and measured time',
  );
  expect(basisText({ smActive: 0, engineActive: 0, gpuUtil: 0 })).toBe('basis: nothing was measured');
});

test('CSV carries every digit and one line per row', () => {
  const lines = ledgerCsv('team', (row) => row.team, overview.teams, 'USD')
    .trimEnd()
    .split('\r\n');
  expect(lines).toHaveLength(overview.teams.length + 1);
  expect(lines[0]).toMatch(/^team,grossGpuHours,.*,grossCost,.*,unpricedGpuHours,currency$/);
  expect(lines[1]!.split(',')).toContain(overview.teams[0]!.cost.idle);
});

test('an empty window is told from an unpriced one', () => {
  expect(isEmpty(makeEmptyOverview().total)).toBe(true);
  expect(isEmpty(makeOverview({ isUnpriced: true }).total)).toBe(false);
  expect(unpricedShare({ ...overview.total, unpricedGpuHours: 1 })).toBe('some');
});

function digits(text: string): number {
  return Number(text.replace(/[^\d.]/g, ''));
}
