import { grossOf } from '../domain/ledger/buckets.ts';
import { type HolderHour, seriesOfHolders, splitAtGaps } from '../domain/levers/holder-hour.ts';
import { DEFAULT_SCALE_TO_ZERO, isActive } from '../domain/levers/scale-to-zero.ts';
import { formatInstant, HOUR_MS, type TimeWindow } from '../domain/time/window.ts';
import { TICKS_PER_GPU_HOUR, ticksToHours } from '../domain/units/gpu-time.ts';
import type { Store } from '../ports/store.ts';
import { TareError } from './errors.ts';
import type { HistoryChoices, HistoryTraces } from './results/simulation.ts';
import { HISTORY_SIMULATORS, type HistorySimulator, type HistoryTracesRequest } from './tare.ts';

type Parts = Readonly<{ store: Store }>;
type Trace = HistoryTraces['traces'][number];
type Made = Readonly<{ traces: readonly Trace[]; notes: readonly string[] }>;

/** What the history of a window can be about: endpoints, GPU models or pools, the one with most GPU time first. */
export async function historyChoices(
  { store }: Parts,
  { simulator, window }: Omit<HistoryTracesRequest, 'about'>,
): Promise<HistoryChoices> {
  const ticks = new Map<string, bigint>();
  const { nameOf } = HISTORIES[checked(simulator)];
  for (const hour of await store.holderHours(window)) {
    const name = nameOf(hour);
    if (name !== null) ticks.set(name, (ticks.get(name) ?? 0n) + grossOf(hour.ticks));
  }
  const choices = [...ticks]
    .toSorted(([a, one], [b, other]) => (one === other ? (a < b ? -1 : 1) : one < other ? 1 : -1))
    .map(([about, sum]) => ({ about, gpuHours: ticksToHours(sum) }));
  return { simulator, from: formatInstant(window.fromMs), to: formatInstant(window.toMs), choices };
}

/**
 * The ledger of a window as the traces that a simulator reads from anyone, so that the same files give the same answer in a terminal.
 * @throws TareError when nothing in the window is about what was asked for
 */
export async function historyTraces({ store }: Parts, request: HistoryTracesRequest): Promise<HistoryTraces> {
  const { simulator, window, about } = request;
  const { nameOf, make, what } = HISTORIES[checked(simulator)];
  const all = await store.holderHours(window);
  const hours = all.filter((hour) => {
    const name = nameOf(hour);
    return name !== null && (about === null || name === about);
  });
  const { traces, notes } = await make(store, window, hours);
  if (traces.some(({ rows }) => rows === 0)) throw nothingFound(what, request);
  return {
    simulator,
    about,
    from: formatInstant(window.fromMs),
    to: formatInstant(window.toMs),
    traces,
    notes,
  };
}

type History = Readonly<{
  /** What was looked for, in a message. */
  what: string;
  /** `null`: not an hour of this kind. */
  nameOf: (hour: HolderHour) => string | null;
  make: (store: Store, window: TimeWindow, hours: readonly HolderHour[]) => Promise<Made>;
}>;

/** What a commitment could take the place of. */
const COMMITTABLE = ['on_demand', 'committed'];

const HISTORIES: Readonly<Record<HistorySimulator, History>> = {
  'scale-to-zero': {
    what: 'samples of the endpoint',
    nameOf: ({ kind, workload }) => (kind === 'inference' ? workload : null),
    make: activityOf,
  },
  commitment: {
    what: 'GPU time on demand or under a commitment',
    nameOf: ({ lifecycle, gpuModel }) => (COMMITTABLE.includes(lifecycle) ? gpuModel : null),
    make: async (_, __, hours) => demandOf(hours),
  },
  packing: {
    what: 'GPUs that anybody held',
    nameOf: ({ pool }) => pool,
    make: async (_, __, hours) => placementsOf(hours),
  },
};

function checked(simulator: string): HistorySimulator {
  const found = HISTORY_SIMULATORS.find((name) => name === simulator);
  if (found) return found;
  throw new TareError(
    'usage',
    `the ledger does not know what ${simulator} needs`,
    `give a trace, or choose one of ${HISTORY_SIMULATORS.join(', ')}`,
  );
}

async function activityOf(store: Store, window: TimeWindow, hours: readonly HolderHour[]): Promise<Made> {
  const ids = [...new Set(hours.map(({ workloadId }) => workloadId))];
  const { slotSeconds } = DEFAULT_SCALE_TO_ZERO;
  const slots = await store.activeSlots(window, ids, slotSeconds * 1_000);
  const intervalSeconds = slots.reduce(
    (most, { intervalMs }) => Math.max(most, intervalMs / 1_000),
    slotSeconds,
  );
  const rows = slots.map(({ workloadId, slotMs, busyPpm }) => [
    formatInstant(slotMs),
    workloadId,
    String(intervalSeconds),
    isActive(busyPpm) ? String(busyPpm / 1_000_000) : '0',
  ]);
  return {
    traces: [trace('usage', 'usage.csv', 'time,device,intervalSeconds,gpuUtil', rows)],
    notes: [
      `slots of ${intervalSeconds / 60} minutes, each with the busiest device of the replica`,
      'a slot in which no device was busy for 1 % had no request',
      'devices that are shared are left out: what one of several did on them cannot be told apart',
    ],
  };
}

function demandOf(hours: readonly HolderHour[]): Made {
  const byHour = new Map<number, bigint>();
  for (const { hourMs, ticks } of hours) byHour.set(hourMs, (byHour.get(hourMs) ?? 0n) + grossOf(ticks));
  const rows = [...byHour]
    .toSorted(([a], [b]) => a - b)
    .map(([hourMs, ticks]) => [formatInstant(hourMs), String(ticksToHours(ticks))]);
  return {
    traces: [trace('demand', 'demand.csv', 'hour,gpus', rows)],
    notes: [
      'GPU-hours paid for in each hour, on demand or under a commitment, used or not',
      'spot and owned machines are left out: a commitment does not replace them',
    ],
  };
}

function placementsOf(hours: readonly HolderHour[]): Made {
  const nodes = new Map<string, Readonly<{ gpus: number; model: string }>>();
  for (const { node, gpuModel, gpus } of gpusByNode(hours)) {
    const known = nodes.get(node)?.gpus ?? 0;
    if (gpus > known) nodes.set(node, { gpus, model: gpuModel });
  }
  const held = hours.filter(({ workloadId }) => workloadId !== '');
  return {
    traces: [
      trace(
        'nodes',
        'nodes.csv',
        'name,cpuMilli,memoryMib,gpus,model',
        [...nodes].map(([name, { gpus, model }]) => [name, '0', '0', String(gpus), model]),
      ),
      trace('pods', 'pods.csv', 'name,cpuMilli,memoryMib,gpus,gpuMilli,models,created,deleted', podsOf(held)),
    ],
    notes: [
      'each stretch of hours in which a workload held GPUs of a node is a pod; the ledger is hourly, so that who left and who came within one hour may meet',
      'CPU and memory are not in the ledger: GPUs alone decide what fits',
    ],
  };
}

/** All GPUs of a node that were paid for in an hour. */
function gpusByNode(hours: readonly HolderHour[]) {
  const sums = new Map<string, { node: string; gpuModel: string; ticks: bigint }>();
  for (const { hourMs, node, gpuModel, ticks } of hours) {
    const key = `${hourMs}\0${node}`;
    const sum = sums.get(key) ?? { node, gpuModel, ticks: 0n };
    sums.set(key, { ...sum, ticks: sum.ticks + grossOf(ticks) });
  }
  return [...sums.values()].map(({ ticks, ...rest }) => ({ ...rest, gpus: Math.ceil(gpusHeld(ticks)) }));
}

/** An hour of a GPU is never quite whole where samples or bills end a moment earlier. */
const ROUNDING = 0.01;

function gpusHeld(ticks: bigint): number {
  return Math.max(0, Number(ticks) / Number(TICKS_PER_GPU_HOUR) - ROUNDING);
}

/** A hold that began or ended within an hour shows as a part of what it held in the hours between. */
function podsOf(hours: readonly HolderHour[]): string[][] {
  const pods: string[][] = [];
  for (const series of seriesOfHolders(hours).values()) {
    for (const stretch of splitAtGaps(hours, series)) {
      const held = stretch.map((index) => gpusHeld(grossOf(hours[index]!.ticks)));
      const most = Math.max(...held);
      const [first, last] = [hours[stretch[0]!]!, hours[stretch.at(-1)!]!];
      const [before, after] = [1 - held[0]! / most, 1 - held.at(-1)! / most];
      const isShare = most < 1 - 2 * ROUNDING;
      pods.push([
        `${first.workload}/${pods.length + 1}`,
        '0',
        '0',
        String(isShare ? 1 : Math.max(1, Math.ceil(most))),
        String(isShare ? Math.max(1, Math.round(1_000 * (most + ROUNDING))) : 1_000),
        first.gpuModel,
        formatInstant(first.hourMs + secondsOf(before)),
        formatInstant(last.hourMs + HOUR_MS - (stretch.length > 1 ? secondsOf(after) : 0)),
      ]);
    }
  }
  return pods;
}

/** A part of an hour in milliseconds, to the second; nothing where nothing was held at all. */
function secondsOf(part: number): number {
  return Number.isFinite(part) ? Math.floor(part * 3_600) * 1_000 : 0;
}

function trace(file: string, fileName: string, header: string, rows: readonly (readonly string[])[]): Trace {
  const lines = [header, ...rows.map((cells) => cells.map(quoted).join(','))];
  return { file, fileName, rows: rows.length, text: `${lines.join('\n')}\n` };
}

function quoted(cell: string): string {
  return /[",\r\n]/.test(cell) ? `"${cell.replaceAll('"', '""')}"` : cell;
}

function nothingFound(what: string, { window, about }: HistoryTracesRequest): TareError {
  const whose = about === null ? '' : ` of ${about}`;
  return new TareError(
    'noSuchHistory',
    `no ${what}${whose} from ${formatInstant(window.fromMs)} to ${formatInstant(window.toMs)}`,
    'choose another window, or something else to replay; or give a trace',
  );
}
