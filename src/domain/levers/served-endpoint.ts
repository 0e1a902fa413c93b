import { groupBy } from '../collections/group-by.ts';
import { PPM } from '../units/gpu-time.ts';
import { type HolderHour, seenTicks } from './holder-hour.ts';
import type { MeasuredLatency, ServedHour } from './served-hour.ts';

/** An hour of an endpoint with how busy its devices were in it, and how much of the chip worked while they were, 0–1. */
export type BusyHour = ServedHour & Readonly<{ busy: number | null; fill: number | null }>;

/** An endpoint with its hours in the ledger and at its server. */
export type ServedEndpoint = Readonly<{
  name: string;
  /** Indexes of its hours in the ledger. */
  scope: readonly number[];
  served: readonly BusyHour[];
  latency: MeasuredLatency | null;
}>;

/** Endpoints that are in the ledger and have counters. */
export function servedEndpoints(
  hours: readonly HolderHour[],
  served: readonly ServedHour[],
  latencies: ReadonlyMap<string, MeasuredLatency>,
): ServedEndpoint[] {
  const serving = [...hours.keys()].filter((index) => hours[index]!.kind === 'inference');
  const scopes = groupBy(serving, (index) => hours[index]!.workload);
  return [...groupBy(served, ({ endpoint }) => endpoint)].flatMap(([name, own]) => {
    const scope = scopes.get(name);
    if (!scope) return [];
    const byHour = groupBy(scope, (index) => hours[index]!.hourMs);
    const busyHours = own.map((hour) => ({ ...hour, ...activityOf(hours, byHour.get(hour.hourMs) ?? []) }));
    return [{ name, scope, served: busyHours, latency: latencies.get(name) ?? null }];
  });
}

function activityOf(hours: readonly HolderHour[], indexes: readonly number[]) {
  let [seen, busy, full] = [0n, 0n, 0n];
  for (const index of indexes) {
    const { ticks } = hours[index]!;
    seen += seenTicks(hours[index]!);
    busy += ticks.underused + ticks.lost + ticks.productive;
    full += ticks.lost + ticks.productive;
  }
  return { busy: share(busy, seen), fill: share(full, busy) };
}

function share(part: bigint, whole: bigint): number | null {
  return whole === 0n ? null : Number((part * BigInt(PPM)) / whole) / PPM;
}

/** Hours with fewer requests than this share of the busiest say more about what runs beside the requests. */
const LEAST_SHARE = 0.1;

export function tellingHours(hours: readonly BusyHour[]): BusyHour[] {
  const busiest = busiestHour(hours).requests;
  return hours.filter(({ requests }) => requests > 0 && requests >= busiest * LEAST_SHARE);
}

export function busiestHour(hours: readonly BusyHour[]): BusyHour {
  return hours.reduce((most, hour) => (hour.requests > most.requests ? hour : most));
}
