import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it, test } from 'vitest';
import { formatPicos } from '../../domain/money/picos.ts';
import type { PriceKey } from '../../domain/pricing/price.ts';
import { formatDay, parseInstant } from '../../domain/time/window.ts';
import { createBundledPriceBook } from '../bundled/create-bundled-price-book.ts';
import { createHardwareCatalog } from '../bundled/create-hardware-catalog.ts';
import type { ContractRow } from './contract-price.ts';
import { createContractPriceBook } from './create-contract-price-book.ts';
import { parseContractRows, readContractPrices } from './read-contract-prices.ts';

const catalog = createHardwareCatalog();
const listPrices = createBundledPriceBook({ catalog });
const october = { fromMs: parseInstant('2025-10-01')!, toMs: parseInstant('2025-11-01')! };
const folder = mkdtempSync(join(tmpdir(), 'tare-contract-'));
afterAll(() => rmSync(folder, { recursive: true }));

const p5: PriceKey = {
  provider: 'aws',
  region: 'us-east-1',
  instanceType: 'p5.48xlarge',
  gpuModel: 'H100-SXM5-80GB',
  lifecycle: 'on_demand',
  node: null,
  pool: null,
};

function bookOf(...rows: readonly ContractRow[]) {
  const { prices, rejects } = parseContractRows(rows, 'tare.yaml:prices.contract', catalog);
  expect(rejects).toEqual([]);
  return createContractPriceBook(prices, listPrices, catalog, { EUR: '1.10' });
}

const pricesOf = (rows: readonly ContractRow[], key: Partial<PriceKey> = {}) =>
  bookOf(...rows)
    .rates({ ...p5, ...key }, october, 'USD')
    .map(({ fromMs, perGpuHourPicos }) => `${formatDay(fromMs)} ${formatPicos(perGpuHourPicos)}`);

const from = '2025-01-01';

describe('what a contract says about p5.48xlarge in October 2025', () => {
  test.each<{ what: string; rows: ContractRow[]; key?: Partial<PriceKey>; expected: string[] }>([
    {
      what: 'by the GPU',
      rows: [{ gpuModel: 'H100', price: '4.25', unit: 'gpu-hour', from }],
      expected: ['2025-10-01 4.25'],
    },
    {
      what: 'by the machine',
      rows: [{ instanceType: 'p5.48xlarge', price: '36.00', unit: 'instance-hour', from }],
      expected: ['2025-10-01 4.50'],
    },
    {
      what: 'by a machine the catalogue does not know',
      rows: [{ instanceType: 'hpc-box', gpus: '4', price: '10.00', unit: 'instance-hour', from }],
      key: { instanceType: 'HPC-Box', provider: null },
      expected: ['2025-10-01 2.50'],
    },
    {
      what: '15 % off the list',
      rows: [{ provider: 'AWS', discount: '0.15', from }],
      expected: ['2025-10-01 5.848'],
    },
    {
      what: 'from the middle of the month',
      rows: [{ gpuModel: 'H100', price: '4.25', unit: 'gpu-hour', from: '2025-10-11', to: '2025-10-21' }],
      expected: ['2025-10-11 4.25'],
    },
    {
      what: 'a price for the machine beats a discount for the cloud, while it lasts',
      rows: [
        { provider: 'aws', discount: '0.5', from },
        { instanceType: 'p5.48xlarge', price: '36.00', unit: 'instance-hour', from, to: '2025-10-15' },
      ],
      expected: ['2025-10-01 4.50', '2025-10-15 3.44'],
    },
    {
      what: 'of two equal rows the later one',
      rows: [
        { gpuModel: 'H100', price: '4.25', unit: 'gpu-hour', from },
        { gpuModel: 'H100', price: '3.75', unit: 'gpu-hour', from: '2025-10-16' },
      ],
      expected: ['2025-10-01 4.25', '2025-10-16 3.75'],
    },
    {
      what: 'in euros',
      rows: [{ gpuModel: 'H100', price: '4.00', unit: 'gpu-hour', currency: 'EUR', from }],
      expected: ['2025-10-01 4.40'],
    },
    {
      what: 'in a currency without a rate',
      rows: [{ gpuModel: 'H100', price: '4.00', unit: 'gpu-hour', currency: 'CHF', from }],
      expected: [],
    },
    {
      what: 'another region',
      rows: [{ region: 'eu-west-1', price: '4.00', unit: 'gpu-hour', from }],
      expected: [],
    },
    {
      what: 'another GPU',
      rows: [{ gpuModel: 'A100', price: '4.00', unit: 'gpu-hour', from }],
      expected: [],
    },
    {
      what: 'another lifecycle',
      rows: [{ lifecycle: 'spot', price: '4.00', unit: 'gpu-hour', from }],
      expected: [],
    },
    {
      what: 'a blank lifecycle is not about owned machines',
      rows: [{ price: '4.00', unit: 'gpu-hour', from }],
      key: { lifecycle: 'owned' },
      expected: [],
    },
    {
      what: 'a price for owned machines',
      rows: [{ lifecycle: 'owned', price: '1.20', unit: 'gpu-hour', from }],
      key: { lifecycle: 'owned', provider: null, instanceType: null },
      expected: ['2025-10-01 1.20'],
    },
    {
      what: 'a discount on what the price book does not know',
      rows: [{ discount: '0.15', from }],
      key: { lifecycle: 'spot' },
      expected: [],
    },
  ])('$what', ({ rows, key, expected }) => {
    expect(pricesOf(rows, key)).toEqual(expected);
  });

  it('keeps where it stands, its day, and the list price under a discount', () => {
    const [rate] = bookOf({ provider: 'aws', discount: '0.15', from }).rates(p5, october, 'USD');
    expect(rate).toMatchObject({ source: 'contract', priceDate: '2025-06-01' });
    expect(rate?.reference).toMatch(
      /^tare\.yaml:prices\.contract\[0\]: 0\.15 off the price book from 2025-01-01; aws p5\.48xlarge us-east-1 on_demand 55\.04 USD/,
    );
  });
});

describe('a contract file', () => {
  const read = (text: string) => {
    const path = join(folder, 'contract.csv');
    writeFileSync(path, text);
    return readContractPrices(path, catalog, new AbortController().signal);
  };

  it('is read row by row, and a bad row stops no other', async () => {
    const { prices, rejects } = await read(`provider,instanceType,gpuModel,price,unit,discount,from
aws,,,,,0.15,2025-01-01
aws,p5.48xlarge,,"36,00",instance-hour,,2025-01-01
lambda,,H100,2.15,gpu-hour,,2025-03-01
`);
    expect(prices.map(({ provider, gpuModel }) => [provider, gpuModel])).toEqual([
      ['aws', null],
      ['lambda', 'H100-SXM5-80GB'],
    ]);
    expect(rejects.map(({ where }) => where)).toEqual([expect.stringMatching(/contract\.csv:3:price$/)]);
    expect(prices[1]?.where).toMatch(/contract\.csv:4$/);
  });

  it('needs a column for the first day', async () => {
    await expect(read('provider,price,unit\naws,1.00,gpu-hour\n')).rejects.toThrow(/no column `from`/);
  });
});

describe('rows that cannot be used', () => {
  test.each<{ row: ContractRow; where: string; message: RegExp }>([
    { row: { price: '1.00', unit: 'gpu-hour' }, where: 'from', message: /no day or instant/ },
    {
      row: { price: '1.00', unit: 'gpu-hour', from: '2025-02-30' },
      where: 'from',
      message: /`2025-02-30` is no day/,
    },
    {
      row: { price: '1.00', unit: 'gpu-hour', from, to: '2024-01-01' },
      where: 'to',
      message: /ends before it begins/,
    },
    { row: { price: '1.00', from }, where: 'unit', message: /gpu-hour or instance-hour/ },
    { row: { price: '$1.00', unit: 'gpu-hour', from }, where: 'price', message: /`\$1\.00` is no price/ },
    { row: { price: '-1.00', unit: 'gpu-hour', from }, where: 'price', message: /without sign/ },
    { row: { from }, where: 'price', message: /is blank, and so is `discount`/ },
    {
      row: { price: '1.00', discount: '0.1', unit: 'gpu-hour', from },
      where: 'discount',
      message: /keep one of the two/,
    },
    { row: { discount: '15', from }, where: 'discount', message: /0\.15 for 15 %/ },
    {
      row: { price: '8.00', unit: 'instance-hour', from },
      where: 'instanceType',
      message: /name the machine/,
    },
    {
      row: { price: '8.00', unit: 'instance-hour', instanceType: 'hpc-box', from },
      where: 'instanceType',
      message: /`gpus`/,
    },
    {
      row: { price: '8.00', unit: 'instance-hour', instanceType: 'hpc-box', gpus: 'four', from },
      where: 'gpus',
      message: /`four`/,
    },
    {
      row: { price: '1.00', unit: 'gpu-hour', lifecycle: 'reserved', from },
      where: 'lifecycle',
      message: /on_demand, spot/,
    },
    {
      row: { price: '1.00', unit: 'gpu-hour', currency: 'usd', from },
      where: 'currency',
      message: /three capitals/,
    },
  ])('$where: $row', ({ row, where, message }) => {
    const { prices, rejects } = parseContractRows([row], 'tare.yaml:prices.contract', catalog);
    expect(prices).toEqual([]);
    expect(rejects).toEqual([
      {
        where: `tare.yaml:prices.contract[0]:${where}`,
        code: 'bad-contract-price',
        message: expect.stringMatching(message),
      },
    ]);
  });
});
