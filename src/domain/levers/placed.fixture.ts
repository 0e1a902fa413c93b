import { HOUR_MS } from '../time/window.ts';
import { PARTS_PER_GPU } from '../units/gpu-time.ts';
import type { HolderHour } from './holder-hour.ts';
import { hoursOf, START } from './hours.fixture.ts';
import type { HeldDevice } from './packed-nodes.ts';

/** A hold: who, on which node and GPUs, from which hour to which. */
export type Stay = Readonly<{
  who: string;
  on: string;
  gpus: number;
  from: number;
  to: number;
  given?: Partial<HolderHour>;
}>;
export type Nodes = Readonly<
  Record<string, Readonly<{ gpus: number; hours: number; given?: Partial<HolderHour> }>>
>;

/** The ledger of nodes at 1.00 a GPU-hour, with what nobody held, and the holds as the store tells them. */
export function fleetOf(nodes: Nodes, stays: readonly Stay[]) {
  const hours: HolderHour[] = [];
  const held: HeldDevice[] = [];
  for (const [node, { gpus, hours: length, given }] of Object.entries(nodes)) {
    const own = stays.filter(({ on }) => on === node);
    const used = Array.from({ length }, () => 0);
    for (const { who, gpus: of, from, to, given: more } of own) {
      for (let hour = from; hour < to; hour++) {
        used[hour]! += of;
        hours.push(
          ...hourOf(hour, '#', of, {
            ...given,
            node,
            workloadId: who,
            workload: who,
            kind: 'batch',
            ...more,
          }),
        );
      }
    }
    for (const [hour, of] of used.entries())
      if (of < gpus) hours.push(...hourOf(hour, '0', gpus - of, { ...given, node }));
    held.push(...own.flatMap((stay, position) => devicesOf(stay, position)));
  }
  return { hours, held };
}

function hourOf(hour: number, sign: string, gpus: number, given: Partial<HolderHour>): HolderHour[] {
  const times = BigInt(gpus);
  return hoursOf(sign, given).map((one) => ({
    ...one,
    hourMs: START + hour * HOUR_MS,
    devices: gpus,
    ticks: mapValues(one.ticks, (of) => of * times),
    cost: mapValues(one.cost, (of) => of * times),
  }));
}

function mapValues<Values extends object>(values: Values, map: (value: bigint) => bigint): Values {
  return Object.fromEntries(Object.entries(values).map(([key, value]) => [key, map(value)])) as Values;
}

function devicesOf({ who, on, gpus, from, to }: Stay, position: number): HeldDevice[] {
  return Array.from({ length: gpus }, (_, gpu) => ({
    workloadId: who,
    deviceId: `${on}:${position}:${gpu}`,
    node: on,
    gpuModel: 'L40S',
    isWholeGpu: true,
    shareParts: PARTS_PER_GPU,
    startMs: START + from * HOUR_MS,
    endMs: START + to * HOUR_MS,
  }));
}
