import { describe, expect, it } from 'vitest';
import type { ChargeFact } from '../../domain/facts/facts.ts';
import { parsePicos, picosToNumber } from '../../domain/money/picos.ts';
import { DAY_MS, floorToDay, HOUR_MS } from '../../domain/time/window.ts';
import { PARTS_PER_GPU, PPM } from '../../domain/units/gpu-time.ts';
import { createBundledPriceBook } from '../../price-books/bundled/create-bundled-price-book.ts';
import { createHardwareCatalog } from '../../price-books/bundled/create-hardware-catalog.ts';
import { createContractPriceBook } from '../../price-books/contract/create-contract-price-book.ts';
import { parseContractRow } from '../../price-books/contract/parse-contract-row.ts';
import { createOwnershipPriceBook } from '../../price-books/ownership/create-ownership-price-book.ts';
import { parseOwnershipEntries } from '../../price-books/ownership/ownership-entry.ts';
import { demoSettings } from './demo-settings.ts';
import { generateFleet } from './generate-fleet.ts';
import { BILLS, LARGEST_BILL_DIFFERENCE_PPM, RENTALS, type Rental } from './rentals.ts';
import { collectFacts } from './weigh-roughly.ts';

const catalog = createHardwareCatalog();
const END_MS = Date.UTC(2026, 10, 24, 15);
const facts = collectFacts(
  generateFleet({ seed: 42, untilMs: END_MS, days: 62, currency: 'USD', catalog }).datasets,
);
const { capacity, charges } = facts;
const rentals: readonly Rental[] = Object.values(RENTALS);
const gpuLines = charges.filter(({ gpu }) => gpu !== null);

describe('bills for machines', () => {
  it('are within the stated difference of the agreed price', () => {
    for (const line of gpuLines) {
      const gpuMs = line.gpu!.ticks / BigInt(line.gpu!.gpuCount * PARTS_PER_GPU);
      const agreed = (parsePicos(rentalOf(line).agreedPrice)!.picos * gpuMs) / BigInt(HOUR_MS);
      const difference = line.costPicos > agreed ? line.costPicos - agreed : agreed - line.costPicos;
      expect(difference * BigInt(PPM) <= agreed * BigInt(LARGEST_BILL_DIFFERENCE_PPM), line.where).toBe(true);
      expect(difference > 0n || line.provider === 'Northwind GPU', line.where).toBe(true);
    }
  });

  it('pay for exactly the time in which a rented machine existed, until billing stops', () => {
    const billedUntilMs = floorToDay(END_MS - 2 * DAY_MS);
    const billed = sumTicks(
      gpuLines,
      (line) => line.resourceKey!,
      (line) => line.gpu!.ticks,
    );
    const existed = sumTicks(
      capacity.filter(({ resourceKey, startMs }) => resourceKey !== null && startMs < billedUntilMs),
      (fact) => fact.resourceKey!,
      ({ startMs, endMs, gpuParts }) => BigInt(Math.min(endMs!, billedUntilMs) - startMs) * BigInt(gpuParts),
    );
    const unknown = [...billed.keys()].filter((key) => !existed.has(key));
    expect(unknown).toHaveLength(1);
    billed.delete(unknown[0]!);
    expect(billed).toEqual(existed);
  });

  it('know one machine that the inventory does not: forgotten in another region', () => {
    const known = new Set(capacity.map(({ resourceKey }) => resourceKey));
    const unknown = gpuLines.filter(({ resourceKey }) => !known.has(resourceKey));
    expect(new Set(unknown.map(({ regionId }) => regionId))).toEqual(new Set(['eu-west-1']));
    expect(unknown.length).toBeGreaterThan(50);
  });

  it('charge a commitment once: as a fee, or as what was used of it', () => {
    const covered = gpuLines.filter(({ commitmentDiscountStatus }) => commitmentDiscountStatus === 'Used');
    const fees = charges.filter(({ chargeCategory }) => chargeCategory === 'Purchase');
    expect(covered.every(({ billedPicos }) => billedPicos === 0n)).toBe(true);
    expect(covered.every(({ effectivePicos, listPicos }) => effectivePicos! < listPicos!)).toBe(true);
    expect(fees.every(({ costPicos }) => costPicos === 0n)).toBe(true);
    const unused = charges.filter(({ commitmentDiscountStatus }) => commitmentDiscountStatus === 'Unused');
    expect(sumPicos(fees.map(({ billedPicos }) => billedPicos))).toBe(
      sumPicos([...covered, ...unused].map(({ costPicos }) => costPicos)),
    );
    // Of 141.00 an hour, four machines use 34.40 less the rebate.
    const used = Number(sumPicos(covered.map(({ costPicos }) => costPicos)));
    const whole = Number(sumPicos(fees.map(({ billedPicos }) => billedPicos)));
    expect(used / whole).toBeCloseTo((4 * 34.4 * 0.986) / 141, 3);
  });

  it('do not exist yet for a company of one day', () => {
    const { datasets } = generateFleet({ seed: 1, untilMs: END_MS, days: 1, currency: 'USD', catalog });
    expect(collectFacts(datasets).charges).toEqual([]);
  });

  it('leave the newest two days open', () => {
    const newest = Math.max(...charges.map(({ chargePeriodEndMs }) => chargePeriodEndMs));
    expect(newest).toBe(Date.UTC(2026, 10, 22));
  });
});

describe('the other lines', () => {
  it('name an owner or nobody, and include credit and tax', () => {
    const others = charges.filter(({ gpu }) => gpu === null);
    expect(others.some(({ attributes }) => attributes['tag:team'] === 'search')).toBe(true);
    expect(others.some(({ attributes }) => attributes['tag:team'] === undefined)).toBe(true);
    expect(new Set(others.map(({ chargeCategory }) => chargeCategory))).toEqual(
      new Set(['Usage', 'Purchase', 'Tax', 'Credit']),
    );
    expect(others.filter(({ costPicos }) => costPicos < 0n)).toHaveLength(1);
  });

  it('carry the currency of the ledger', () => {
    const { datasets } = generateFleet({ seed: 1, untilMs: END_MS, days: 6, currency: 'EUR', catalog });
    const bills = collectFacts(datasets.filter(({ kind }) => kind === 'demo-bill')).charges;
    expect(new Set(bills.map(({ currency }) => currency))).toEqual(new Set(['EUR']));
  });
});

describe('prices', () => {
  const book = createBundledPriceBook({ catalog });
  const window = { fromMs: END_MS - 62 * DAY_MS, toMs: END_MS };

  it('of machines outside the contract stand in the price book, or nowhere at all', () => {
    for (const rental of rentals.filter(({ isInContract }) => !isInContract)) {
      const rates = book.rates(keyOf(rental), window, 'USD');
      const perMachine = rates.map(({ perGpuHourPicos }) => perGpuHourPicos * BigInt(rental.gpus));
      const expected = rental.bill === 'northwind' ? [] : [parsePicos(rental.agreedPrice)!.picos];
      expect(perMachine, rental.instanceType).toEqual(expected);
    }
  });

  it('of the contract are decimals for machines that the fleet has', () => {
    expect(
      demoSettings.contracts.map(({ instanceType, lifecycle }) => `${instanceType} ${lifecycle}`),
    ).toEqual(['p5.48xlarge committed', 'p4d.24xlarge spot', 'a3-highgpu-8g on_demand']);
    for (const { price, gpuModel } of demoSettings.contracts) {
      expect(parsePicos(price)).toBeDefined();
      expect(catalog.gpu(gpuModel)).toBeDefined();
    }
  });

  it('of the contract price what they name, at the agreed price', () => {
    const rows = demoSettings.contracts.map((row) => parseContractRow(row, 'demo', catalog));
    expect(rows.filter(({ kind }) => kind === 'reject')).toEqual([]);
    const contract = createContractPriceBook(
      rows.flatMap((row) => (row.kind === 'price' ? [row.price] : [])),
      book,
      catalog,
    );
    for (const rental of rentals) {
      const perMachine = contract
        .rates(keyOf(rental), window, 'USD')
        .map(({ perGpuHourPicos }) => perGpuHourPicos * BigInt(rental.gpus));
      const expected = rental.isInContract ? [parsePicos(rental.agreedPrice)!.picos] : [];
      expect(perMachine, rental.instanceType).toEqual(expected);
    }
  });

  it('of owned machines come from the cost of ownership', () => {
    const { entries, rejects } = parseOwnershipEntries(demoSettings.ownership, 'demo');
    expect(rejects).toEqual([]);
    const ownership = createOwnershipPriceBook(entries, catalog);
    const perGpuHour = (pool: string, gpuModel: string) =>
      ownership
        .rates({ ...UNKNOWN, pool, gpuModel, lifecycle: 'owned' }, window, 'USD')
        .map(({ perGpuHourPicos }) => picosToNumber(perGpuHourPicos).toFixed(2));
    expect(perGpuHour('onprem-a100', 'A100-SXM4-80GB')).toEqual(['1.08']);
    expect(perGpuHour('onprem-l40s', 'L40S-48GB')).toEqual(['0.59']);
  });

  it('of owned machines match every pool that nobody rents', () => {
    const owned = new Set(capacity.filter(({ lifecycle }) => lifecycle === 'owned').map(({ pool }) => pool));
    expect(new Set(demoSettings.ownership.map(({ match }) => match.pool))).toEqual(owned);
  });
});

function rentalOf(line: ChargeFact): Rental {
  return rentals.find(
    (rental) =>
      line.chargeDescription ===
      `${rental.instanceType} ${rental.lifecycle.replace('_', ' ')}, ${rental.region}`,
  )!;
}

const UNKNOWN = { provider: null, region: null, instanceType: null, node: null } as const;

function keyOf(rental: Rental) {
  return {
    provider: BILLS[rental.bill].provider,
    region: rental.region,
    instanceType: rental.instanceType,
    gpuModel: catalog.gpuModel(rental.gpuModel) ?? rental.gpuModel,
    lifecycle: rental.lifecycle,
    node: null,
    pool: null,
  };
}

function sumTicks<T>(items: readonly T[], key: (item: T) => string, ticks: (item: T) => bigint) {
  const sums = new Map<string, bigint>();
  for (const item of items) sums.set(key(item), (sums.get(key(item)) ?? 0n) + ticks(item));
  return sums;
}

function sumPicos(values: readonly bigint[]): bigint {
  return values.reduce((sum, value) => sum + value, 0n);
}
