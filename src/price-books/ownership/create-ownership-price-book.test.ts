import { describe, expect, it, test } from 'vitest';
import { formatPicos } from '../../domain/money/picos.ts';
import type { PriceKey } from '../../domain/pricing/price.ts';
import { formatDay, parseInstant } from '../../domain/time/window.ts';
import { createHardwareCatalog } from '../bundled/create-hardware-catalog.ts';
import { createOwnershipPriceBook } from './create-ownership-price-book.ts';
import { parseOwnershipEntries } from './ownership-entry.ts';

const catalog = createHardwareCatalog();
const october = { fromMs: parseInstant('2026-10-01')!, toMs: parseInstant('2026-11-01')! };

/** The worked example of docs/methodology.md. */
const server = {
  match: { gpuModel: 'H100' },
  gpus: 8,
  capital: '250000',
  residual: 0.1,
  years: 5,
  powerWatts: 10200,
  utilisationOfPower: 0.8,
  pue: 1.3,
  tariff: '0.12',
  colocation: 1200,
  support: 9000,
  from: '2025-01-01',
};

const own: PriceKey = {
  provider: null,
  region: null,
  instanceType: null,
  gpuModel: 'NVIDIA H100 80GB HBM3',
  lifecycle: 'owned',
  node: 'gpu-07',
  pool: 'training',
};

function bookOf(...raw: readonly unknown[]) {
  const { entries, rejects } = parseOwnershipEntries(raw, 'tare.yaml:prices.owned');
  expect(rejects).toEqual([]);
  return createOwnershipPriceBook(entries, catalog, { EUR: '1.10' });
}

const pricesOf = (raw: readonly unknown[], key: Partial<PriceKey> = {}, window = october) =>
  bookOf(...raw)
    .rates({ ...own, ...key }, window, 'USD')
    .map(({ fromMs, perGpuHourPicos }) => `${formatDay(fromMs)} ${formatPicos(perGpuHourPicos)}`);

const full = '2026-10-01 1.13514739726';

describe('the cost of an owned GPU-hour', () => {
  test.each<{ what: string; raw: unknown[]; key?: Partial<PriceKey>; expected: string[] }>([
    { what: 'the worked example', raw: [server], expected: [full] },
    { what: 'residual value as an amount', raw: [{ ...server, residual: '25000' }], expected: [full] },
    { what: 'rented machines are not owned', raw: [server], key: { lifecycle: 'on_demand' }, expected: [] },
    { what: 'another GPU', raw: [server], key: { gpuModel: 'A100' }, expected: [] },
    { what: 'by name', raw: [{ ...server, match: { node: 'gpu-*' } }], expected: [full] },
    { what: 'by another name', raw: [{ ...server, match: { node: 'gpu-?' } }], expected: [] },
    { what: 'a dot is a dot', raw: [{ ...server, match: { node: 'gpu.07' } }], expected: [] },
    { what: 'by pool', raw: [{ ...server, match: { pool: 'training' } }], expected: [full] },
    {
      what: 'a name is asked for and there is none',
      raw: [{ ...server, match: { node: '*' } }],
      key: { node: null },
      expected: [],
    },
    {
      what: 'the first that matches',
      raw: [{ ...server, match: { pool: 'batch' } }, server, { ...server, capital: 1 }],
      expected: [full],
    },
    { what: 'an entry that has ended', raw: [{ ...server, to: '2026-10-01' }], expected: [] },
    { what: 'in euros', raw: [{ ...server, currency: 'EUR' }], expected: ['2026-10-01 1.248662136986'] },
    { what: 'in a currency without a rate', raw: [{ ...server, currency: 'CHF' }], expected: [] },
  ])('$what', ({ raw, key, expected }) => {
    expect(pricesOf(raw, key)).toEqual(expected);
  });

  it('falls when the machine is paid off: 5 × 365 days after it was put into service', () => {
    const turn = { fromMs: parseInstant('2029-12-01')!, toMs: parseInstant('2030-02-01')! };
    expect(pricesOf([server], {}, turn)).toEqual(['2029-12-01 1.13514739726', '2029-12-31 0.493024109589']);
  });

  it('takes the power of the boards where none is stated: 8 × 700 W', () => {
    const bare = { match: {}, gpus: 8, capital: 0, years: 5, tariff: '0.10', from: '2025-01-01' };
    expect(pricesOf([bare])).toEqual(['2026-10-01 0.07']);
    expect(bookOf(bare).rates(own, october, 'USD')[0]?.reference).toContain('5600 W (boards only)');
    expect(pricesOf([bare], { gpuModel: 'unknown GPU' })).toEqual([]);
  });

  it('shows its figures', () => {
    expect(bookOf(server).rates(own, october, 'USD')[0]).toMatchObject({
      source: 'ownership',
      priceDate: '2025-01-01',
      reference:
        'cost of ownership: ((250000.00 − 25000.00) over 5 years from 2025-01-01 + 10200 W × 0.8 × PUE 1.3 × 0.12 per kWh + 1200.00 a month + 9000.00 a year) ÷ 8 GPUs',
    });
  });
});

describe('entries that cannot be used say which field and why', () => {
  test.each([
    { change: { capital: 'a lot' }, where: 'capital', message: /`a lot` is wrong here; expected an amount/ },
    { change: { capital: -1 }, where: 'capital', message: /at least 0/ },
    { change: { years: 0 }, where: 'years', message: /above 0/ },
    { change: { gpus: 0 }, where: 'gpus', message: /0/ },
    { change: { utilisationOfPower: 80 }, where: 'utilisationOfPower', message: /from 0 to 1/ },
    { change: { pue: 0.9 }, where: 'pue', message: /at least 1/ },
    { change: { residual: 300000 }, where: 'residual', message: /more than the capital/ },
    { change: { from: 'last year' }, where: 'from', message: /a day such as/ },
    { change: { to: '2024-01-01' }, where: 'to', message: /ends before it begins/ },
    { change: { tariff: undefined }, where: 'tariff', message: /./ },
  ])('$where: $change', ({ change, where, message }) => {
    const { entries, rejects } = parseOwnershipEntries([{ ...server, ...change }], 'tare.yaml:prices.owned');
    expect(entries).toEqual([]);
    expect(rejects).toEqual([
      {
        where: `tare.yaml:prices.owned[0].${where}`,
        code: 'bad-owned-machine',
        message: expect.stringMatching(message),
      },
    ]);
  });

  it('names fields that nobody knows', () => {
    const { rejects } = parseOwnershipEntries([{ ...server, tarif: 1 }], 'tare.yaml:prices.owned');
    expect(rejects[0]?.message).toBe('unknown field tarif; remove it or correct it');
  });
});
