import type { ChargeFact, FactBatch } from '../../domain/facts/facts.ts';
import { formatPicos, PICOS_PER_UNIT, type Picos, parsePicos } from '../../domain/money/picos.ts';
import { DAY_MS, type EpochMs, floorToDay, HOUR_MS, type TimeWindow } from '../../domain/time/window.ts';
import { PARTS_PER_GPU, PPM } from '../../domain/units/gpu-time.ts';
import { CHARGES, type ChargePlan, CREDIT, UNBILLED_DAYS } from './bill-plan.ts';
import type { Life, Machine } from './build-machines.ts';
import { type Random, randomStream } from './random.ts';
import { BILLS, type BillName, LARGEST_BILL_DIFFERENCE_PPM, type Rental } from './rentals.ts';
import { isWeekend } from './workload-patterns.ts';

/** So much is committed to in an hour, a little more than the committed machines use up. */
export const COMMITMENT_PER_HOUR = '141.00';
export const COMMITMENT_ID =
  'arn:aws:savingsplans::417820935561:savingsplan/5d2f0c1e-7c55-4f0e-9a3b-p5-one-year';
const COMMITMENT_BILL: BillName = 'aws';
const COMMITMENT = {
  name: 'p5 savings plan',
  type: 'ComputeSavingsPlans',
  category: 'Spend',
  unit: 'USD',
} as const;
const DAILY_NOISE = 0.06;

export type BillOptions = Readonly<{ seed: number; window: TimeWindow; currency: string }>;

/** A charge before it has a line number. */
type Draft = Omit<ChargeFact, 'where'>;

/** The bill of one provider, in FOCUS terms: machines, what comes with them, and what has nothing to do with GPUs. */
export function* generateBill(
  bill: BillName,
  machines: readonly Machine[],
  options: BillOptions,
): Generator<FactBatch> {
  const drafts = [
    ...machines.flatMap((machine) => (machine.rental?.bill === bill ? billMachine(machine, options) : [])),
    ...CHARGES.filter((plan) => plan.bill === bill).flatMap((plan) => billByDay(plan, options)),
    ...(COMMITMENT_BILL === bill ? unusedCommitment(machines, options) : []),
    ...(CREDIT.bill === bill ? billCredit(options) : []),
  ];
  yield {
    charges: drafts.map((draft, index) => ({ ...draft, where: `generated ${bill} bill:${index + 1}` })),
  };
}

/** Where billing has arrived; later hours rest on estimates. */
export function billedUntil(window: TimeWindow): EpochMs {
  return Math.max(window.fromMs, floorToDay(window.toMs - UNBILLED_DAYS * DAY_MS));
}

function billMachine(machine: Machine, options: BillOptions): Draft[] {
  const rental = machine.rental!;
  const random = randomStream(options.seed, `bill/${machine.plan.name}`);
  return machine.lives.flatMap((life) =>
    billedPeriods(life, options.window).flatMap((period) => {
      const billedPpm = rental.lifecycle === 'spot' ? spotPpm(random) : BILLS[rental.bill].billedPpm;
      return rental.lifecycle === 'committed'
        ? [
            coveredUsage(machine, life, period, billedPpm, options),
            commitmentFee(rental, period, billedPpm, options),
          ]
        : [rentedUsage(machine, life, period, billedPpm, options)];
    }),
  );
}

type BilledPeriod = TimeWindow & Readonly<{ usedMs: number }>;

/** A day that the machine lived through is one line; any other day is a line for each hour in which it lived. */
function billedPeriods(life: Life, window: TimeWindow): BilledPeriod[] {
  const endMs = Math.min(life.toMs, billedUntil(window));
  const periods: BilledPeriod[] = [];
  for (let day = floorToDay(life.fromMs); day < endMs; day += DAY_MS) {
    const isWhole = life.fromMs <= day && day + DAY_MS <= endMs;
    const step = isWhole ? DAY_MS : HOUR_MS;
    for (let fromMs = day; fromMs < day + DAY_MS; fromMs += step) {
      const usedMs = Math.min(fromMs + step, endMs) - Math.max(fromMs, life.fromMs);
      if (usedMs > 0) periods.push({ fromMs, toMs: fromMs + step, usedMs });
    }
  }
  return periods;
}

/** The spot market moves a little around the price that planning assumes. */
function spotPpm(random: Random): number {
  return Math.round(PPM + random.between(-1, 1) * LARGEST_BILL_DIFFERENCE_PPM);
}

function rentedUsage(
  machine: Machine,
  life: Life,
  period: BilledPeriod,
  billedPpm: number,
  options: BillOptions,
): Draft {
  const rental = machine.rental!;
  const cost = scale(costOf(rental.agreedPrice, period.usedMs), billedPpm);
  return {
    ...usageOf(machine, life, period, options),
    pricingCategory: rental.lifecycle === 'spot' ? 'Dynamic' : 'Standard',
    billedPicos: cost,
    effectivePicos: cost,
    contractedPicos: cost,
    costPicos: cost,
  };
}

/** What a commitment covers is billed as the commitment's fee; the line itself says what of the fee it used up. */
function coveredUsage(
  machine: Machine,
  life: Life,
  period: BilledPeriod,
  billedPpm: number,
  options: BillOptions,
): Draft {
  const effective = scale(costOf(machine.rental!.agreedPrice, period.usedMs), billedPpm);
  const usage = usageOf(machine, life, period, options);
  return {
    ...usage,
    pricingCategory: 'Committed',
    commitmentDiscountId: COMMITMENT_ID,
    commitmentDiscountStatus: 'Used',
    commitment: { ...COMMITMENT, quantityPicos: effective },
    billedPicos: 0n,
    effectivePicos: effective,
    contractedPicos: usage.listPicos,
    costPicos: effective,
  };
}

function commitmentFee(
  rental: Rental,
  period: BilledPeriod,
  billedPpm: number,
  { currency }: BillOptions,
): Draft {
  const fee = scale(costOf(rental.agreedPrice, period.usedMs), billedPpm);
  return {
    ...blank(rental.bill, period, currency),
    chargeCategory: 'Purchase',
    chargeDescription: 'Compute Savings Plan, one year, no upfront',
    chargeFrequency: 'Recurring',
    commitmentDiscountId: COMMITMENT_ID,
    commitment: { ...COMMITMENT, quantityPicos: null },
    serviceCategory: 'Compute',
    serviceName: 'AWS Savings Plans',
    resourceId: COMMITMENT_ID,
    resourceKey: COMMITMENT_ID.toLowerCase(),
    billedPicos: fee,
    effectivePicos: 0n,
  };
}

/** What no machine used up of the commitment, day by day: paid, and good for nothing. The fee of a day is of both. */
function unusedCommitment(machines: readonly Machine[], options: BillOptions): Draft[] {
  const endMs = billedUntil(options.window);
  const committed = machines.filter(({ rental }) => rental?.lifecycle === 'committed');
  const drafts: Draft[] = [];
  for (let day = floorToDay(options.window.fromMs); day + DAY_MS <= endMs; day += DAY_MS) {
    const period = { fromMs: Math.max(day, options.window.fromMs), toMs: day + DAY_MS };
    const hoursMs = BigInt(period.toMs - period.fromMs);
    const bought = (picosOf(COMMITMENT_PER_HOUR) * hoursMs) / BigInt(HOUR_MS);
    const used = committed.reduce((sum, machine) => sum + usedIn(machine, period), 0n);
    if (bought <= used) continue;
    const unused = bought - used;
    const line = {
      ...blank(COMMITMENT_BILL, period, options.currency),
      commitmentDiscountId: COMMITMENT_ID,
      serviceCategory: 'Compute',
      serviceName: 'AWS Savings Plans',
      resourceId: COMMITMENT_ID,
      resourceKey: COMMITMENT_ID.toLowerCase(),
    };
    drafts.push(
      {
        ...line,
        chargeDescription: 'Compute Savings Plan, not used',
        pricingCategory: 'Committed',
        commitmentDiscountStatus: 'Unused',
        commitment: { ...COMMITMENT, quantityPicos: unused },
        effectivePicos: unused,
        costPicos: unused,
      },
      {
        ...line,
        chargeCategory: 'Purchase',
        chargeDescription: 'Compute Savings Plan, one year, no upfront',
        chargeFrequency: 'Recurring',
        commitment: { ...COMMITMENT, quantityPicos: null },
        billedPicos: unused,
        effectivePicos: 0n,
      },
    );
  }
  return drafts;
}

function usedIn({ rental, lives }: Machine, { fromMs, toMs }: TimeWindow): Picos {
  const usedMs = lives.reduce(
    (sum, life) => sum + Math.max(0, Math.min(life.toMs, toMs) - Math.max(life.fromMs, fromMs)),
    0,
  );
  return scale(costOf(rental!.agreedPrice, usedMs), BILLS[rental!.bill].billedPpm);
}

function usageOf(machine: Machine, life: Life, period: BilledPeriod, { currency }: BillOptions): Draft {
  const rental = machine.rental!;
  const bill = BILLS[rental.bill];
  const hours = formatPicos((BigInt(period.usedMs) * PICOS_PER_UNIT) / BigInt(HOUR_MS));
  return {
    ...blank(rental.bill, period, currency),
    chargeDescription: `${rental.instanceType} ${rental.lifecycle.replace('_', ' ')}, ${rental.region}`,
    serviceCategory: 'Compute',
    serviceName: bill.computeService,
    skuId: `${rental.lifecycle === 'spot' ? 'SpotUsage' : 'BoxUsage'}:${rental.instanceType}`,
    regionId: rental.region,
    resourceId: life.resourceId,
    resourceKey: life.resourceKey,
    pricingQuantity: hours,
    pricingUnit: 'Hours',
    consumedQuantity: hours,
    consumedUnit: 'Hours',
    listPicos: costOf(rental.listPrice, period.usedMs),
    gpu: {
      instanceType: rental.instanceType,
      gpuModel: machine.gpuModel,
      gpuCount: machine.gpus,
      ticks: BigInt(period.usedMs) * BigInt(machine.gpus * PARTS_PER_GPU),
    },
    attributes: {
      account: bill.account,
      service: bill.computeService,
      ...(machine.plan.pool === 'none' ? {} : { 'tag:pool': machine.plan.pool }),
    },
  };
}

function billByDay(plan: ChargePlan, { seed, window, currency }: BillOptions): Draft[] {
  const endMs = billedUntil(window);
  return chargedDays(plan, seed, window)
    .filter(({ toMs }) => toMs <= endMs)
    .map(({ cost, ...period }) => namedCharge(plan, period, cost, currency));
}

/** What each day of the window costs, whether it is billed yet or not; the first and the last may be parts of a day. */
export function chargedDays(
  plan: ChargePlan,
  seed: number,
  window: TimeWindow,
): readonly (TimeWindow & Readonly<{ cost: Picos }>)[] {
  const random = randomStream(seed, `charge/${plan.service}/${plan.description}`);
  const perDay = picosOf(plan.perDay);
  const days: (TimeWindow & Readonly<{ cost: Picos }>)[] = [];
  for (let day = floorToDay(window.fromMs); day < window.toMs; day += DAY_MS) {
    const progress = (day - window.fromMs) / (window.toMs - window.fromMs);
    const weekly = isWeekend(day) ? plan.weekend : 1;
    const level = weekly * (1 + plan.growth * (progress - 0.5)) * (1 + random.between(-1, 1) * DAILY_NOISE);
    // The window may begin in the middle of a day; what was billed before it is not part of the story.
    const fromMs = Math.max(day, window.fromMs);
    const toMs = Math.min(day + DAY_MS, window.toMs);
    const cost = scale(perDay, Math.round(level * PPM * ((toMs - fromMs) / DAY_MS)));
    days.push({ fromMs, toMs, cost });
  }
  return days;
}

function namedCharge(plan: ChargePlan, period: TimeWindow, cost: Picos, currency: string): Draft {
  const tags = Object.entries(plan.tags ?? {}).map(([name, value]) => [`tag:${name}`, value]);
  return {
    ...blank(plan.bill, period, currency),
    chargeCategory: plan.category,
    chargeDescription: plan.description,
    pricingCategory: plan.category === 'Usage' ? 'Standard' : null,
    serviceCategory: plan.serviceCategory,
    serviceName: plan.service,
    regionId: plan.region,
    resourceId: plan.resource,
    resourceKey: plan.resource,
    billedPicos: cost,
    effectivePicos: cost,
    listPicos: cost,
    contractedPicos: cost,
    costPicos: cost,
    attributes: {
      account: BILLS[plan.bill].account,
      service: plan.service,
      ...Object.fromEntries(tags),
    },
  };
}

function billCredit({ window, currency }: BillOptions): Draft[] {
  const day = floorToDay(window.toMs - CREDIT.daysAgo * DAY_MS);
  if (day < window.fromMs) return [];
  const amount = picosOf(CREDIT.amount);
  return [
    {
      ...blank(CREDIT.bill, { fromMs: day, toMs: day + DAY_MS }, currency),
      chargeCategory: 'Credit',
      chargeDescription: CREDIT.description,
      chargeFrequency: 'One-Time',
      serviceCategory: 'Other',
      serviceName: 'AWS Credits',
      billedPicos: amount,
      effectivePicos: amount,
      costPicos: amount,
    },
  ];
}

/** What all lines of a bill have in common; it costs nothing and buys nothing until a line says so. */
function blank(name: BillName, { fromMs, toMs }: TimeWindow, currency: string): Draft {
  const bill = BILLS[name];
  const date = new Date(fromMs);
  return {
    billingPeriodStartMs: Date.UTC(date.getUTCFullYear(), date.getUTCMonth()),
    billingPeriodEndMs: Date.UTC(date.getUTCFullYear(), date.getUTCMonth() + 1),
    chargePeriodStartMs: fromMs,
    chargePeriodEndMs: toMs,
    chargeCategory: 'Usage',
    chargeClass: null,
    chargeDescription: null,
    chargeFrequency: 'Usage-Based',
    pricingCategory: null,
    commitmentDiscountId: null,
    commitmentDiscountStatus: null,
    provider: bill.provider,
    billingAccountId: bill.account,
    subAccountId: null,
    serviceCategory: null,
    serviceName: null,
    skuId: null,
    regionId: null,
    resourceId: null,
    resourceKey: null,
    pricingQuantity: null,
    pricingUnit: null,
    consumedQuantity: null,
    consumedUnit: null,
    billedPicos: 0n,
    effectivePicos: null,
    listPicos: null,
    contractedPicos: null,
    costPicos: 0n,
    costBasis: 'effective',
    currency,
    gpu: null,
    attributes: { account: bill.account },
  };
}

function costOf(pricePerHour: string, usedMs: number): Picos {
  return (picosOf(pricePerHour) * BigInt(usedMs)) / BigInt(HOUR_MS);
}

function scale(picos: Picos, ppm: number): Picos {
  return (picos * BigInt(ppm)) / BigInt(PPM);
}

function picosOf(decimal: string): Picos {
  const parsed = parsePicos(decimal);
  if (!parsed) throw new Error(`the plan holds a price that is no decimal: ${decimal}`);
  return parsed.picos;
}
