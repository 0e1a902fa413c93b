import { describe, expect, it, test } from 'vitest';
import { formatPicos } from '../../domain/money/picos.ts';
import type { PriceKey } from '../../domain/pricing/price.ts';
import { formatDay, parseInstant } from '../../domain/time/window.ts';
import { createBundledPriceBook } from './create-bundled-price-book.ts';

const book = createBundledPriceBook({ exchangeRates: { EUR: '1.08' } });
const autumn = { fromMs: parseInstant('2025-10-01')!, toMs: parseInstant('2025-11-01')! };

function key(fields: Partial<PriceKey>): PriceKey {
  return {
    provider: 'aws',
    region: 'us-east-1',
    instanceType: null,
    gpuModel: 'H100-SXM5-80GB',
    lifecycle: 'on_demand',
    node: null,
    pool: null,
    ...fields,
  };
}

const pricesOf = (fields: Partial<PriceKey>) =>
  book.rates(key(fields), autumn, 'USD').map(({ perGpuHourPicos }) => formatPicos(perGpuHourPicos));

describe('the price of a GPU-hour in October 2025', () => {
  test.each([
    { what: 'a machine in its region', asked: { instanceType: 'p5.48xlarge' }, expected: ['6.88'] },
    {
      what: 'however it is spelled',
      asked: { provider: 'Amazon Web Services', instanceType: 'P5.48XLARGE' },
      expected: ['6.88'],
    },
    {
      what: 'the machine says whose it is',
      asked: { provider: null, instanceType: 'p5.48xlarge' },
      expected: ['6.88'],
    },
    {
      what: 'a dearer region',
      asked: { region: 'ap-northeast-1', instanceType: 'p5.48xlarge' },
      expected: ['8.60'],
    },
    {
      what: 'a region nobody priced: that of reference',
      asked: { region: 'me-central-1', instanceType: 'p5.48xlarge' },
      expected: ['6.88'],
    },
    {
      what: 'a machine priced in one region only',
      asked: { provider: 'azure', region: 'westeurope', instanceType: 'Standard_NCC40ads_H100_v5' },
      expected: ['6.98'],
    },
    {
      what: 'a region as a bill spells it',
      asked: { provider: 'Microsoft', region: 'South Central US', instanceType: 'Standard_NC24ads_A100_v4' },
      expected: ['4.408'],
    },
    {
      what: 'a sixth of a GPU',
      asked: { provider: 'azure', region: 'eastus', instanceType: 'Standard_NV6ads_A10_v5' },
      expected: ['2.724'],
    },
    {
      what: 'by the GPU',
      asked: { provider: 'oci', region: 'eu-frankfurt-1', instanceType: 'BM.GPU.H100.8' },
      expected: ['10.00'],
    },
    {
      what: 'by the GPU, on a machine nobody knows',
      asked: { provider: 'nebius', region: null },
      expected: ['2.95'],
    },
    {
      what: 'by the GPU, in the spelling of a driver',
      asked: { provider: 'nebius', region: null, gpuModel: 'NVIDIA H100 80GB HBM3' },
      expected: ['2.95'],
    },
    { what: 'spot', asked: { provider: 'nebius', region: null, lifecycle: 'spot' }, expected: ['1.25'] },
    {
      what: 'a commitment of a year',
      asked: { instanceType: 'p4d.24xlarge', lifecycle: 'committed' },
      expected: ['1.74013675'],
    },
    {
      what: 'the one-year term before the three-year one',
      asked: {
        provider: 'gcp',
        region: 'us-central1',
        instanceType: 'g4-standard-48',
        lifecycle: 'committed',
      },
      expected: ['3.105'],
    },
    {
      what: 'euros at the stated rate',
      asked: { provider: 'scaleway', instanceType: 'H100-2-80G' },
      expected: ['2.9484'],
    },
    {
      what: 'spot of a machine that has none',
      asked: { instanceType: 'p5.48xlarge', lifecycle: 'spot' },
      expected: [],
    },
    { what: 'owned hardware', asked: { instanceType: 'p5.48xlarge', lifecycle: 'owned' }, expected: [] },
    { what: 'a cloud nobody knows', asked: { provider: 'our-own', instanceType: null }, expected: [] },
    { what: 'no cloud and no machine', asked: { provider: null }, expected: [] },
    {
      what: 'a GPU this cloud does not sell: no other cloud is asked',
      asked: { provider: 'nebius', gpuModel: 'K80-12GB' },
      expected: [],
    },
  ] as const)('$what', ({ asked, expected }) => {
    expect(pricesOf(asked)).toEqual(expected);
  });
});

describe('a price that changed', () => {
  const year = { fromMs: parseInstant('2025-01-01')!, toMs: parseInstant('2026-01-01')! };

  it('applies from its day, and the past keeps the old one', () => {
    const rates = book.rates(key({ instanceType: 'p5.48xlarge' }), year, 'USD');
    expect(
      rates.map((rate) => [formatDay(rate.fromMs), formatPicos(rate.perGpuHourPicos), rate.priceDate]),
    ).toEqual([
      ['2025-01-01', '12.29', '2023-07-26'],
      ['2025-06-01', '6.88', '2025-06-01'],
    ]);
  });

  it('is the old one in a region that has no old price of its own', () => {
    const rates = book.rates(key({ instanceType: 'p5.48xlarge', region: 'eu-north-1' }), year, 'USD');
    expect(rates.map((rate) => formatPicos(rate.perGpuHourPicos))).toEqual(['12.29', '7.3616']);
    expect(rates[0]?.reference).toContain('stands in for eu-north-1');
    expect(rates[1]?.reference).not.toContain('stands in');
  });

  it('is unknown before the first one', () => {
    const before = { fromMs: parseInstant('2023-07-01')!, toMs: parseInstant('2023-08-01')! };
    expect(
      book.rates(key({ instanceType: 'p5.48xlarge' }), before, 'USD').map(({ fromMs }) => formatDay(fromMs)),
    ).toEqual(['2023-07-26']);
  });
});

describe('where a price comes from', () => {
  const reference = (fields: Partial<PriceKey>) => book.rates(key(fields), autumn, 'USD')[0]?.reference;

  it('names the row, its day and its source', () => {
    expect(reference({ instanceType: 'p5.48xlarge' })).toBe(
      'aws p5.48xlarge us-east-1 on_demand 55.04 USD per instance-hour from 2025-06-01; https://aws.amazon.com/ec2/pricing/on-demand/, checked 2025-11-30',
    );
  });

  it('marks what is only roughly known', () => {
    expect(reference({ provider: 'gcp', region: 'us-central1', instanceType: 'a3-highgpu-8g' })).toMatch(
      /^~ gcp a3-highgpu-8g /,
    );
  });

  it('states the rate of exchange', () => {
    expect(reference({ provider: 'scaleway', instanceType: 'L4-1-24G' })).toContain('1 EUR = 1.08 USD');
  });

  it('says nothing in a currency without a stated rate', () => {
    const silent = createBundledPriceBook();
    expect(silent.rates(key({ provider: 'scaleway', instanceType: 'L4-1-24G' }), autumn, 'USD')).toEqual([]);
  });
});

describe('the list', () => {
  it('has a price per GPU and per machine for every row', () => {
    const prices = book.listPrices();
    expect(prices.length).toBeGreaterThan(250);
    for (const { perGpuHourPicos, perInstanceHourPicos, instanceType } of prices) {
      expect(perGpuHourPicos > 0n).toBe(true);
      expect(perInstanceHourPicos === null).toBe(instanceType === null);
    }
  });

  it('answers for every listed machine what it lists', () => {
    for (const listed of book.listPrices().filter(({ currency }) => currency === 'USD')) {
      const fromMs = parseInstant(listed.from)!;
      const [rate] = book.rates(
        key({ ...listed, region: listed.region === '*' ? null : listed.region }),
        { fromMs, toMs: fromMs + 1 },
        'USD',
      );
      // A three-year term stands back behind the one-year term of the same machine.
      if (listed.term !== '3y')
        expect(rate?.perGpuHourPicos, JSON.stringify(listed.instanceType)).toBe(listed.perGpuHourPicos);
    }
  });
});
