import type { AllocationFact, CapacityFact, RunFact } from '../domain/facts/facts.ts';
import { grossOf } from '../domain/ledger/buckets.ts';
import { formatPicos } from '../domain/money/picos.ts';
import {
  ceilToHour,
  type EpochMs,
  floorToHour,
  formatInstant,
  HOUR_MS,
  SECOND_MS,
} from '../domain/time/window.ts';
import { ticksToHours } from '../domain/units/gpu-time.ts';
import { HeldMeter } from '../domain/usage/measure-held.ts';
import type { Clock } from '../ports/clock.ts';
import type { PriceBook } from '../ports/price-book.ts';
import type { FactReading, FileSource } from '../ports/source.ts';
import type { LedgerAggregate, Store } from '../ports/store.ts';
import { buildLedger } from './build-ledger.ts';
import { sumAggregates } from './figures/aggregates.ts';
import { fraction } from './figures/fraction.ts';
import { isUnpriced, ledgerFigures } from './figures/ledger-figures.ts';
import { importReading } from './import-reading.ts';
import type { MeteredGpu, MeteredPrice, MeteredReceipt } from './results/metered-receipt.ts';
import type { TareSettings } from './tare.ts';

export type WeighRunParts = Readonly<{
  /** An empty store that nothing else is in, so that the receipt waits for no other work and holds this run alone; closed afterwards. */
  openStore: () => Promise<Store>;
  /** Reads the record of a run. */
  source: FileSource;
  priceBooks: readonly PriceBook[];
  settings: TareSettings;
  clock: Clock;
}>;

/** The receipt of one run, by the rules of the ledger: its facts go into a store, its hours are built, and the figures are read from there. */
export async function weighRun(
  parts: WeighRunParts,
  path: string,
  signal: AbortSignal,
): Promise<MeteredReceipt> {
  const nowMs = parts.clock.nowMs();
  const seen = await readRecord(parts, path, nowMs, signal);
  const endMs = seen.run.endMs ?? nowMs;
  const startMs = seen.run.startMs ?? endMs;
  const weighed =
    seen.allocations.length === 0
      ? NOTHING_HELD
      : await weighHeld(parts, path, seen, { startMs, endMs }, signal);
  const total = sumAggregates(weighed.byModel);
  const { gpuHours, cost, unpricedGpuHours } = ledgerFigures(total);
  return {
    runId: seen.run.runId,
    name: seen.run.name,
    experiment: seen.run.experiment,
    state: seen.run.state,
    stateDetail: seen.run.stateDetail,
    from: formatInstant(startMs),
    to: formatInstant(endMs),
    wallSeconds: (endMs - startMs) / SECOND_MS,
    currency: parts.settings.currency,
    sawGpus: seen.run.workloadId !== null,
    gpus: gpusOf(weighed.byModel, seen),
    gpuHours,
    cost: isUnpriced(total) ? null : cost,
    unpricedGpuHours,
    isEstimate: weighed.byModel.some(({ key }) => isEstimated(key['priceSource'])),
    prices: weighed.prices,
    utilisation: utilisationOf(total),
    ...seen.meter.measure(seen.allocations, endMs),
    memoryMib: largest(seen.capacity.map(({ memoryMib }) => memoryMib)),
    checkpoints: { count: seen.checkpointsMs.length, last: lastOf(seen.checkpointsMs) },
    notes: seen.notes,
  };
}

type Seen = Readonly<{
  run: RunFact;
  allocations: readonly AllocationFact[];
  capacity: readonly CapacityFact[];
  checkpointsMs: readonly EpochMs[];
  meter: HeldMeter;
  notes: readonly string[];
}>;

/** Everything but the samples, which are many, and of which only sums are wanted here. */
async function readRecord(
  parts: WeighRunParts,
  path: string,
  nowMs: EpochMs,
  signal: AbortSignal,
): Promise<Seen> {
  const facts = {
    runs: [] as RunFact[],
    allocations: [] as AllocationFact[],
    capacity: [] as CapacityFact[],
  };
  const checkpointsMs: EpochMs[] = [];
  const meter = new HeldMeter();
  const { batches, summary } = openRecord(parts, path, nowMs, signal);
  for await (const batch of batches) {
    for (const usage of batch.usage ?? []) meter.add(usage);
    facts.runs.push(...(batch.runs ?? []));
    facts.allocations.push(...(batch.allocations ?? []));
    facts.capacity.push(...(batch.capacity ?? []));
    checkpointsMs.push(...(batch.checkpoints ?? []).map(({ atMs }) => atMs));
  }
  const [run] = facts.runs;
  if (run === undefined) throw new Error(`${path} holds no run`);
  return { ...facts, run, checkpointsMs, meter, notes: summary.warnings.map(({ message }) => message) };
}

function openRecord(
  { source, settings }: WeighRunParts,
  path: string,
  nowMs: EpochMs,
  signal: AbortSignal,
): FactReading {
  const { currency, exchangeRates: rates } = settings;
  return source.read(path, { map: {}, set: {}, fields: null, currency, rates, nowMs, signal });
}

type Weighed = Readonly<{ byModel: readonly LedgerAggregate[]; prices: readonly MeteredPrice[] }>;
const NOTHING_HELD: Weighed = { byModel: [], prices: [] };

async function weighHeld(
  parts: WeighRunParts,
  path: string,
  seen: Seen,
  { startMs, endMs }: Readonly<{ startMs: EpochMs; endMs: EpochMs }>,
  signal: AbortSignal,
): Promise<Weighed> {
  const store = await parts.openStore();
  try {
    const nowMs = parts.clock.nowMs();
    const { kind } = parts.source;
    await importReading({
      store,
      dataset: { name: `${kind}:${path}`, kind, importedAtMs: nowMs },
      reading: openRecord(parts, path, nowMs, signal),
      task: `reading ${path}`,
      progress: () => {},
      signal,
    });
    await buildLedger({ ...parts, store }, () => {}, signal);
    const fromMs = floorToHour(startMs);
    const window = { fromMs, toMs: Math.max(ceilToHour(endMs), fromMs + HOUR_MS) };
    const byModel = await store.ledger({ window, by: ['gpuModel', 'priceSource'] });
    return { byModel, prices: await pricesOf(store, seen) };
  } finally {
    await store.close();
  }
}

/** A bill may replace any price but the cost of owning. */
function isEstimated(priceSource: string | undefined): boolean {
  return priceSource === 'contract' || priceSource === 'price_book';
}

function gpusOf(aggregates: readonly LedgerAggregate[], { allocations, capacity }: Seen): MeteredGpu[] {
  const modelOf = new Map(capacity.map(({ deviceId, gpuModel }) => [deviceId, gpuModel]));
  const held = new Map<string, Set<string>>();
  for (const { deviceId } of allocations) {
    const model = modelOf.get(deviceId) ?? 'unknown';
    held.set(model, (held.get(model) ?? new Set()).add(deviceId));
  }
  return [...held].map(([gpuModel, devices]) => {
    const ofModel = aggregates.filter(({ key }) => key['gpuModel'] === gpuModel);
    return {
      gpuModel,
      devices: devices.size,
      gpuHours: ticksToHours(grossOf(sumAggregates(ofModel).ticks)),
    };
  });
}

/** As the first and the last hour of one device of each model say: a price may change in between. */
async function pricesOf(store: Store, { capacity, run }: Seen): Promise<MeteredPrice[]> {
  const prices = new Map<string, MeteredPrice>();
  for (const gpuModel of new Set(capacity.map((fact) => fact.gpuModel))) {
    const fact = capacity.find((candidate) => candidate.gpuModel === gpuModel)!;
    const lastMs = (fact.endMs ?? run.endMs ?? fact.startMs + 1) - 1;
    for (const atMs of new Set([floorToHour(fact.startMs), floorToHour(lastMs)])) {
      const { slots } = await store.evidence(fact.deviceId, atMs);
      for (const slot of slots) {
        const { priceSource, perGpuHourPicos, priceDate, priceReference } = slot;
        const price = {
          gpuModel,
          source: priceSource,
          perGpuHour: perGpuHourPicos === null ? null : formatPicos(perGpuHourPicos),
          date: priceDate,
          reference: priceReference,
        };
        prices.set(JSON.stringify(price), price);
      }
    }
  }
  return [...prices.values()];
}

function utilisationOf({ ticks, basisTicks }: LedgerAggregate): MeteredReceipt['utilisation'] {
  const gross = grossOf(ticks);
  const observed = gross - ticks.unobserved;
  const [best] = (Object.entries(basisTicks) as [keyof typeof basisTicks, bigint][])
    .filter(([, basis]) => basis > 0n)
    .sort(([, a], [, b]) => (a < b ? 1 : -1));
  return {
    busy: fraction(observed - ticks.idle, observed),
    observed: fraction(observed, gross),
    basis: best?.[0] ?? null,
  };
}

function largest(values: readonly (number | null)[]): number | null {
  return values.reduce<number | null>(
    (most, value) => (value === null ? most : Math.max(value, most ?? 0)),
    null,
  );
}

function lastOf(times: readonly EpochMs[]): string | null {
  return times.length === 0 ? null : formatInstant(Math.max(...times));
}
