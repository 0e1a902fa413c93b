import type { RevenueFact } from '../../domain/facts/facts.ts';
import { divideHalfEven } from '../../domain/money/divide-half-even.ts';
import type { EpochMs, TimeWindow } from '../../domain/time/window.ts';
import type { EarningServed } from './inference-figures.ts';
import type { TrainingShare } from './read-options.ts';
import { keyText, NONE, type Served } from './served.ts';
import type { CostedServed } from './serving-costs.ts';

/** A stretch in which no revenue changes, and what was served in it. */
export type RevenueSegment = Readonly<{ window: TimeWindow; served: readonly Served[] }>;

/** The window cut where a revenue begins. */
export function revenueSegments(window: TimeWindow, revenues: readonly RevenueFact[]): TimeWindow[] {
  const inside = revenues.map(({ fromMs }) => fromMs).filter((at) => window.fromMs < at && at < window.toMs);
  const edges = [window.fromMs, ...[...new Set(inside)].sort((a, b) => a - b), window.toMs];
  return edges.slice(1).map((toMs, index) => ({ fromMs: edges[index]!, toMs }));
}

/** Adds what the requests earned, by the revenue that held when they came, and what training adds to them. */
export function addEarnings(
  costed: readonly CostedServed[],
  segments: readonly RevenueSegment[],
  revenues: readonly RevenueFact[],
  trainings: readonly TrainingShare[],
  by: readonly string[],
): EarningServed[] {
  const inSegment = segments.map(({ window, served }) => ({
    fromMs: window.fromMs,
    requests: new Map(served.map((one) => [keyText(one.key, by), one.requests])),
  }));
  return costed.map((one) => {
    let [revenuePicos, revenueRequests] = [null as bigint | null, 0];
    for (const { fromMs, requests } of inSegment) {
      const perThousand = revenueAt(revenues, one.key, fromMs);
      const count = requests.get(keyText(one.key, by)) ?? 0;
      if (perThousand === null || count === 0) continue;
      revenuePicos = (revenuePicos ?? 0n) + divideHalfEven(perThousand * BigInt(count), 1_000n);
      revenueRequests += count;
    }
    const training = trainings.find(({ name }) => name === one.key['model'] || name === one.key['endpoint']);
    const trainingPicos =
      training === undefined
        ? null
        : divideHalfEven(training.costPicos * BigInt(one.requests), BigInt(training.inferences));
    const trainingRequests = training === undefined ? 0 : one.requests;
    return { ...one, revenuePicos, revenueRequests, trainingPicos, trainingRequests };
  });
}

/** The last revenue that began until then: of the endpoint's model before any of the endpoint. */
function revenueAt(revenues: readonly RevenueFact[], key: Served['key'], atMs: EpochMs): bigint | null {
  const begun = revenues.filter(({ endpoint, fromMs }) => endpoint === key['endpoint'] && fromMs <= atMs);
  const latest = (model: string | null) =>
    begun.filter((fact) => fact.model === model).sort((a, b) => b.fromMs - a.fromMs)[0];
  const model = key['model'] ?? NONE;
  return (latest(model) ?? latest(null))?.per1kRequestsPicos ?? null;
}
