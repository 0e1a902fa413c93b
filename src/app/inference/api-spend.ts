import { groupBy } from '../../domain/collections/group-by.ts';
import { effortOf, type HostedInstead, hostInstead } from '../../domain/economics/host-instead.ts';
import {
  DEFAULT_TOKEN_WEIGHT,
  type ServingWork,
  type TokenWeight,
} from '../../domain/economics/serving-work.ts';
import { divideHalfEven } from '../../domain/money/divide-half-even.ts';
import { formatPicos, type Picos } from '../../domain/money/picos.ts';
import { HOUR_MS, parseInstant } from '../../domain/time/window.ts';
import { TICKS_PER_GPU_HOUR, ticksToHours } from '../../domain/units/gpu-time.ts';
import type { CallAggregate, ServingPeak } from '../../ports/serving.ts';
import type { LedgerAggregate } from '../../ports/store.ts';
import { sumAggregates } from '../figures/aggregates.ts';
import { isUnpriced, totalPicos } from '../figures/ledger-figures.ts';
import type { ApiSpendFigures, SelfHostOption } from '../results/inference.ts';
import type { StatedThroughput } from './read-options.ts';
import { addUp, sumKnown, sumKnownPicos } from './served.ts';
import { type CostedServed, workOf } from './serving-costs.ts';

/** Rows by endpoint, model, team and hour, of API calls alone. */
export type ApiCalls = readonly CallAggregate[];
export const API_SPEND_DIMENSIONS = ['endpoint', 'model', 'team', 'hour'] as const;

/** A server of one's own that could take an API's calls. */
type Candidate = Pick<SelfHostOption, 'like' | 'basis' | 'gpuModel' | 'gpusPerReplica'> &
  Readonly<{
    /** In weighted tokens an hour, or in seconds of the server an hour. */
    effortPerHour: number;
    effortOf: (work: ServingWork) => number;
    costPerHourPicos: Picos | null;
    isEmbedder: boolean | null;
  }>;

/** What is known of one's own servers. */
export type OwnServers = Readonly<{
  costed: readonly CostedServed[];
  peaks: readonly ServingPeak[];
  /** By workload and GPU model, of endpoints; and by GPU model, of all. */
  ofEndpoints: readonly LedgerAggregate[];
  ofModels: readonly LedgerAggregate[];
  throughputs: readonly StatedThroughput[];
  tokenWeight: TokenWeight | null;
}>;

const MOST_OPTIONS = 5;

/** Which paid calls would cost less on servers of one's own, dearest first. */
export function apiSpend(calls: ApiCalls, own: OwnServers): ApiSpendFigures[] {
  const candidates = [...measuredCandidates(own), ...statedCandidates(own)];
  const groups = groupBy(calls, ({ key }) => JSON.stringify([key['endpoint'], key['model'], key['team']]));
  return [...groups.values()]
    .map((hours) => spendOf(hours, candidates))
    .sort((a, b) => Number(b.cost ?? 0) - Number(a.cost ?? 0) || b.requests - a.requests);
}

/** Endpoints as they were measured: what one replica did at its busiest, and what an hour of it costs, idle time included. */
function measuredCandidates({ costed, peaks, ofEndpoints, tokenWeight }: OwnServers): Candidate[] {
  const weight = tokenWeight ?? DEFAULT_TOKEN_WEIGHT;
  const endpoints = addUp(
    costed.filter(({ key }) => key['serving'] !== 'api'),
    ['endpoint'],
  );
  return endpoints.flatMap((served): Candidate[] => {
    const like = served.key['endpoint']!;
    const peak = peaks.find(({ endpoint }) => endpoint === like);
    const ledger = ofEndpoints.filter(({ key }) => key['workload'] === like);
    const isMeasured = served.tokens.input !== null && served.requests > 0;
    if (!isMeasured || ledger.length === 0 || !peak?.replicaHours || !peak.busiestReplicaPerHour) return [];
    const whole = sumAggregates(ledger);
    const replicaMs = BigInt(Math.round(peak.replicaHours * HOUR_MS));
    const perRequest = effortOf(workOf(served), weight) / served.requests;
    return [
      {
        like,
        basis: 'measured',
        gpuModel: [...new Set(ledger.map(({ key }) => key['gpuModel']!))].join(' + '),
        gpusPerReplica: Math.round((ticksToHours(grossTicks(whole)) / peak.replicaHours) * 100) / 100,
        effortPerHour: perRequest * peak.busiestReplicaPerHour,
        effortOf: (work) => effortOf(work, weight),
        costPerHourPicos: isUnpriced(whole)
          ? null
          : divideHalfEven(totalPicos(whole) * BigInt(HOUR_MS), replicaMs),
        isEmbedder: !served.tokens.output,
      },
    ];
  });
}

/** Servers that one could have, at what an hour of that GPU costs in this fleet. */
function statedCandidates({ throughputs, ofModels }: OwnServers): Candidate[] {
  return throughputs.map((stated) => {
    const ledger = ofModels.find(({ key }) => key['gpuModel'] === stated.gpuModel);
    const ticks = ledger === undefined ? 0n : grossTicks(ledger);
    const isKnown = ledger !== undefined && ticks > 0n && !isUnpriced(ledger);
    return {
      like: stated.name,
      basis: 'stated',
      gpuModel: stated.gpuModel,
      gpusPerReplica: stated.gpus,
      effortPerHour: HOUR_MS / 1000,
      effortOf: ({ inputTokens, cachedInputTokens, outputTokens }) =>
        ((inputTokens ?? 0) - (cachedInputTokens ?? 0)) / stated.inputPerSecond +
        (outputTokens ?? 0) / stated.outputPerSecond,
      costPerHourPicos: isKnown
        ? divideHalfEven(totalPicos(ledger) * BigInt(stated.gpus) * TICKS_PER_GPU_HOUR, ticks)
        : null,
      isEmbedder: null,
    };
  });
}

function grossTicks({ ticks }: LedgerAggregate): bigint {
  return Object.values(ticks).reduce((sum, one) => sum + one, 0n);
}

function spendOf(rows: readonly CallAggregate[], candidates: readonly Candidate[]): ApiSpendFigures {
  const { endpoint = '', model = '', team = '' } = rows[0]!.key;
  const starts = rows.map(({ key }) => parseInstant(key['hour']!)!);
  const hours = (Math.max(...starts) - Math.min(...starts)) / HOUR_MS + 1;
  const requests = rows.reduce((sum, row) => sum + row.requests, 0);
  const priced = rows.reduce((sum, row) => sum + row.pricedRequests, 0);
  const costPicos = sumKnownPicos(rows.map((row) => row.costPicos));
  const costPerHour = costPicos === null ? null : divideHalfEven(costPicos, BigInt(hours));
  const output = sumKnown(rows.map(({ tokens }) => tokens.output));
  const options = candidates
    .filter(({ isEmbedder }) => isEmbedder === null || isEmbedder === !output)
    .flatMap((candidate) => optionOf(candidate, rows, hours, costPerHour))
    .sort(cheapestFirst)
    .slice(0, MOST_OPTIONS);
  return {
    endpoint,
    model,
    team,
    requests,
    unpricedRequests: requests - priced,
    hours,
    cost: costPicos === null ? null : formatPicos(costPicos),
    costPerHour: costPerHour === null ? null : formatPicos(costPerHour),
    inputTokens: sumKnown(rows.map(({ tokens }) => tokens.input)),
    cachedInputTokens: sumKnown(rows.map(({ tokens }) => tokens.cachedInput)),
    outputTokens: output,
    options,
  };
}

function optionOf(
  candidate: Candidate,
  rows: readonly CallAggregate[],
  hours: number,
  apiCostPerHourPicos: Picos | null,
): SelfHostOption[] {
  const { like, basis, gpuModel, gpusPerReplica } = candidate;
  const byHour = [...groupBy(rows, ({ key }) => key['hour']!).values()].map((list) =>
    list.reduce((sum, row) => sum + candidate.effortOf(workOfCalls(row)), 0),
  );
  const whole = byHour.reduce((sum, effort) => sum + effort, 0);
  const asked = {
    meanEffortPerHour: whole / hours,
    peakEffortPerHour: byHour.reduce((most, effort) => Math.max(most, effort), 0),
    apiCostPerHourPicos,
  };
  const hosted: HostedInstead | null = whole > 0 ? hostInstead(asked, candidate) : null;
  if (hosted === null) return [];
  const { replicas, costPerHourPicos, utilisation, cheaper } = hosted;
  const costPerHour = costPerHourPicos === null ? null : formatPicos(costPerHourPicos);
  return [{ like, basis, gpuModel, gpusPerReplica, replicas, costPerHour, utilisation, cheaper }];
}

function workOfCalls({ requests, tokens }: CallAggregate): ServingWork {
  return {
    requests,
    inputTokens: tokens.input,
    cachedInputTokens: tokens.cachedInput,
    outputTokens: tokens.output,
    prefillMicros: null,
    decodeMicros: null,
  };
}

/** What nobody can price comes last. */
function cheapestFirst(a: SelfHostOption, b: SelfHostOption): number {
  const [left, right] = [a, b].map(({ costPerHour }) => Number(costPerHour ?? Number.POSITIVE_INFINITY));
  return left! < right! ? -1 : left! > right! ? 1 : a.like < b.like ? -1 : 1;
}
