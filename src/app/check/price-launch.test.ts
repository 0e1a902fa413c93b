import { describe, expect, it, test } from 'vitest';
import { launch } from '../../../test/support/launches.ts';
import { PICOS_PER_UNIT } from '../../domain/money/picos.ts';
import type { PriceBook } from '../../ports/price-book.ts';
import type { ListedPrice, PriceList } from '../../ports/price-list.ts';
import { createHardwareCatalog } from '../../price-books/bundled/create-hardware-catalog.ts';
import { type Assumptions, createLaunchPricer } from './price-launch.ts';

const NOW = Date.UTC(2026, 9, 14);

/** Knows p5.48xlarge on demand at $6, and machines of our own at $1. */
const book: PriceBook = {
  name: 'book',
  rates: ({ instanceType, lifecycle, provider, pool }) => {
    const rate = (amount: bigint, source: 'price_book' | 'ownership', reference: string) => [
      {
        fromMs: 0,
        toMs: null,
        perGpuHourPicos: amount * PICOS_PER_UNIT,
        source,
        priceDate: '2026-01-01',
        reference,
      },
    ];
    if (lifecycle === 'owned') return pool === 'own' ? rate(1n, 'ownership', 'ours') : [];
    return lifecycle === 'on_demand' && provider === 'aws' && instanceType === 'p5.48xlarge'
      ? rate(6n, 'price_book', 'list of aws')
      : [];
  },
};

const listed = (
  provider: string,
  gpuModel: string,
  amount: bigint,
  more: Partial<ListedPrice> = {},
): ListedPrice => ({
  provider,
  region: '*',
  instanceType: null,
  gpuModel,
  gpuCount: 1,
  lifecycle: 'on_demand',
  term: null,
  perGpuHourPicos: amount * PICOS_PER_UNIT,
  perInstanceHourPicos: null,
  currency: 'USD',
  from: '2026-01-01',
  to: null,
  source: 'https://prices.example',
  checked: '2026-09-01',
  confidence: 'published',
  ...more,
});

const list: PriceList = {
  listPrices: () => [
    listed('a', 'H100-SXM5-80GB', 2n),
    listed('b', 'H100-SXM5-80GB', 3n),
    listed('c', 'H100-SXM5-80GB', 9n),
    listed('a', 'H100-SXM5-80GB', 100n, { to: '2026-02-01' }),
    listed('a', 'H100-SXM5-80GB', 100n, { currency: 'EUR' }),
  ],
};

function price(given: Parameters<typeof launch>[0], assume: Assumptions = {}) {
  const parts = { catalog: createHardwareCatalog(), priceBooks: [book], list, currency: 'USD', assume };
  return createLaunchPricer(parts, NOW)(launch(given));
}

const dollars = (amount: bigint) => amount * PICOS_PER_UNIT;

describe('the price of a launch', () => {
  test.each<[string, Parameters<typeof launch>[0], Assumptions, bigint, RegExp]>([
    ['of the book', { part: { instanceType: 'p5.48xlarge' } }, {}, 6n, /^on demand, as nothing says/],
    [
      'of a stated machine',
      { provider: 'aws', lifecycle: 'on_demand' },
      { instanceType: 'p5.48xlarge' },
      6n,
      /^$/,
    ],
    ['of own machines, before any list', { queue: 'own' }, {}, 1n, /^owned, as the price says$/],
    ['in the middle of the list', {}, {}, 3n, /the middle of 3 list prices, \$2\.00 to \$9\.00 an hour/],
    [
      'of the list of its cloud',
      { provider: 'c', lifecycle: 'on_demand' },
      {},
      9n,
      /^the one list price of this GPU$/,
    ],
    [
      'of spot at most as on demand',
      { lifecycle: 'spot' },
      {},
      3n,
      /no spot price is known: at the price on demand, which is more/,
    ],
    [
      'of an assumed GPU',
      { part: { gpuModels: [] } },
      { gpuModel: 'H100' },
      3n,
      /H100-SXM5-80GB, assumed by tare\.yaml/,
    ],
    [
      'of the first of several',
      { part: { gpuModels: ['H100-SXM5-80GB', 'L4-24GB'] } },
      {},
      3n,
      /priced as H100-SXM5-80GB, the first/,
    ],
  ])('is that %s', (_, given, assume, amount, assumption) => {
    const found = price(given, assume);
    if (found.kind === 'unpriced') throw new Error(found.reason);
    expect(found.price.perGpuHour).toEqual([dollars(amount)]);
    expect(found.price.assumptions.join('; ')).toMatch(assumption);
  });

  it.each([
    ['no GPU is named', { part: { gpuModels: [] } }, 'nothing says which GPU it gets'],
    [
      'nobody lists it',
      { part: { gpuModels: ['L4-24GB'] } },
      'no price of L4-24GB is known for on demand in USD',
    ],
    [
      'nobody lists it that way',
      { lifecycle: 'committed' as const },
      'no price of H100-SXM5-80GB is known for committed',
    ],
  ])('is unknown when %s', (_, given, reason) => {
    expect(price(given)).toMatchObject({ kind: 'unpriced', reason: expect.stringContaining(reason) });
  });
});
