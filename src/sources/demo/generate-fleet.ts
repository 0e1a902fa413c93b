import type { FactBatch } from '../../domain/facts/facts.ts';
import { DAY_MS, type EpochMs, floorToHour } from '../../domain/time/window.ts';
import type { HardwareCatalog } from '../../ports/hardware-catalog.ts';
import { buildMachine } from './build-machines.ts';
import { FORGOTTEN, NODES } from './fleet-plan.ts';
import { generateBill } from './generate-charges.ts';
import { generateAllocations, generateCapacity } from './generate-inventory.ts';
import { generateRuns } from './generate-runs.ts';
import { generateServing } from './generate-serving.ts';
import { generateUsage } from './generate-usage.ts';
import { BILLS, type BillName } from './rentals.ts';
import { scheduleWork } from './schedule-work.ts';
import { LANES, WORKLOADS } from './work-plan.ts';

export type FleetOptions = Readonly<{
  seed: number;
  /** The generated past ends here, floored to the hour. */
  untilMs: EpochMs;
  days: number;
  /** Amounts are plausible as US dollars; whatever the currency, the figures are the same. */
  currency: string;
  /** For memory sizes and power limits; a GPU that it does not know has unknown ones. */
  catalog: HardwareCatalog;
}>;

export type GeneratedFleet = Readonly<{
  /** What a reader has to know: that it is invented, how large it is, and how bills and prices relate. */
  description: string;
  /** Each can be iterated again, with the same result. */
  datasets: readonly Readonly<{ name: string; kind: string; batches: Iterable<FactBatch> }>[];
}>;

/**
 * The fleet behind `tare demo`: an invented company of four teams, with everything that goes wrong in a real one.
 * The same seed and end give the same facts, to the last digit.
 */
export function generateFleet({ seed, untilMs, days, currency, catalog }: FleetOptions): GeneratedFleet {
  const toMs = floorToHour(untilMs);
  const window = { fromMs: toMs - days * DAY_MS, toMs };
  const machines = NODES.map((plan) => buildMachine(plan, seed, window, catalog));
  const forgotten = FORGOTTEN.map((plan) => buildMachine(plan, seed, window, catalog));
  const byName = new Map(machines.map((machine) => [machine.plan.name, machine]));
  const holds = scheduleWork(LANES, byName, seed, window);

  const dataset = (name: string, kind: string, generate: () => Iterable<FactBatch>) => ({
    name: `demo:${name}`,
    kind,
    batches: { [Symbol.iterator]: () => generate()[Symbol.iterator]() },
  });
  return {
    description: describe(
      machines.reduce((sum, { gpus }) => sum + gpus, 0),
      days,
      seed,
    ),
    datasets: [
      dataset('capacity', 'demo-inventory', () => generateCapacity(machines)),
      dataset('allocations', 'demo-scheduler', () => generateAllocations(WORKLOADS, holds)),
      dataset('runs', 'demo-tracking', () => generateRuns(machines, holds, seed, window)),
      dataset('serving', 'demo-serving', () => generateServing(machines, holds, seed, window)),
      dataset('usage', 'demo-telemetry', () => generateUsage(machines, holds, seed, window)),
      ...(Object.keys(BILLS) as BillName[]).map((bill) =>
        dataset(`bill-${bill}`, 'demo-bill', () =>
          generateBill(bill, [...machines, ...forgotten], { seed, window, currency }),
        ),
      ),
    ],
  };
}

function describe(gpus: number, days: number, seed: number): string {
  return (
    `An invented company (seed ${seed}): ${gpus} GPUs, ${days} days, four teams, three clouds and its own servers. ` +
    'Bills agree with the stated prices within 1.5 % per machine, and the newest two days are not billed yet.'
  );
}
