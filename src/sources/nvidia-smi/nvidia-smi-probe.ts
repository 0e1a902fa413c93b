import { hostname } from 'node:os';
import { PARTS_PER_GPU } from '../../domain/units/gpu-time.ts';
import type { DeviceHolder, GpuProbe, SightedDevice } from '../../ports/gpu-probe.ts';
import type { HardwareCatalog } from '../../ports/hardware-catalog.ts';
import { type ListedSlice, type MigSlice, parseMigList, parseMigQuery } from './parse-mig.ts';
import { deviceIdOf, type GpuReading, queryGpuParser } from './parse-query-gpu.ts';
import { queryNvidiaSmi, runNvidiaSmi } from './run-nvidia-smi.ts';

const QUERY_GPU =
  '--query-gpu=index,uuid,pci.bus_id,name,utilization.gpu,memory.used,memory.total,power.draw,mig.mode.current';
const QUERY_APPS = '--query-compute-apps=gpu_uuid,gpu_bus_id,pid';
/** Compute slices of a card whose model the catalogue does not know: all but the A30 have seven. */
const USUAL_MIG_SLICES = 7;

export type NvidiaSmiProbeOptions = Readonly<{
  /** Found on the PATH when absent. */
  binary?: string;
  /** Name of this machine, for GPUs without a UUID; the host name when absent. */
  node?: string;
  catalog: HardwareCatalog;
}>;

/**
 * Asks `nvidia-smi` anew each time. Its looping mode would cost less, but a loop over processes prints nothing while there are none,
 * and what it has printed into a pipe may be held back.
 */
export function createNvidiaSmiProbe({
  binary = 'nvidia-smi',
  node = hostname(),
  catalog,
}: NvidiaSmiProbeOptions): GpuProbe {
  /** By bus id or UUID, as far as the last look went. */
  let cards = new Map<string, Card>();

  async function look(signal: AbortSignal): Promise<readonly SightedDevice[]> {
    const readings = await readCards(binary, signal);
    const hasMig = readings.some(({ isMig }) => isMig);
    const [details, list] = hasMig
      ? [
          parseMigQuery(await runNvidiaSmi(binary, ['-q'], signal)),
          parseMigList(await runNvidiaSmi(binary, ['-L'], signal)),
        ]
      : [null, []];
    cards = new Map();
    return readings.flatMap((reading) => {
      const deviceId = deviceIdOf(reading, node);
      if (deviceId === null) return [];
      const card = { deviceId, isMig: reading.isMig };
      for (const name of [reading.uuid, reading.busId]) if (name !== null) cards.set(name, card);
      if (!reading.isMig) return [wholeCard(reading, deviceId, catalog)];
      const slices = details?.slices.filter(({ busId }) => busId === reading.busId) ?? [];
      return firstOfEach(slices).map((slice) => asDevice(slice, list, reading, deviceId, catalog));
    });
  }

  async function holders(signal: AbortSignal): Promise<readonly DeviceHolder[]> {
    if ([...cards.values()].some(({ isMig }) => isMig)) return migHolders(signal);
    const { columns, rows } = await queryNvidiaSmi(binary, QUERY_APPS, signal);
    const pidColumn = columns.findIndex((column) => column.trim().toLowerCase() === 'pid');
    return rows.flatMap((cells) => {
      const pid = Number(cells[pidColumn]);
      const card = cells.map((cell) => cards.get(cell)).find((found) => found !== undefined);
      return card === undefined || !(pid > 0) ? [] : [{ deviceId: card.deviceId, pid }];
    });
  }

  /** `--query-compute-apps` names the card and not the slice. */
  async function migHolders(signal: AbortSignal): Promise<readonly DeviceHolder[]> {
    const { processes } = parseMigQuery(await runNvidiaSmi(binary, ['-q'], signal));
    return processes.flatMap(({ busId, instanceId, pid }) => {
      const card = cards.get(busId);
      if (card === undefined) return [];
      return [{ deviceId: instanceId === null ? card.deviceId : `${card.deviceId}:gi${instanceId}`, pid }];
    });
  }

  return { look, holders };
}

type Card = Readonly<{ deviceId: string; isMig: boolean }>;

async function readCards(binary: string, signal: AbortSignal): Promise<GpuReading[]> {
  const { columns, rows } = await queryNvidiaSmi(binary, QUERY_GPU, signal);
  const { parse } = queryGpuParser(columns);
  return rows.flatMap((cells) => {
    const parsed = parse(cells);
    return parsed.kind === 'gpu' ? [parsed.reading] : [];
  });
}

function wholeCard(reading: GpuReading, deviceId: string, catalog: HardwareCatalog): SightedDevice {
  const { uuid, gpuUtil, memoryTotalMib, memoryUsedMib, powerWatts } = reading;
  return {
    deviceId,
    uuid,
    index: indexOf(reading),
    isSlice: false,
    gpuModel: modelOf(reading, catalog),
    gpuParts: PARTS_PER_GPU,
    memoryMib: memoryTotalMib,
    gpuUtil,
    memoryUsedMib,
    powerWatts,
  };
}

function asDevice(
  slice: MigSlice,
  list: readonly ListedSlice[],
  reading: GpuReading,
  cardId: string,
  catalog: HardwareCatalog,
): SightedDevice {
  const index = indexOf(reading);
  const listed = list.find(({ gpuIndex, sliceIndex }) => gpuIndex === index && sliceIndex === slice.index);
  const gpuModel = modelOf(reading, catalog);
  return {
    deviceId: `${cardId}:gi${slice.instanceId}`,
    uuid: listed?.uuid ?? null,
    index,
    isSlice: true,
    gpuModel,
    gpuParts: partsOf(listed?.profile ?? null, gpuModel, catalog),
    memoryMib: slice.memoryTotalMib,
    gpuUtil: null,
    memoryUsedMib: slice.memoryUsedMib,
    powerWatts: null,
  };
}

/** `3g.40gb` of an H100 is three of its seven slices. A slice whose profile is unknown counts as the smallest. */
function partsOf(profile: string | null, gpuModel: string, catalog: HardwareCatalog): number {
  const slices = Number(/^(\d)g/.exec(profile ?? '')?.[1] ?? 1);
  const ofCard = catalog.gpu(gpuModel)?.migSlices ?? USUAL_MIG_SLICES;
  return Math.round((PARTS_PER_GPU * Math.min(slices, ofCard)) / ofCard);
}

/** Two compute instances of one GPU instance share its memory and are one device here. */
function firstOfEach(slices: readonly MigSlice[]): MigSlice[] {
  return slices.filter(
    (slice, place) => slices.findIndex(({ instanceId }) => instanceId === slice.instanceId) === place,
  );
}

function modelOf({ name }: GpuReading, catalog: HardwareCatalog): string {
  return name === null ? 'unknown' : (catalog.gpuModel(name) ?? name);
}

function indexOf({ index }: GpuReading): number | null {
  return index === null || !/^\d+$/.test(index) ? null : Number(index);
}
