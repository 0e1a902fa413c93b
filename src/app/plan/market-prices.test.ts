import { describe, expect, it, test } from 'vitest';
import { hoursOf } from '../../domain/levers/hours.fixture.ts';
import type { NodePlace } from '../../domain/levers/node-place.ts';
import { PICOS_PER_UNIT, parsePicos } from '../../domain/money/picos.ts';
import type { PriceBook } from '../../ports/price-book.ts';
import type { ListedPrice } from '../../ports/price-list.ts';
import { createMarketPrices, paidPrices } from './market-prices.ts';
import { measuredSpeeds } from './measured-speeds.ts';

const AT = Date.UTC(2026, 9, 14);
const PLACE: NodePlace = {
  node: 'node-1',
  gpuModel: 'L40S',
  lifecycle: 'on_demand',
  provider: 'Amazon Web Services',
  region: 'us-east-1',
  instanceType: 'g6e.xlarge',
};

function listed(price: string, given: Partial<ListedPrice> = {}): ListedPrice {
  const { picos } = parsePicos(price)!;
  return {
    provider: 'aws',
    region: 'us-east-1',
    instanceType: 'g6e.xlarge',
    gpuModel: 'L40S',
    gpuCount: 1,
    lifecycle: 'on_demand',
    term: null,
    perGpuHourPicos: picos,
    perInstanceHourPicos: picos,
    currency: 'USD',
    from: '2026-01-01',
    to: null,
    source: 'a list',
    checked: '2026-10-01',
    confidence: 'published',
    ...given,
  };
}

const NOTHING_PAID = () => null;
const market = (
  prices: readonly ListedPrice[],
  {
    books = [] as readonly PriceBook[],
    paid = NOTHING_PAID as Parameters<typeof createMarketPrices>[0]['paid'],
  } = {},
) => createMarketPrices({ books, list: { listPrices: () => prices }, currency: 'USD', atMs: AT, paid });

const CONTRACT: PriceBook = {
  name: 'contract',
  rates: ({ lifecycle, gpuModel }, { fromMs, toMs }) =>
    lifecycle === 'spot' && gpuModel === 'L40S'
      ? [
          {
            fromMs,
            toMs,
            perGpuHourPicos: PICOS_PER_UNIT / 4n,
            source: 'contract',
            priceDate: '2026-01-01',
            reference: 'contract',
          },
        ]
      : [],
};

describe('the price of a GPU-hour', () => {
  test.each<
    [what: string, prices: readonly ListedPrice[], place: Partial<NodePlace>, expected: bigint | null]
  >([
    [
      'is that of the same machine',
      [listed('1.00', { instanceType: 'g6e.48xlarge' }), listed('2.00')],
      {},
      2n,
    ],
    [
      'or else the cheapest there',
      [listed('4.00', { instanceType: 'a' }), listed('3.00', { instanceType: 'b' })],
      {},
      3n,
    ],
    ['is not that of another region', [listed('1.00', { region: 'eu-west-1' })], {}, null],
    ['may be the same everywhere', [listed('1.00', { region: '*' })], {}, 1n],
    [
      'is the middle where the region is not known',
      [listed('1.00', { region: 'a' }), listed('2.00', { region: 'b' }), listed('9.00', { region: 'c' })],
      { region: null },
      2n,
    ],
    ['is not one that ended', [listed('1.00', { to: '2026-10-01' })], {}, null],
    ['is not one in another currency', [listed('1.00', { currency: 'EUR' })], {}, null],
    ['is not known where the provider is not', [listed('1.00')], { provider: null }, null],
  ])('%s', (_, prices, place, expected) => {
    const found = market(prices).onDemand({ ...PLACE, ...place }, 'L40S');
    expect(found).toBe(expected === null ? null : expected * PICOS_PER_UNIT);
  });

  it('is that of the contract first, then what was paid, then the list', () => {
    const spot = [listed('0.50', { lifecycle: 'spot' })];
    const paid = () => PICOS_PER_UNIT / 3n;
    expect(market(spot).spot(PLACE, 'L40S')).toBe(PICOS_PER_UNIT / 2n);
    expect(market(spot, { paid }).spot(PLACE, 'L40S')).toBe(PICOS_PER_UNIT / 3n);
    expect(market(spot, { paid, books: [CONTRACT] }).spot(PLACE, 'L40S')).toBe(PICOS_PER_UNIT / 4n);
  });

  it('that is committed has a term', () => {
    const prices = [
      listed('0.60', { lifecycle: 'committed', term: '1y' }),
      listed('0.40', { lifecycle: 'committed', term: '3y' }),
    ];
    expect(market(prices).committed(PLACE, 'L40S', '3y')).toBe((PICOS_PER_UNIT * 4n) / 10n);
    expect(market(prices).offered(PLACE)).toEqual([]);
  });
});

it('what was paid is the cost by the hour of hours with a price', () => {
  const hours = [
    ...hoursOf('##', { lifecycle: 'spot' }),
    ...hoursOf('#', { lifecycle: 'spot', unpricedTicks: 1n }),
  ];
  const paid = paidPrices(hours, () => PLACE);
  expect(paid('Amazon Web Services', 'L40S', 'spot')).toBe(PICOS_PER_UNIT);
  expect(paid('Amazon Web Services', 'L40S', 'on_demand')).toBeNull();
});

it('speed is what runs of one workload took on either kind of GPU', () => {
  const hours = ['a', 'b', 'c', 'd', 'e'].flatMap((id) =>
    hoursOf('#', { workloadId: id, workload: 'ranker', kind: 'training' }),
  );
  const run = (runId: string, gpuModel: string, count: bigint, state = 'succeeded') => ({
    runId,
    state,
    gpuModels: [gpuModel],
    ticks: { ...hours[0]!.ticks, productive: hours[0]!.ticks.productive * count },
  });
  const runs = [
    run('a', 'H100', 4n),
    run('b', 'H100', 4n),
    run('c', 'A100', 10n),
    run('d', 'A100', 10n),
    run('e', 'A100', 1n, 'failed'),
  ] as unknown as Parameters<typeof measuredSpeeds>[2];
  const attempts = ['a', 'b', 'c', 'd', 'e'].map(
    (id) => ({ runId: id, workloadId: id }) as Parameters<typeof measuredSpeeds>[1][number],
  );
  const speeds = measuredSpeeds(hours, attempts, runs);
  expect(speeds.ratio('ranker', 'H100', 'A100')).toEqual({
    ratio: 0.4,
    source: 'measured on 4 of its runs',
  });
  expect(speeds.ratio('ranker', 'H100', 'L4')).toBeNull();
});
