import { describe, expect, it, test } from 'vitest';
import { inferencePath, unitsPath } from '../api/fetch-units.ts';
import {
  makeComparison,
  makeEndpoint,
  makeFigures,
  makeInference,
  makeScore,
  makeState,
  makeUnits,
  UNPRICED_FIGURES,
} from '../dev/make-units.ts';
import { comparable, nearestPoint, viewBreakEven } from './break-even-view.ts';
import { viewMatrix } from './diagnosis-view.ts';
import { DRIVER_LOOKS } from './drivers.ts';
import { viewDrivers } from './drivers-view.ts';
import { endpointAddress } from './list-address.ts';
import { pointText, viewTrend } from './trend-view.ts';
import { sortRows, unitCell } from './unit-cells.ts';
import { filterChoices, groupAddress } from './unit-choices.ts';
import { viewUnitCards } from './units-cards.ts';
import type { ColumnName } from './units-columns.ts';
import { DEFAULT_COLUMNS, shownColumns } from './units-columns.ts';
import { readUnitsState, writeUnitsState } from './units-state.ts';

describe('the address', () => {
  test.each([
    '',
    '?from=2026-10&basis=used',
    '?by=promptVersion,team&endpoint=search/chat&sloMs=2000&minQuality=helpfulness%3D0.8',
    '?apiPrice=3/15&against=openai/gpt-5-mini&sort=+p95&columns=requests,cost',
    '?even=chat',
  ])('%s is read and written back', (search) => {
    expect(writeUnitsState(readUnitsState(search)).replace('%2B', '+')).toBe(search);
  });

  it('falls back where it means nothing', () => {
    const state = readUnitsState('?by=bananas&basis=x&sloMs=-1&sort=-nothing&columns=none');
    expect(state).toMatchObject({
      by: ['endpoint', 'model'],
      basis: 'allocated',
      sloMs: null,
      sort: 'cost',
      isDescending: true,
      columns: DEFAULT_COLUMNS,
      against: 'default',
    });
  });

  it('asks the server for what is shown, and no more', () => {
    const state = makeState('?from=2026-10&team=search&sloMs=500&basis=used&apiPrice=3/15');
    const asked = '?from=2026-10&sloMs=500';
    expect(inferencePath(state, 100)).toBe(
      `/api/v1/inference${asked}&apiPrice=3%2F15&against=default&basis=used&filter=team%3Dsearch&by=endpoint%2Cmodel&top=100`,
    );
    expect(unitsPath(state)).toBe(`/api/v1/units${asked}&basis=used&filter=team%3Dsearch`);
  });

  it('leads from a group to what it is made of, and from an endpoint to its receipt', () => {
    const state = makeState('?from=2026-10&by=team&sloMs=500');
    expect(groupAddress(state, 'team', 'search')).toBe('/units?from=2026-10&team=search&sloMs=500');
    expect(groupAddress(state, 'step', 'embed')).toBeNull();
    expect(endpointAddress(state, 'search/chat')).toBe('/units/search/chat?from=2026-10&sloMs=500');
  });
});

describe('a cell', () => {
  const cases: [string, ColumnName, Partial<ReturnType<typeof makeFigures>>, object][] = [
    ['cost to cents', 'cost', {}, { text: '$2,500.00', exact: '2500.004 USD' }],
    ['unit cost to four decimals', 'costPer1kRequests', {}, { text: '$2.5000', exact: '2.500004 USD' }],
    ['unknown cost is a gap', 'cost', UNPRICED_FIGURES, { text: '? unpriced', isGap: true }],
    ['and so is its unit cost', 'costPer1kRequests', UNPRICED_FIGURES, { text: '? unpriced', isGap: true }],
    [
      'an endpoint nobody asks has no unit cost',
      'costPer1kRequests',
      { costPer1kRequests: null },
      { text: '–' },
    ],
    ['some unpriced calls are counted', 'cost', { unpricedRequests: 280 }, { note: '? 280 unpriced' }],
    ['no revenue, no margin', 'marginPer1k', {}, { text: '–' }],
    [
      'a loss is loud',
      'marginPer1k',
      { marginPer1k: '-0.437', isLosingMoney: true },
      { text: '−$0.4370', isBad: true, note: 'loses money' },
    ],
    ['a share', 'utilisation', {}, { text: '50\u00a0%' }],
    ['milliseconds', 'p95', {}, { text: '2,350', exact: '2345.6 ms' }],
    [
      'quality that has a bar comes first',
      'quality',
      { quality: [makeScore('hallucination', 0.031), makeScore('helpfulness', 0.8456, 0.62)] },
      { text: '0.846', note: 'helpfulness, 62\u00a0% pass' },
    ],
    [
      'a limit that nothing was timed for',
      'slo',
      { slo: { latencyMs: 500, attained: null } },
      { isGap: true },
    ],
  ];
  test.each(cases)('%s', (_, column, figures, view) => {
    expect(unitCell(makeFigures(figures), column, 'USD')).toMatchObject(view);
  });

  it('is never a zero for what is not known', () => {
    for (const column of shownColumns(['cost', 'costPer1kRequests', 'usedCost'])) {
      expect(unitCell(makeFigures(UNPRICED_FIGURES), column, 'USD').text).not.toMatch(/0/);
    }
  });
});

it('sorts money as exact as it is, and what is not known last, whichever way', () => {
  const rows = ['9007199254740993.01', null, '9007199254740993.02', '-1.00'].map((cost) =>
    makeFigures({ cost }),
  );
  const sorted = (isDescending: boolean) => sortRows(rows, 'cost', isDescending).map(({ cost }) => cost);
  expect(sorted(true)).toEqual(['9007199254740993.02', '9007199254740993.01', '-1.00', null]);
  expect(sorted(false)).toEqual(['-1.00', '9007199254740993.01', '9007199254740993.02', null]);
});

describe('key figures', () => {
  const card = (title: RegExp, figures = {}, previous = makeUnits().previous) =>
    viewUnitCards({ total: makeFigures(figures), currency: 'USD' }, previous).find((one) =>
      title.test(one.title),
    )!;

  it('say how they moved, and not that they did where they read the same', () => {
    expect(card(/1,000 requests/)).toMatchObject({
      value: '$2.5000',
      lines: [{ text: 'from $3.0000', direction: 'down' }, { text: '1,000,000 requests' }],
    });
    expect(card(/Latency/).lines[0]).toMatchObject({ text: 'as before', direction: 'same' });
  });

  it('have input and output, or say why not', () => {
    expect(card(/in and out/)).toMatchObject({ value: '$0.0625', aside: '$24.75' });
    const mixed = { costPer1mInputTokens: null, costPer1mOutputTokens: null, tokenSplit: null };
    expect(card(/1M tokens/, mixed).lines.at(-1)!.text).toContain('choose an endpoint');
    expect(card(/1M tokens/, { ...mixed, costPer1mTokens: null, inputTokens: null }).value).toBe('–');
  });

  it('say what is missing instead of a figure', () => {
    expect(card(/limit/)).toMatchObject({
      value: '–',
      lines: [{ text: expect.stringContaining('no limit') }],
    });
    expect(card(/Quality/)).toMatchObject({ value: '–' });
    expect(card(/Margin/)).toMatchObject({ value: '–', tone: 'plain' });
    expect(card(/1,000 requests/, { unpricedRequests: 5 }, null).lines.at(-1)).toMatchObject({ isGap: true });
  });

  it('are loud about a loss', () => {
    const losing = { marginPer1k: '-1.00', revenuePer1k: '1.50', isLosingMoney: true };
    expect(card(/Margin/, losing)).toMatchObject({ value: '−$1.0000', tone: 'alarm' });
  });
});

describe('drivers', () => {
  it('go from the time before to now, each bar from where the last one ended', () => {
    const rows = viewDrivers(makeUnits())!;
    expect(rows.map(({ name, amount }) => [name, amount])).toEqual([
      ['Before', '$3.0000'],
      ['price', '+$0.2000'],
      ['traffic', '−$0.7500'],
      ['batch', '±$0.0000'],
      ['cache', '+<$0.0001'],
      ['length', '±$0.0000'],
      ['mix', '+$0.0500'],
      ['Now', '$2.5000'],
    ]);
    const [before, price, traffic] = rows.map(({ bar }) => bar);
    const end = (bar: typeof before) => bar!.start + bar!.length;
    expect(price!.start).toBeCloseTo(end(before), 6);
    expect(end(traffic)).toBeCloseTo(end(price), 6);
    expect(rows.find(({ name }) => name === 'batch')!.bar).toBeNull();
    expect(rows.every(({ bar }) => bar === null || (bar.start >= 0 && end(bar) <= 100.000001))).toBe(true);
  });

  it('show what can be seen of them', () => {
    const rows = viewDrivers(makeUnits())!;
    expect(rows.slice(1, 4).map(({ seen }) => seen)).toEqual([
      'a GPU-hour $4.0000 → $4.2500',
      'at work 40\u00a0% → 50\u00a0%',
      null,
    ]);
  });

  it('are nothing without a time before', () => {
    expect(viewDrivers(makeUnits({ change: null }))).toBeNull();
  });
});

describe('the trend', () => {
  it('has a gap where nothing is known, and says the cheapest and the dearest', () => {
    const view = viewTrend(makeUnits());
    expect(view.points.map(({ at, unitCost }) => [at, unitCost])).toEqual([
      ['2026-10-01', 3.1],
      ['2026-10-02', null],
      ['2026-10-03', 2.4],
    ]);
    expect(view).toMatchObject({ before: 3.000003, scores: ['helpfulness'], hasDrivers: true });
    expect(view.summary).toBe(
      '3 days. 1,000 requests cost least on Sat 3 Oct 2026, $2.4000, and most on Thu 1 Oct 2026, $3.1000.',
    );
  });

  it('says a point aloud', () => {
    const [first, gap, last] = viewTrend(makeUnits()).points;
    expect(pointText(first!)).toBe(
      'Thu 1 Oct 2026: $3.1000 per 1,000 of 1,000,000 requests, p95 2,350 ms. Less the time before: price +$0.1000, traffic ±$0.0000, batch –, cache –, length –, mix –.',
    );
    expect(pointText(gap!)).toBe('Fri 2 Oct 2026: – per 1,000 of – requests, p95 – ms.');
    expect(pointText(last!)).toContain('helpfulness 0.9.');
  });

  it('is of hours, too', () => {
    const points = ['2026-10-01T23:00:00Z', '2026-10-02T01:00:00Z'].map((at) => ({
      ...makeUnits().points[0]!,
      at,
    }));
    const view = viewTrend(makeUnits({ step: 'hour', points }));
    expect(view.points.map(({ at }) => at)).toEqual([
      '2026-10-01T23:00:00Z',
      '2026-10-02T00:00:00Z',
      '2026-10-02T01:00:00Z',
    ]);
  });

  it('has a look for each driver of the server', () => {
    expect(DRIVER_LOOKS.map(({ driver }) => driver)).toEqual(
      makeUnits().change!.drivers.map(({ driver }) => driver),
    );
  });
});

describe('break-even', () => {
  const endpoint = makeEndpoint({
    comparisons: [
      makeComparison('a/small', '0.50'),
      makeComparison('b/middle', '2.50'),
      makeComparison('c/large', '8.00'),
    ],
  });

  it('is of endpoints that something can be compared with', () => {
    expect(comparable([makeEndpoint({ endpoint: 'other' }), endpoint])).toEqual([endpoint]);
    expect(viewBreakEven(makeEndpoint(), 'USD')).toBeNull();
  });

  it('says where the endpoint stands, and which API more traffic would beat', () => {
    const view = viewBreakEven(endpoint, 'USD')!;
    expect(view.sentence).toBe(
      'chat costs $4.0000 per 1,000 at 25\u00a0% of its busiest. 2 of 3 APIs ask less; from 2,000 requests an hour, 40\u00a0% of its busiest, it would cost less than b/middle at $2.5000.',
    );
    expect(
      view.apis.map(({ name, evenAt, cheaper, reference }) => [name, evenAt, cheaper, reference]),
    ).toEqual([
      ['a/small', '10,000', 'the API', '(prices 1.0)'],
      ['b/middle', '2,000', 'the API', '(prices 1.0)'],
      ['c/large', '625', 'own servers', '(prices 1.0)'],
    ]);
    expect(view.current).toMatchObject({ rate: '1,250', own: '$4.0000', share: '25\u00a0%' });
  });

  it('says so where no traffic that was seen would do, and where no API asks less', () => {
    const only = (model: string, price: string) =>
      viewBreakEven(makeEndpoint({ comparisons: [makeComparison(model, price)] }), 'USD')!.sentence;
    expect(only('a/small', '0.50')).toContain('a/small asks less; no traffic that was seen');
    expect(only('c/large', '8.00')).toContain('no API here asks less: c/large $8.0000');
  });

  it('finds the point that a pointer is nearest to', () => {
    const { curve } = viewBreakEven(endpoint, 'USD')!;
    expect([nearestPoint(curve, 0), nearestPoint(curve, 4_000), nearestPoint([], 1)]).toEqual([0, 1, null]);
  });
});

test('the matrix holds each endpoint of one’s own once, and no API', () => {
  const named = (endpoint: string, diagnosis: string) => makeEndpoint({ endpoint, diagnosis });
  const fields = viewMatrix([
    named('a', 'no_traffic'),
    named('b', 'low_utilisation'),
    named('c', 'model_fit'),
    named('d', 'fine'),
    named('e', 'over_provisioned'),
    named('f', 'unknown'),
    makeEndpoint({ endpoint: 'g', serving: 'api', diagnosis: 'fine' }),
  ]);
  expect(fields.map(({ place, endpoints }) => [place, endpoints.map(({ endpoint }) => endpoint)])).toEqual([
    ['waits', ['b']],
    ['both', ['c']],
    ['unasked', ['a']],
    ['fine', ['d', 'e']],
  ]);
});

test('filters offer what there is, and what is chosen even when nothing has it', () => {
  const report = makeInference({
    rows: [
      { ...makeFigures({ requests: 5 }), team: 'search' },
      { ...makeFigures({ requests: 7 }), team: 'search' },
    ],
  });
  expect(filterChoices(report, 'team', 'gone')).toEqual([
    { value: 'gone', label: 'gone (0)' },
    { value: 'search', label: 'search (12)' },
  ]);
});
