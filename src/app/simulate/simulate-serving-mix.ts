import { formatPicos, type Picos, picosToNumber } from '../../domain/money/picos.ts';
import {
  loadsOf,
  type ServingDemand,
  type ServingLoad,
  type ServingProfile,
  type ServingTerms,
} from '../../domain/simulation/serving-mix/serving-load.ts';
import type { IntegerProgramme, IntegerSolver } from '../../ports/integer-solver.ts';
import { TareError } from '../errors.ts';
import type { ServingMixSimulation } from '../results/simulations/serving-mix-simulation.ts';

export type ServingMixRequest = Readonly<{
  profiles: readonly ServingProfile[];
  demands: readonly ServingDemand[];
  /** Price of a GPU-hour by kind; kinds without a price are not considered. */
  prices: ReadonlyMap<string, Picos>;
  terms: ServingTerms;
  /** Into how many equal parts the requests of a size may be split between kinds; 1 keeps each size together. */
  slices: number;
  /** Most GPUs to be had, by kind. */
  available: ReadonlyMap<string, number>;
}>;

/**
 * The cheapest mix of kinds of GPU for a serving load (Mélange, arXiv:2404.14527), as an integer programme:
 * `min Σ cⱼ·Bⱼ`, each slice of each size on one kind, the load on a kind at most its count.
 *
 * The slices of one size are alike, so that they are counted (0 … slices) rather than told apart: the same optimum, found faster.
 */
export async function simulateServingMix(
  request: ServingMixRequest,
  solver: IntegerSolver,
): Promise<ServingMixSimulation> {
  const gpus = kindsOf(request);
  const loads = loadsOf(request.demands, request.profiles, gpus, request.terms);
  const served = loads.filter(({ gpusNeeded }) => gpusNeeded.some((needed) => needed !== null));
  const solution = await solver.solve(toProgramme(served, gpus, request));
  const values = solution.kind === 'infeasible' ? null : solution.values;
  const counts = gpus.map((_, kind) => values?.[kind] ?? 0);
  const costPerHour = sum(gpus.map((gpu, kind) => BigInt(counts[kind]!) * request.prices.get(gpu)!));
  const singleKind = gpus.map((gpu, kind) => fleetOfOne(gpu, kind, served, request.prices.get(gpu)!));
  return {
    allocation: Object.fromEntries(gpus.map((gpu, kind) => [gpu, counts[kind]!])),
    costPerHour: formatPicos(costPerHour),
    infeasible: infeasibleOf(loads, request),
    status: values === null ? 'impossible' : solution.kind === 'optimal' ? 'optimal' : 'best-found',
    singleKind: singleKind.map(({ gpu, gpus: count, cost }) => ({
      gpu,
      gpus: count,
      costPerHour: cost === null ? null : formatPicos(cost),
    })),
    savingPercent: values === null ? null : savingPercent(costPerHour, singleKind),
    routes: values === null ? [] : routesOf(served, gpus, values, request.slices),
    slices: request.slices,
    solver: solver.name,
  };
}

function kindsOf({ profiles, prices }: ServingMixRequest): readonly string[] {
  const profiled = new Set(profiles.map(({ gpu }) => gpu));
  const gpus = [...prices.keys()].filter((gpu) => profiled.has(gpu));
  if (gpus.length > 0) return gpus;
  throw new TareError(
    'usage',
    `none of the kinds with a price (${[...prices.keys()].join(', ')}) has a profile; profiled are ${[...profiled].join(', ') || 'none'}`,
    'write prices by the names that stand in the column gpu',
  );
}

/** Variables: the count of each kind, then for each size the slices on each kind, 0 where it cannot serve them. */
function toProgramme(
  served: readonly ServingLoad[],
  gpus: readonly string[],
  { prices, slices, available }: ServingMixRequest,
): IntegerProgramme {
  const at = (size: number, kind: number) => gpus.length * (size + 1) + kind;
  return {
    variables: [
      ...gpus.map((gpu) => ({
        cost: picosToNumber(prices.get(gpu)!),
        isWhole: true,
        most: available.get(gpu) ?? null,
      })),
      ...served.flatMap(({ gpusNeeded }) =>
        gpusNeeded.map((needed) => ({ cost: 0, isWhole: true, most: needed === null ? 0 : slices })),
      ),
    ],
    rules: [
      ...served.map((_, size) => ({
        terms: gpus.map((_, kind) => ({ variable: at(size, kind), factor: 1 })),
        relation: '=' as const,
        bound: slices,
      })),
      ...gpus.map((_, kind) => ({
        terms: [
          ...served.map(({ gpusNeeded }, size) => ({
            variable: at(size, kind),
            factor: (gpusNeeded[kind] ?? 0) / slices,
          })),
          { variable: kind, factor: -1 },
        ],
        relation: '<=' as const,
        bound: 0,
      })),
    ],
  };
}

type OneKind = Readonly<{ gpu: string; gpus: number | null; cost: Picos | null }>;

/** Loads that fill a GPU to the last digit must not ask for another one because of how they were added up. */
const ROUNDING = 1e-9;

function fleetOfOne(gpu: string, kind: number, served: readonly ServingLoad[], price: Picos): OneKind {
  const needed = served.map(({ gpusNeeded }) => gpusNeeded[kind] ?? null);
  if (needed.includes(null)) return { gpu, gpus: null, cost: null };
  const gpus = Math.ceil(needed.reduce<number>((total, load) => total + load!, 0) - ROUNDING);
  return { gpu, gpus, cost: BigInt(gpus) * price };
}

function savingPercent(cost: Picos, singleKind: readonly OneKind[]): number | null {
  const costs = singleKind.flatMap(({ cost: single }) => (single === null ? [] : [picosToNumber(single)]));
  const cheapest = Math.min(...costs);
  return cheapest > 0 && Number.isFinite(cheapest) ? 100 * (1 - picosToNumber(cost) / cheapest) : null;
}

function infeasibleOf(
  loads: readonly ServingLoad[],
  { profiles, terms }: ServingMixRequest,
): ServingMixSimulation['infeasible'] {
  const largest = (of: 'inputTokens' | 'outputTokens') => Math.max(...profiles.map((profile) => profile[of]));
  return loads
    .filter(({ gpusNeeded }) => gpusNeeded.every((needed) => needed === null))
    .map(({ demand }) => {
      const isCovered = profiles.some(
        (profile) => profile.inputTokens >= demand.inputTokens && profile.outputTokens >= demand.outputTokens,
      );
      const reason = isCovered
        ? `no kind with a price has a throughput above zero for it${terms.maxLatencyMs === null ? '' : ` within ${terms.maxLatencyMs} ms`}`
        : `larger than every profile, which go up to ${largest('inputTokens')} input and ${largest('outputTokens')} output tokens`;
      return { ...demand, reason };
    });
}

function routesOf(
  served: readonly ServingLoad[],
  gpus: readonly string[],
  values: readonly number[],
  slices: number,
): ServingMixSimulation['routes'] {
  return served.map(({ demand: { inputTokens, outputTokens } }, size) => {
    const shares = gpus.map((gpu, kind) => [gpu, values[gpus.length * (size + 1) + kind]! / slices] as const);
    return { inputTokens, outputTokens, shares: Object.fromEntries(shares.filter(([, share]) => share > 0)) };
  });
}

function sum(values: readonly bigint[]): bigint {
  return values.reduce((total, value) => total + value, 0n);
}
