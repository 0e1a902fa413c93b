import type { ChargeCategory, ChargeFact, CommitmentTerms } from '../../domain/facts/facts.ts';
import { resourceKey } from '../../domain/fleet/resource-key.ts';
import { type Picos, parsePicos } from '../../domain/money/picos.ts';
import type { EpochMs } from '../../domain/time/window.ts';
import { type DateOrder, parseBillInstant } from './bill-instant.ts';
import type { BillWarnings } from './bill-warnings.ts';
import { type BoundColumns, readCell } from './bind-columns.ts';
import type { GpuPurchaseReader, GpuTextColumn } from './gpu-purchase.ts';
import { type AttributesReader, createAttributesReader } from './read-attributes.ts';
import { readPeriods } from './read-period.ts';
import { BadCell, type BillRow, type RowOptions, type RowProblem, RowReader } from './row-reader.ts';
import type { EffectiveCostVerdict } from './survey-effective-cost.ts';
import { cacheByText } from './text-cache.ts';

export type ChargeReaderOptions = Omit<RowOptions, 'instantOf'> &
  Readonly<{
    file: string;
    dates: DateOrder;
    currency: string;
    /** Exact rates over `PICOS_PER_UNIT`, by currency. */
    rates: ReadonlyMap<string, bigint>;
    nowMs: EpochMs;
    verdictOn: (provider: string) => EffectiveCostVerdict;
    readGpuPurchase: GpuPurchaseReader;
  }>;

export type ReadCharge = ChargeFact | RowProblem;

const CATEGORIES: Readonly<Record<string, ChargeCategory>> = {
  usage: 'Usage',
  purchase: 'Purchase',
  tax: 'Tax',
  credit: 'Credit',
  adjustment: 'Adjustment',
};

/** 1.0-preview → 1.0. */
const PRICING_CATEGORIES: Readonly<Record<string, string>> = {
  'on-demand': 'Standard',
  'commitment-based': 'Committed',
};

export function isProblem(read: ReadCharge): read is RowProblem {
  return 'message' in read;
}

/**
 * Returns the function that reads one row of a bill. It reports the first thing that makes a row unusable, and counts in
 * `warnings` what it read by a rule; a bad tag or quantity never costs a row its money.
 */
export function createChargeReader(options: ChargeReaderOptions): (row: BillRow) => ReadCharge {
  const { bound, warnings } = options;
  const rowOptions = { ...options, instantOf: cacheByText((text) => parseBillInstant(text, options.dates)) };
  const readAttributes = createAttributesReader(bound, warnings);
  return (row) => {
    try {
      const charge = readCharge(new RowReader(row, rowOptions), options, readAttributes);
      warnings.keep();
      return charge;
    } catch (problem) {
      warnings.forget();
      if (problem instanceof BadCell) return problem.problem;
      throw problem;
    }
  };
}

/** Who sold it; the one name by which a bill's rows are judged together. */
export function readProvider(cells: BillRow['cells'], bound: BoundColumns): string | null {
  return (
    readCell(cells, bound, 'ServiceProviderName') ??
    readCell(cells, bound, 'ProviderName') ??
    readCell(cells, bound, 'InvoiceIssuerName') ??
    readCell(cells, bound, 'PublisherName')
  );
}

/** One literal with all fields: an object that is spread together costs several times as much, and bills have millions of rows. */
function readCharge(
  row: RowReader,
  options: ChargeReaderOptions,
  readAttributes: AttributesReader,
): ChargeFact {
  const money = readMoney(row, options);
  const period = readPeriods(row, options);
  const subcategory = row.text('ChargeSubcategory')?.toLowerCase() ?? null;
  const provider = readNamedProvider(row, options);
  const cost = weigh(money, provider, options);
  const list = readListPrices(money, cost.costPicos, provider, options.warnings);
  const subAccountId = row.text('SubAccountId');
  const billingAccountId = row.text('BillingAccountId');
  const serviceName = row.text('ServiceName');
  const regionId = row.text('RegionId') ?? row.text('RegionName');
  const resourceId = row.text('ResourceId');
  const commitmentDiscountId = row.text('CommitmentDiscountId');
  const machine = {
    chargeCategory: readCategory(row, subcategory),
    chargeClass: row.text('ChargeClass'),
    commitmentDiscountStatus: readCommitmentStatus(row, subcategory),
    consumedQuantity: row.quantity('ConsumedQuantity'),
    consumedUnit: row.text('ConsumedUnit'),
    pricingQuantity: row.quantity('PricingQuantity'),
    pricingUnit: row.text('PricingUnit'),
    serviceName,
    text: (column: GpuTextColumn) => row.text(column),
  };
  return {
    where: `${options.file}:${row.line}`,
    billingPeriodStartMs: period.billingPeriodStartMs,
    billingPeriodEndMs: period.billingPeriodEndMs,
    chargePeriodStartMs: period.chargePeriodStartMs,
    chargePeriodEndMs: period.chargePeriodEndMs,
    chargeCategory: machine.chargeCategory,
    chargeClass: machine.chargeClass,
    chargeDescription: row.text('ChargeDescription'),
    chargeFrequency: row.text('ChargeFrequency'),
    pricingCategory: readPricingCategory(row),
    commitmentDiscountId,
    commitmentDiscountStatus: machine.commitmentDiscountStatus,
    ...(commitmentDiscountId !== null && { commitment: readCommitment(row) }),
    provider,
    billingAccountId,
    subAccountId,
    serviceCategory: row.text('ServiceCategory'),
    serviceName,
    skuId: row.text('SkuId'),
    regionId,
    resourceId,
    resourceKey: resourceId === null ? null : resourceKey(resourceId),
    pricingQuantity: machine.pricingQuantity,
    pricingUnit: machine.pricingUnit,
    consumedQuantity: machine.consumedQuantity,
    consumedUnit: machine.consumedUnit,
    billedPicos: money.billedPicos,
    effectivePicos: money.effectivePicos,
    listPicos: list.listPicos,
    contractedPicos: list.contractedPicos,
    costPicos: cost.costPicos,
    costBasis: cost.costBasis,
    currency: options.currency,
    gpu: options.readGpuPurchase(machine),
    attributes: readAttributes(row, {
      account: row.text('SubAccountName') ?? subAccountId ?? billingAccountId,
      accountId: subAccountId ?? billingAccountId,
      provider,
      service: serviceName,
      region: regionId,
      resource: row.text('ResourceName') ?? resourceId,
    }),
  };
}

type Money = Readonly<{
  billedPicos: Picos;
  effectivePicos: Picos | null;
  listPicos: Picos | null;
  contractedPicos: Picos | null;
}>;

function readMoney(row: RowReader, options: ChargeReaderOptions): Money {
  const rate = readRate(row, options);
  const billedPicos = row.money('BilledCost', rate);
  if (billedPicos === null) {
    throw row.bad(
      'BilledCost',
      'missing-value',
      'BilledCost is blank; every charge needs one. Export it again',
    );
  }
  return {
    billedPicos,
    effectivePicos: row.money('EffectiveCost', rate),
    listPicos: row.money('ListCost', rate),
    contractedPicos: row.money('ContractedCost', rate),
  };
}

/** The rate into the ledger's currency; `null` when the row is in it. */
function readRate(row: RowReader, { currency, rates, warnings }: ChargeReaderOptions): bigint | null {
  const billed = row.text('BillingCurrency')?.toUpperCase();
  if (billed === undefined) warnings.count('currency-missing');
  if (billed === undefined || billed === currency.toUpperCase()) return null;
  const rate = rates.get(billed);
  if (rate === undefined) {
    throw row.bad(
      'BillingCurrency',
      'currency-mismatch',
      `the charge is in ${billed}, the ledger in ${currency}; state a rate in tare.yaml (rates: { ${billed}: "…" }, the price of 1 ${billed} in ${currency}) and import again`,
    );
  }
  warnings.count('converted');
  return rate;
}

function readCategory(row: RowReader, subcategory: string | null): ChargeCategory {
  const text = row.text('ChargeCategory');
  const category = text === null ? undefined : CATEGORIES[text.toLowerCase()];
  if (category === undefined) {
    const found = text === null ? 'blank' : `\`${text}\``;
    throw row.bad(
      'ChargeCategory',
      'unknown-charge-category',
      `ChargeCategory is ${found}; expected Usage, Purchase, Tax, Credit or Adjustment`,
    );
  }
  return category === 'Adjustment' && subcategory === 'credit' ? 'Credit' : category;
}

function readPricingCategory(row: RowReader): string | null {
  const text = row.text('PricingCategory');
  return text === null ? null : (PRICING_CATEGORIES[text.toLowerCase()] ?? text);
}

function readCommitmentStatus(row: RowReader, subcategory: string | null): 'Used' | 'Unused' | null {
  const status = row.text('CommitmentDiscountStatus')?.toLowerCase() ?? subcategory;
  if (status === 'used' || status === 'used commitment') return 'Used';
  return status === 'unused' || status === 'unused commitment' ? 'Unused' : null;
}

function readCommitment(row: RowReader): CommitmentTerms {
  const category = row.text('CommitmentDiscountCategory')?.toLowerCase();
  const quantity = row.quantity('CommitmentDiscountQuantity');
  return {
    name: row.text('CommitmentDiscountName'),
    type: row.text('CommitmentDiscountType'),
    category: category === 'usage' ? 'Usage' : category === 'spend' ? 'Spend' : null,
    quantityPicos: quantity === null ? null : (parsePicos(quantity)?.picos ?? null),
    unit: row.text('CommitmentDiscountUnit'),
  };
}

function readNamedProvider(row: RowReader, { bound, warnings }: ChargeReaderOptions): string {
  const provider = readProvider(row.cells, bound);
  if (provider === null) warnings.count('provider-missing');
  return provider ?? 'unknown';
}

/** What the ledger counts: EffectiveCost, unless it is missing or the survey of the whole bill does not believe it. */
function weigh(
  { billedPicos, effectivePicos }: Money,
  provider: string,
  options: ChargeReaderOptions,
): Pick<ChargeFact, 'costPicos' | 'costBasis'> {
  if (effectivePicos === null) options.warnings.count('effective-cost-missing');
  return effectivePicos !== null && options.verdictOn(provider) === 'trusted'
    ? { costPicos: effectivePicos, costBasis: 'effective' }
    : { costPicos: billedPicos, costBasis: 'billed' };
}

/** Azure writes 0 where it has no list price, on reservations and in the Marketplace. Unknown is not zero. */
function readListPrices(
  { listPicos, contractedPicos }: Money,
  costPicos: Picos,
  provider: string,
  warnings: BillWarnings,
): Pick<ChargeFact, 'listPicos' | 'contractedPicos'> {
  const isZero = costPicos !== 0n && (listPicos === 0n || contractedPicos === 0n);
  if (!isZero || !/microsoft|azure/i.test(provider)) return { listPicos, contractedPicos };
  warnings.count('list-cost-zero');
  return { listPicos: listPicos || null, contractedPicos: contractedPicos || null };
}
