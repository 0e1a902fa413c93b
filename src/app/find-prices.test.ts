import { describe, expect, it, test } from 'vitest';
import { parseInstant } from '../domain/time/window.ts';
import { createBundledPriceBook } from '../price-books/bundled/create-bundled-price-book.ts';
import { createHardwareCatalog } from '../price-books/bundled/create-hardware-catalog.ts';
import { findPrices, type PriceQuery } from './find-prices.ts';

const catalog = createHardwareCatalog();
const book = createBundledPriceBook({ catalog });

const find = (query: Partial<PriceQuery>) =>
  findPrices(book, catalog, {
    words: [],
    provider: null,
    gpu: null,
    region: null,
    lifecycle: null,
    atMs: parseInstant('2025-11-01')!,
    currency: 'USD',
    ...query,
  });

const machines = (query: Partial<PriceQuery>) =>
  find(query).rows.map(({ instanceType, region, perGpuHour }) => `${instanceType} ${region} ${perGpuHour}`);

describe('leafing through the prices of November 2025', () => {
  test.each<{ query: Partial<PriceQuery>; expected: string[] }>([
    {
      query: { provider: 'Amazon Web Services', gpu: 'NVIDIA H100 80GB HBM3', region: 'us-east-1' },
      expected: ['p5.4xlarge us-east-1 6.88', 'p5.48xlarge us-east-1 6.88'],
    },
    { query: { words: ['p4d.24', 'committed'] }, expected: ['p4d.24xlarge us-east-1 1.74013675'] },
    { query: { provider: 'oci', words: ['h200'], region: 'eu-frankfurt-1' }, expected: ['null * 10.00'] },
    { query: { provider: 'nebius', lifecycle: 'spot' }, expected: ['null * 1.25', 'null * 1.45'] },
    { query: { words: ['no such thing'] }, expected: [] },
  ])('$query', ({ query, expected }) => {
    expect(machines(query)).toEqual(expected);
  });

  it('finds all models whose name holds the word', () => {
    const models = new Set(find({ gpu: 'a100' }).rows.map(({ gpuModel }) => gpuModel));
    expect([...models].toSorted()).toEqual([
      'A100-PCIE-40GB',
      'A100-PCIE-80GB',
      'A100-SXM4-40GB',
      'A100-SXM4-80GB',
    ]);
  });

  it('puts the cheapest GPU first, the ledger currency before others', () => {
    const rows = find({ gpu: 'H100' }).rows;
    const dollars = rows
      .filter(({ currency }) => currency === 'USD')
      .map(({ perGpuHour }) => Number(perGpuHour));
    expect(dollars).toEqual(dollars.toSorted((a, b) => a - b));
    expect(rows.findLastIndex(({ currency }) => currency === 'USD')).toBe(dollars.length - 1);
    expect(rows.at(-1)?.currency).toBe('EUR');
    expect(find({ gpu: 'H100', currency: 'EUR' }).rows[0]?.currency).toBe('EUR');
  });

  it('gives the price of the day that is asked for', () => {
    const on = (day: string) =>
      machines({ words: ['p5.48xlarge'], region: 'us-east-1', atMs: parseInstant(day)! });
    expect(on('2023-07-25')).toEqual([]);
    expect(on('2025-05-31T23:59:59Z')).toEqual(['p5.48xlarge us-east-1 12.29']);
    expect(on('2025-06-01')).toEqual(['p5.48xlarge us-east-1 6.88']);
  });

  it('says of each price where it comes from and how sure it is', () => {
    expect(find({ words: ['p5.48xlarge'], region: 'us-east-1' })).toEqual({
      at: '2025-11-01',
      rows: [
        {
          provider: 'aws',
          region: 'us-east-1',
          instanceType: 'p5.48xlarge',
          gpuModel: 'H100-SXM5-80GB',
          gpuCount: 8,
          lifecycle: 'on_demand',
          term: null,
          perGpuHour: '6.88',
          perInstanceHour: '55.04',
          currency: 'USD',
          from: '2025-06-01',
          source: 'https://aws.amazon.com/ec2/pricing/on-demand/',
          checked: '2025-11-30',
          confidence: 'published',
        },
      ],
    });
  });
});
