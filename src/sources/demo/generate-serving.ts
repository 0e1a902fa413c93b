import type { FactBatch } from '../../domain/facts/facts.ts';
import { parsePicos } from '../../domain/money/picos.ts';
import type { TimeWindow } from '../../domain/time/window.ts';
import type { Machine } from './build-machines.ts';
import { generateCalls } from './generate-calls.ts';
import { generateTraffic } from './generate-traffic.ts';
import type { Hold } from './hold.ts';
import { REVENUES } from './traffic-plan.ts';

/** What model servers count, what a gateway and traces know of single calls, what judges think of them, and what they earn. */
export function* generateServing(
  machines: readonly Machine[],
  holds: readonly Hold[],
  seed: number,
  window: TimeWindow,
): Generator<FactBatch> {
  yield* generateTraffic(machines, holds, seed, window);
  yield* generateCalls(seed, window);
  yield { revenues: revenuesFrom(window) };
}

/** The sales team states one figure for each endpoint, from the start. */
function revenuesFrom({ fromMs }: TimeWindow): NonNullable<FactBatch['revenues']> {
  return REVENUES.map(({ endpoint, model, per1k }) => ({
    endpoint,
    model,
    fromMs,
    per1kRequestsPicos: parsePicos(per1k)!.picos,
  }));
}
