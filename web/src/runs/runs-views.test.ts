import { describe, expect, it, test } from 'vitest';
import { runsPath } from '../api/fetch-runs.ts';
import { makeRun, makeRunsReport, makeSums } from '../dev/make-runs.ts';
import { compareRuns } from './compare-view.ts';
import { groupAddress } from './group-address.ts';
import { runCell, sumCell } from './run-cells.ts';
import { filterChoices } from './run-choices.ts';
import { viewRunsCards } from './runs-cards.ts';
import { COLUMNS, DEFAULT_COLUMNS, shownColumns } from './runs-columns.ts';
import { readRunsState, writeRunsState } from './runs-state.ts';

describe('the address', () => {
  test.each([
    '',
    '?from=2026-10&team=ranking&state=timed_out',
    '?by=team,state&sort=-lostCost',
    '?text=vision+91&sort=%2Bname&page=3',
    '?sort=%2BcostPerPoint&metric=loss&direction=min',
    '?columns=name,team,notes',
    '?compare=kubernetes%3Atrain%2Fa%2Fb&compare=slurm%3Ax%3A1',
  ])('%s is read and written back', (search) => {
    expect(writeRunsState(readRunsState(search))).toBe(search);
  });

  test.each([
    ['?by=banana,team', { by: ['team'] }],
    ['?by=team,state,model', { by: ['team', 'state'] }],
    ['?page=-3', { page: 1 }],
    ['?page=two', { page: 1 }],
    ['?sort=-banana', { sort: 'cost', isDescending: true }],
    ['?sort=quality', { sort: 'cost' }],
    ['?sort=quality&metric=accuracy', { sort: 'quality', isDescending: false }],
    ['?by=team&sort=name', { sort: 'cost' }],
    ['?columns=banana', { columns: DEFAULT_COLUMNS }],
    ['?compare=a&compare=a&compare=b&compare=c', { compare: ['a', 'b'] }],
    ['?text=%20&team=', { text: null, team: null }],
  ])('%s falls back to what means something', (search, part) => {
    expect(readRunsState(search)).toMatchObject(part);
  });

  it('becomes the request of the page, and of all rows', () => {
    const state = readRunsState('?from=2026-10&team=a%3Db&text=x&metric=loss&direction=min&page=3');
    expect(runsPath(state)).toBe(
      '/api/v1/runs?from=2026-10&filter=team%3Da%3Db&text=x&sort=-cost&metric=loss&direction=min&limit=50&offset=100',
    );
    expect(runsPath(state, 'all')).toContain('limit=all');
    expect(runsPath(state, 'all')).not.toContain('offset');
  });

  it('leads from a group to its runs where the page can filter so', () => {
    const state = readRunsState('?from=2026-10&by=team,state&page=2');
    expect(groupAddress(state, 'team', 'ranking')).toBe('/runs?from=2026-10&by=state&team=ranking');
    expect(groupAddress(state, 'day', '2026-10-14')).toBeNull();
  });
});

describe('columns', () => {
  it('are the chosen ones in their order, and those of a metric only with one', () => {
    expect(shownColumns(DEFAULT_COLUMNS, false, false)).toEqual(DEFAULT_COLUMNS);
    expect(shownColumns(['lostCost', 'team'], false, false)).toEqual(['name', 'team', 'lostCost']);
    expect(shownColumns(['cost'], true, false)).toEqual(['name', 'quality', 'costPerPoint', 'cost']);
    expect(shownColumns(DEFAULT_COLUMNS, true, true)).toEqual([
      'attempts',
      'gpuHours',
      'cost',
      'lostCost',
      'idleCost',
    ]);
  });

  it('print something of every run, and never what is no figure', () => {
    const rows = [
      makeRun(),
      makeRun({ cost: null, gpuHours: null }),
      makeRun({ startedAt: null, waitHours: null }),
    ];
    for (const row of rows) {
      for (const name of Object.keys(COLUMNS) as (keyof typeof COLUMNS)[]) {
        expect(runCell(row, name, 'USD').text, name).toMatch(/^(?!.*(NaN|undefined|null|\[object)).+$/);
      }
    }
  });
});

describe('cells', () => {
  test.each([
    ['rounded to cents, every digit beside it', {}, 'cost', { text: '$12.35', exact: '12.345678 USD' }],
    ['marked while it rests on an estimate', { isEstimated: true }, 'cost', { isEstimate: true }],
    ['unknown is no zero', { cost: null }, 'cost', { text: '? unknown', isGap: true }],
    ['no price is no zero', { cost: null, unpricedGpuHours: 3 }, 'cost', { text: '? unpriced', isGap: true }],
    ['no device known', { gpuHours: null }, 'gpuHours', { text: '? unknown', isGap: true }],
    ['what never started costs nothing', { cost: '0.00' }, 'cost', { text: '$0.00' }],
    ['lost whole says so', { notes: ['lost whole: no checkpoint known'] }, 'lostCost', { note: 'whole' }],
    ['lost in part does not', {}, 'lostCost', { note: null }],
    ['the end in words', { state: 'timed_out' as const }, 'state', { text: 'timed out' }],
    ['several prices', { priceSource: 'bill+price_book' }, 'priceSource', { text: 'bill + price book' }],
    [
      'lost attempts are counted',
      { attempts: 3, lostAttempts: 2 },
      'attempts',
      { text: '3', note: '2 lost' },
    ],
    [
      'on the frontier',
      { quality: 0.8, isOnFrontier: true },
      'quality',
      { text: '0.8', note: 'on the frontier' },
    ],
    ['without the metric', { quality: null }, 'quality', { text: '–', note: null }],
  ] as const)('%s', (_, part, column, expected) => {
    expect(runCell(makeRun(part), column, 'USD')).toMatchObject(expected);
  });

  it('of sums are empty where nothing adds up', () => {
    expect(sumCell(makeSums(), 'state', 'USD').text).toBe('');
    expect(sumCell(makeSums({ cost: null }), 'cost', 'USD')).toMatchObject({
      text: '? unknown',
      isGap: true,
    });
  });
});

describe('cards', () => {
  const texts = (total: Parameters<typeof makeSums>[0]) =>
    viewRunsCards(makeRunsReport({ total: makeSums(total) })).flatMap(({ value, aside, lines }) => [
      value,
      aside,
      ...lines.map(({ text }) => text),
    ]);

  it('say how many, what it cost, what was lost and how long it waited', () => {
    expect(viewRunsCards(makeRunsReport()).map(({ title, value }) => [title, value])).toEqual([
      ['Runs', '2'],
      ['Cost', '$1,234'],
      ['Lost', '$100.00'],
      ['Waited', '5.0\u00a0h'],
    ]);
  });

  it('count what is missing', () => {
    expect(texts({ unknownRuns: 3 })).toContain('? 3 runs of unknown cost, missing in the sums');
    expect(texts({ unpricedGpuHours: 12 })).toContain('? 12.0 GPU-hours unpriced, missing here');
    expect(texts({ cost: null, lostCost: null, gpuCost: null })).toContain('–');
  });
});

describe('comparison', () => {
  const left = makeRun({ parameters: { lr: '1', seed: '7' }, metrics: { accuracy: 0.8 } });
  const right = makeRun({
    parameters: { lr: '2', seed: '7', warmup: '10' },
    metrics: { accuracy: 0.9, loss: 1 },
    cost: '13.345678',
  });
  const rowsOf = (title: string) =>
    compareRuns(left, right, 'USD')
      .find((part) => part.title === title)!
      .rows.map((row) => [row.name, row.left, row.right, row.difference]);

  it('shows the parameters that differ and counts the others', () => {
    expect(rowsOf('Parameters')).toEqual([
      ['lr', '1', '2', ''],
      ['warmup', '–', '10', ''],
    ]);
    expect(compareRuns(left, right, 'USD').at(-1)!.note).toBe('1 more is the same.');
    expect(compareRuns(left, left, 'USD').at(-1)!.note).toBe('All 2 parameters are the same.');
  });

  it('takes metrics away from each other without tails', () => {
    expect(rowsOf('Metrics')).toEqual([
      ['accuracy', '0.8', '0.9', '+0.1'],
      ['loss', '–', '1', ''],
    ]);
  });

  it('shows the cost by bucket and the difference with its sign, and none where one is unknown', () => {
    expect(rowsOf('Cost').at(-1)).toEqual(['Cost', '$12.35', '$13.35', '+$1.00']);
    expect(rowsOf('Cost').map(([name]) => name)).toEqual([
      'productive',
      'underused',
      'idle',
      'lost',
      'unobserved',
      'direct',
      'shared',
      'Cost',
    ]);
    const unknown = compareRuns(makeRun({ cost: null }), right, 'USD')[1]!.rows.at(-1)!;
    expect(unknown).toMatchObject({ left: '–', difference: '', isSame: false });
  });
});

describe('choices of a filter', () => {
  const choices = makeRunsReport({
    by: ['team', 'model', 'state', 'experiment'],
    rows: [
      { ...makeSums({ runs: 2 }), team: 'ranking', state: 'timed_out' },
      { ...makeSums({ runs: 3 }), team: 'ads', state: 'timed_out' },
    ],
  });

  it('count their runs over all groups, in order', () => {
    const none = readRunsState('');
    expect(filterChoices(choices, 'team', none).map(({ label }) => label)).toEqual([
      'ads (3)',
      'ranking (2)',
    ]);
    expect(filterChoices(choices, 'state', none)).toEqual([{ value: 'timed_out', label: 'timed out (5)' }]);
  });

  it('keep what is in the address, known or not', () => {
    expect(filterChoices(choices, 'team', readRunsState('?team=gone')).map(({ label }) => label)).toContain(
      'gone (0)',
    );
    expect(filterChoices(null, 'team', readRunsState('?team=gone'))).toEqual([
      { value: 'gone', label: 'gone' },
    ]);
  });
});
