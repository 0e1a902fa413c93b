import type { Picos } from '../money/picos.ts';
import { per1k } from './unit-costs.ts';

/** What moves the cost of a thousand requests, in the order in which it is told. */
export const UNIT_DRIVERS = ['price', 'traffic', 'batch', 'cache', 'length', 'mix'] as const;
export type UnitDriver = (typeof UNIT_DRIVERS)[number];

export const DRIVER_MEANINGS: Readonly<Record<UnitDriver, string>> = {
  price: 'what a GPU-hour costs, all that is beside it included; of APIs, what a token costs',
  traffic: 'how much of what is paid for is at work, and the rest that waits',
  batch: 'how much an hour at work gets done: batches, speed, the size of the model',
  cache: 'how much of the input a prefix cache already held',
  length: 'how many tokens a request has',
  mix: 'which endpoints and models the requests go to',
};

/** What one endpoint and model did in a period. Amounts of work are in any unit, as long as it is the same in both periods. */
export type UnitPart = Readonly<{
  endpoint: string;
  /** Stands for the endpoint and model; each once in a period. */
  name: string;
  costPicos: Picos;
  /** Those whose cost is known. */
  requests: number;
  /** GPU-hours that the cost is of; `null` for APIs. */
  paidHours: number | null;
  /** Of these, those at work. */
  workingHours: number | null;
  /** Work that had to be done, and work that was asked for; `null` where requests have no tokens, or it makes no difference. */
  computedWork: number | null;
  askedWork: number | null;
}>;

/** All per 1,000 requests. The drivers add up to `now − before`, to the last digit. */
export type UnitChange = Readonly<{
  beforePicos: Picos;
  nowPicos: Picos;
  drivers: Readonly<Record<UnitDriver, Picos>>;
}>;

/**
 * Why a thousand requests cost another amount than before.
 *
 * The cost of each part per request of all is a product: `cost ÷ paid hours` (price) `× paid ÷ working hours` (traffic) `× working hours
 * ÷ computed work` (batch) `× computed ÷ asked work` (cache) `× asked work ÷ requests` (length) `× requests ÷ all requests` (mix). Each
 * factor bears `L × ln(now ÷ before)`, where L is the logarithmic mean of the products: the additive form of the logarithmic mean
 * Divisia index (Ang 2004), which leaves no residual and does not depend on the order of factors. A quantity that is not known, or
 * none, in either period is passed over: its factor is told with the one before. A part that is new or gone is mix; an endpoint that is
 * paid for and not asked, before or now, is traffic. Servers of one's own cost the same whether they are asked or wait: what a part has
 * of mix and of traffic with opposite signs is told of neither, and only what is left of the larger.
 *
 * `null` when one of the periods has no request with a known cost.
 */
export function explainUnitChange(before: readonly UnitPart[], now: readonly UnitPart[]): UnitChange | null {
  const [beforePicos, nowPicos] = [unitCost(before), unitCost(now)];
  if (beforePicos === null || nowPicos === null) return null;
  const sums = new Map<UnitDriver, number>(UNIT_DRIVERS.map((driver) => [driver, 0]));
  const [allBefore, allNow] = [requestsOf(before), requestsOf(now)];
  for (const [driver, amount] of groups(before, now).flatMap(([earlier, later]) =>
    contributionsOf({ parts: earlier, all: allBefore }, { parts: later, all: allNow }),
  )) {
    sums.set(driver, sums.get(driver)! + amount);
  }
  return { beforePicos, nowPicos, drivers: inPicos(sums, nowPicos - beforePicos) };
}

function unitCost(parts: readonly UnitPart[]): Picos | null {
  return per1k(
    parts.reduce((sum, { costPicos }) => sum + costPicos, 0n),
    requestsOf(parts),
  );
}

function requestsOf(parts: readonly UnitPart[]): number {
  return parts.reduce((sum, { requests }) => sum + requests, 0);
}

type Pair = readonly [readonly UnitPart[], readonly UnitPart[]];

/** Endpoints in the order of their names, so that sums of floats come out the same whatever the order. */
function groups(before: readonly UnitPart[], now: readonly UnitPart[]): Pair[] {
  const endpoints = [...new Set([...before, ...now].map(({ endpoint }) => endpoint))].sort();
  const of = (parts: readonly UnitPart[], name: string) => parts.filter(({ endpoint }) => endpoint === name);
  return endpoints.map((name) => [of(before, name), of(now, name)]);
}

/** The parts of an endpoint in a period, and the requests of the whole period. */
type Group = Readonly<{ parts: readonly UnitPart[]; all: number }>;

function contributionsOf(before: Group, now: Group): [UnitDriver, number][] {
  if (isUnasked(before.parts) || isUnasked(now.parts)) {
    const [from, to] = [before, now].map(({ parts, all }) =>
      parts.reduce((sum, part) => sum + perThousandOf({ part, all }), 0),
    );
    return [['traffic', to! - from!]];
  }
  const [earlier, later] = [before, now].map(({ parts }) => new Map(parts.map((part) => [part.name, part])));
  const names = [...new Set([...earlier!.keys(), ...later!.keys()])].sort();
  return names.flatMap((name) =>
    contributions(
      { part: earlier!.get(name) ?? absent(name), all: before.all },
      { part: later!.get(name) ?? absent(name), all: now.all },
    ),
  );
}

/** Paid for, and nobody asked it. */
function isUnasked(parts: readonly UnitPart[]): boolean {
  return parts.some(({ costPicos }) => costPicos !== 0n) && requestsOf(parts) === 0;
}

function absent(name: string): UnitPart {
  const nothing = { paidHours: null, workingHours: null, computedWork: null, askedWork: null };
  return { endpoint: '', name, costPicos: 0n, requests: 0, ...nothing };
}

/** A part of a period, and the requests of the whole period. */
type Share = Readonly<{ part: UnitPart; all: number }>;

function contributions(before: Share, now: Share): [UnitDriver, number][] {
  const [from, to] = [perThousandOf(before), perThousandOf(now)];
  const wholly = onlyDriver(before.part, now.part);
  if (wholly !== null) return [[wholly, to - from]];
  const mean = logarithmicMean(from, to);
  const [earlier, later] = [chainOf(before), chainOf(now)];
  const kept = earlier.flatMap(({ amount }, index) =>
    isAmount(amount) && isAmount(later[index]!.amount) ? [index] : [],
  );
  return offset(
    kept.slice(0, -1).map((index, place) => {
      const next = kept[place + 1]!;
      const ratio = (chain: Chain) => chain[index]!.amount! / chain[next]!.amount!;
      return [earlier[index]!.driver, mean * Math.log(ratio(later) / ratio(earlier))];
    }),
  );
}

/** A smaller share of the requests, and as much more waiting: nothing has changed. */
function offset(told: readonly [UnitDriver, number][]): [UnitDriver, number][] {
  const [traffic, mix] = (['traffic', 'mix'] as const).map((driver) =>
    told.reduce((sum, [name, amount]) => (name === driver ? sum + amount : sum), 0),
  );
  if (traffic! * mix! >= 0) return [...told];
  const rest = traffic! + mix!;
  const keeps: UnitDriver = Math.abs(traffic!) > Math.abs(mix!) ? 'traffic' : 'mix';
  return [...told.filter(([name]) => name !== 'traffic' && name !== 'mix'), [keeps, rest]];
}

/** Where logarithms say nothing: what nobody asks, what is new or gone, what was free. */
function onlyDriver(before: UnitPart, now: UnitPart): UnitDriver | null {
  if (isUnasked([before]) || isUnasked([now])) return 'traffic';
  if (before.requests === 0 || now.requests === 0) return 'mix';
  return before.costPicos <= 0n || now.costPicos <= 0n ? 'price' : null;
}

type Chain = readonly Readonly<{ driver: UnitDriver; amount: number | null }>[];

/** Each amount over the next one is the factor of its driver. */
function chainOf({ part, all }: Share): Chain {
  const isOwn = part.paidHours !== null;
  return [
    { driver: 'price', amount: Number(part.costPicos) },
    { driver: 'traffic', amount: part.paidHours },
    { driver: 'batch', amount: part.workingHours },
    // What an API asks for cached input is in its price.
    { driver: 'cache', amount: isOwn ? part.computedWork : null },
    { driver: 'length', amount: part.askedWork },
    { driver: 'mix', amount: part.requests },
    { driver: 'mix', amount: all },
  ];
}

function isAmount(amount: number | null): boolean {
  return amount !== null && Number.isFinite(amount) && amount > 0;
}

function perThousandOf({ part, all }: Share): number {
  return (Number(part.costPicos) * 1000) / all;
}

/** `(a − b) ÷ (ln a − ln b)`, and `a` where both are the same. */
function logarithmicMean(a: number, b: number): number {
  return a === b ? a : (a - b) / Math.log(a / b);
}

/** Whole picos that add up to the change: the few that rounding left over go to the largest driver. */
function inPicos(sums: ReadonlyMap<UnitDriver, number>, change: Picos): Record<UnitDriver, Picos> {
  const rounded = new Map([...sums].map(([driver, amount]) => [driver, roundAway(amount)]));
  const [largest] = [...sums].reduce((most, one) => (Math.abs(one[1]) > Math.abs(most[1]) ? one : most));
  const told = [...rounded.values()].reduce((sum, picos) => sum + picos, 0n);
  rounded.set(largest, rounded.get(largest)! + change - told);
  return Object.fromEntries(rounded) as Record<UnitDriver, Picos>;
}

/** Symmetric, so that the way back is the same with the other sign. */
function roundAway(amount: number): Picos {
  const magnitude = BigInt(Math.round(Math.abs(amount)));
  return amount < 0 ? -magnitude : magnitude;
}
