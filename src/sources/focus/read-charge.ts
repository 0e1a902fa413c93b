import type { ChargeCategory, ChargeFact } from '../../domain/facts/facts.ts';
import { resourceKey } from '../../domain/fleet/resource-key.ts';
import { type Picos, parsePicos } from '../../domain/money/picos.ts';
import { DAY_MS, type EpochMs, floorToHour, formatInstant, HOUR_MS } from '../../domain/time/window.ts';
import { explainDecimal, type NumberStyle, toPlainDecimal } from './bill-decimal.ts';
import { type DateOrder, type ParsedInstant, parseBillInstant } from './bill-instant.ts';
import type { BillWarnings } from './bill-warnings.ts';
import { type BoundColumns, blankToNull, readCell } from './bind-columns.ts';
import { convertMoney } from './convert-money.ts';
import type { FocusColumn } from './focus-columns.ts';
import type { GpuPurchaseReader } from './gpu-purchase.ts';
import { parseTags, type Tags } from './read-tags.ts';
import type { EffectiveCostVerdict } from './survey-effective-cost.ts';
import { cacheByText, ownCopy } from './text-cache.ts';

export type BillRow = Readonly<{ line: number; cells: readonly (string | null)[] }>;

/** Why a row cannot be used: the first thing that is wrong with it. */
export type RowProblem = Readonly<{ column: FocusColumn; code: string; message: string }>;
export type ReadCharge = ChargeFact | RowProblem;

export type ChargeReaderOptions = Readonly<{
  file: string;
  bound: BoundColumns;
  warnings: BillWarnings;
  numbers: NumberStyle;
  dates: DateOrder;
  /** Somebody said how dates are meant, so that using the rule is nothing to warn about. */
  datesAreStated: boolean;
  currency: string;
  /** Exact rates over `PICOS_PER_UNIT`, by currency. */
  rates: ReadonlyMap<string, bigint>;
  nowMs: EpochMs;
  verdictOn: (provider: string) => EffectiveCostVerdict;
  readGpuPurchase: GpuPurchaseReader;
}>;

/** Commitments are billed ahead, by a year at most; a start later than that comes from a wrong clock or a wrong date order. */
const MAX_AHEAD_MS = 400 * DAY_MS;
/** `DECIMAL(38, 12)`. */
const MAX_PICOS = 10n ** 38n;

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
  const instantOf = cacheByText((text) => parseBillInstant(text, options.dates));
  const tagsOf = cacheByText(parseTags);
  return (row) => {
    try {
      return readCharge(new RowReader(row, options, instantOf), options, tagsOf);
    } catch (problem) {
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

function readCharge(
  row: RowReader,
  options: ChargeReaderOptions,
  tagsOf: (text: string) => Tags | undefined,
): ChargeFact {
  const money = readMoney(row, options);
  const subcategory = row.text('ChargeSubcategory')?.toLowerCase() ?? null;
  const base = {
    where: `${options.file}:${row.line}`,
    ...readPeriods(row, options),
    chargeCategory: readCategory(row, subcategory),
    chargeClass: row.text('ChargeClass'),
    chargeDescription: row.text('ChargeDescription'),
    chargeFrequency: row.text('ChargeFrequency'),
    pricingCategory: readPricingCategory(row),
    commitmentDiscountId: row.text('CommitmentDiscountId'),
    commitmentDiscountStatus: readCommitmentStatus(row, subcategory),
    ...readOwner(row, options),
    serviceCategory: row.text('ServiceCategory'),
    serviceName: row.text('ServiceName'),
    skuId: row.text('SkuId'),
    ...readResource(row),
    pricingQuantity: row.quantity('PricingQuantity'),
    pricingUnit: row.text('PricingUnit'),
    consumedQuantity: row.quantity('ConsumedQuantity'),
    consumedUnit: row.text('ConsumedUnit'),
  };
  const priced = { ...base, ...weigh(money, base.provider, options), currency: options.currency };
  return {
    ...forgetImpossibleListPrice(priced, options.warnings),
    gpu: options.readGpuPurchase({
      ...base,
      skuPriceDetails: row.text('SkuPriceDetails'),
      skuDetails: row.text('x_SkuDetails'),
      instanceType: row.text('x_InstanceType'),
      texts: GPU_TEXTS.map((column) => row.text(column)),
    }),
    attributes: readAttributes(row, base, options, tagsOf),
  };
}

/** Where a machine type may stand, the most telling first. */
const GPU_TEXTS = [
  'SkuMeter',
  'x_UsageType',
  'x_SkuMeterName',
  'ChargeDescription',
  'x_SkuDescription',
  'SkuId',
] as const satisfies readonly FocusColumn[];

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

function readPeriods(
  row: RowReader,
  options: ChargeReaderOptions,
): Pick<
  ChargeFact,
  'billingPeriodStartMs' | 'billingPeriodEndMs' | 'chargePeriodStartMs' | 'chargePeriodEndMs'
> {
  const billingStart = row.instant('BillingPeriodStart');
  const billingEnd = row.instant('BillingPeriodEnd');
  const start = row.instant('ChargePeriodStart');
  const end = row.instant('ChargePeriodEnd');
  if (start === null || end === null) options.warnings.count('charge-period-derived');
  const startMs = start ?? billingStart;
  const endMs = end ?? billingEnd;
  if (startMs === null) throw row.missingInstant('ChargePeriodStart');
  if (endMs === null) throw row.missingInstant('ChargePeriodEnd');
  checkPeriod(row, startMs, endMs, options.nowMs);
  if (billingStart === null || billingEnd === null) options.warnings.count('billing-period-derived');
  if (endMs === startMs) options.warnings.count('empty-period');
  return {
    billingPeriodStartMs: billingStart ?? startOfMonth(startMs, 0),
    billingPeriodEndMs: billingEnd ?? startOfMonth(billingStart ?? startMs, 1),
    chargePeriodStartMs: startMs,
    chargePeriodEndMs: endMs === startMs ? floorToHour(startMs) + HOUR_MS : endMs,
  };
}

function checkPeriod(row: RowReader, startMs: EpochMs, endMs: EpochMs, nowMs: EpochMs): void {
  if (endMs < startMs) {
    throw row.bad(
      'ChargePeriodEnd',
      'period-backwards',
      `the charge ends at ${formatInstant(endMs)}, before it starts at ${formatInstant(startMs)}; correct the dates, or state their order with --set dates=day-first`,
    );
  }
  if (startMs > nowMs + MAX_AHEAD_MS) {
    throw row.bad(
      'ChargePeriodStart',
      'clock-in-the-future',
      `the charge starts at ${formatInstant(startMs)}, more than 400 days from now (${formatInstant(nowMs)}); check the date, and the clock of this machine`,
    );
  }
}

function startOfMonth(at: EpochMs, monthsLater: number): EpochMs {
  const date = new Date(at);
  return Date.UTC(date.getUTCFullYear(), date.getUTCMonth() + monthsLater, 1);
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

function readOwner(
  row: RowReader,
  { bound, warnings }: ChargeReaderOptions,
): Pick<ChargeFact, 'provider' | 'billingAccountId' | 'subAccountId'> {
  const provider = readProvider(row.cells, bound);
  if (provider === null) warnings.count('provider-missing');
  return {
    provider: provider ?? 'unknown',
    billingAccountId: row.text('BillingAccountId'),
    subAccountId: row.text('SubAccountId'),
  };
}

function readResource(row: RowReader): Pick<ChargeFact, 'regionId' | 'resourceId' | 'resourceKey'> {
  const resourceId = row.text('ResourceId');
  return {
    regionId: row.text('RegionId') ?? row.text('RegionName'),
    resourceId,
    resourceKey: resourceId === null ? null : resourceKey(resourceId),
  };
}

/** What the ledger counts: EffectiveCost, unless it is missing or the survey of the whole bill does not believe it. */
function weigh(
  money: Money,
  provider: string,
  options: ChargeReaderOptions,
): Money & Pick<ChargeFact, 'costPicos' | 'costBasis'> {
  const { billedPicos, effectivePicos } = money;
  if (effectivePicos === null) options.warnings.count('effective-cost-missing');
  return effectivePicos !== null && options.verdictOn(provider) === 'trusted'
    ? { ...money, costPicos: effectivePicos, costBasis: 'effective' }
    : { ...money, costPicos: billedPicos, costBasis: 'billed' };
}

/** Azure writes 0 where it has no list price, on reservations and in the Marketplace. Unknown is not zero. */
function forgetImpossibleListPrice<
  Priced extends Pick<ChargeFact, 'provider' | 'costPicos' | 'listPicos' | 'contractedPicos'>,
>(charge: Priced, warnings: BillWarnings): Priced {
  const { provider, costPicos, listPicos, contractedPicos } = charge;
  const isZero = costPicos !== 0n && (listPicos === 0n || contractedPicos === 0n);
  if (!isZero || !/microsoft|azure/i.test(provider)) return charge;
  warnings.count('list-cost-zero');
  return { ...charge, listPicos: listPicos || null, contractedPicos: contractedPicos || null };
}

/** The first one to name a tag wins: what a cost was split to, the resource, its project. */
const TAG_COLUMNS = [
  'AllocatedTags',
  'Tags',
  'x_Labels',
  'x_Tags',
  'x_ProjectLabels',
] as const satisfies readonly FocusColumn[];

function readAttributes(
  row: RowReader,
  charge: Pick<
    ChargeFact,
    'billingAccountId' | 'subAccountId' | 'provider' | 'serviceName' | 'regionId' | 'resourceId'
  >,
  { bound, warnings }: ChargeReaderOptions,
  tagsOf: (text: string) => Tags | undefined,
): Record<string, string> {
  const attributes: Record<string, string> = {};
  const accountId = charge.subAccountId ?? charge.billingAccountId;
  put(attributes, 'account', row.text('SubAccountName') ?? accountId);
  put(attributes, 'accountId', accountId);
  put(attributes, 'provider', charge.provider);
  put(attributes, 'service', charge.serviceName);
  put(attributes, 'region', charge.regionId);
  put(attributes, 'resource', row.text('ResourceName') ?? charge.resourceId);
  for (const { name, index } of bound.tagColumns) put(attributes, name, blankToNull(row.cells[index]));
  for (const [name, value] of Object.entries(bound.tagConstants)) put(attributes, name, value);
  for (const column of TAG_COLUMNS) {
    const text = row.text(column);
    const tags = text === null ? {} : tagsOf(text);
    if (tags === undefined) warnings.count('tags-unreadable');
    for (const [name, value] of Object.entries(tags ?? {})) put(attributes, `tag:${name}`, value);
  }
  return attributes;
}

function put(attributes: Record<string, string>, name: string, value: string | null): void {
  if (value !== null && value !== '' && attributes[name] === undefined) attributes[name] = value;
}

/** Thrown inside of one row and caught at its end; the first bad cell decides. */
class BadCell extends Error {
  readonly problem: RowProblem;

  constructor(problem: RowProblem) {
    super(problem.message);
    this.problem = problem;
  }
}

class RowReader {
  readonly line: number;
  readonly cells: BillRow['cells'];
  readonly #options: ChargeReaderOptions;
  readonly #instantOf: (text: string) => ParsedInstant | undefined;

  constructor(
    row: BillRow,
    options: ChargeReaderOptions,
    instantOf: (text: string) => ParsedInstant | undefined,
  ) {
    this.line = row.line;
    this.cells = row.cells;
    this.#options = options;
    this.#instantOf = instantOf;
  }

  text(column: FocusColumn): string | null {
    return readCell(this.cells, this.#options.bound, column);
  }

  money(column: FocusColumn, rate: bigint | null): Picos | null {
    const text = this.text(column);
    if (text === null) return null;
    const plain = toPlainDecimal(text, this.#options.numbers);
    const parsed = plain === undefined ? undefined : parsePicos(plain);
    if (!parsed) throw this.bad(column, 'not-a-decimal', explainDecimal(text));
    if (parsed.isRounded) this.#options.warnings.count('rounded-to-picos');
    const picos = rate === null ? parsed.picos : convertMoney(parsed.picos, rate);
    if (picos >= MAX_PICOS || picos <= -MAX_PICOS) {
      throw this.bad(
        column,
        'amount-too-large',
        `\`${text}\` is more than 26 digits of money; correct the cell`,
      );
    }
    return picos;
  }

  quantity(column: FocusColumn): string | null {
    const text = this.text(column);
    if (text === null) return null;
    const plain = toPlainDecimal(text, this.#options.numbers);
    if (plain === undefined) this.#options.warnings.count('quantity-unreadable');
    return plain ?? null;
  }

  instant(column: FocusColumn): EpochMs | null {
    const text = this.text(column);
    if (text === null) return null;
    const parsed = this.#instantOf(text);
    if (!parsed) {
      throw this.bad(
        column,
        'not-an-instant',
        `\`${text}\` is not an instant; expected UTC such as 2026-10-14T09:00:00Z (or 10/14/26, month first; --set dates=day-first for 14/10/26)`,
      );
    }
    this.#countRule(parsed.rule);
    return parsed.atMs;
  }

  missingInstant(column: FocusColumn): BadCell {
    return this.bad(
      column,
      'missing-value',
      `${column} is blank, and so is the billing period; a charge needs a start and an end. Export it again`,
    );
  }

  bad(column: FocusColumn, code: string, message: string): BadCell {
    // The cell is quoted in the message, which outlives its chunk of the file.
    return new BadCell({ column, code, message: ownCopy(message) });
  }

  #countRule(rule: ParsedInstant['rule']): void {
    const { warnings, datesAreStated } = this.#options;
    if (rule === 'hour-overflow') warnings.count('hour-overflow');
    if (rule === 'slashes' && !datesAreStated) warnings.count('us-dates');
  }
}
