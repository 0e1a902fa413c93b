import { type EpochMs, parseInstant } from '../../domain/time/window.ts';

/** What one line of `nvidia-smi --query-gpu` says about one GPU. `null` is what it does not say, or answers with `[N/A]` and the like. */
export type GpuReading = Readonly<{
  /** As printed: local time without a zone, or nothing. */
  timestamp: string | null;
  /** `null` when absent or masked with zeros. */
  uuid: string | null;
  index: string | null;
  busId: string | null;
  name: string | null;
  /** 0–1. Unknown under MIG. */
  gpuUtil: number | null;
  memoryUsedMib: number | null;
  memoryTotalMib: number | null;
  powerWatts: number | null;
  isMig: boolean;
}>;

export type ParsedGpu =
  | Readonly<{ kind: 'gpu'; reading: GpuReading }>
  /** `nvidia-smi … >> file` writes its header each time. */
  | Readonly<{ kind: 'header' }>
  | Readonly<{ kind: 'problem'; column: string; message: string }>;

export type QueryGpuParser = Readonly<{
  /** The fields of ours that the capture has, by their name in `nvidia-smi --help-query-gpu`. */
  fields: ReadonlySet<string>;
  parse(cells: readonly (string | null)[]): ParsedGpu;
}>;

/** Our field → its names, the preferred one first. Older drivers and `--query-compute-apps` use the others. */
const FIELDS = {
  timestamp: ['timestamp'],
  uuid: ['uuid', 'gpu_uuid'],
  index: ['index'],
  'pci.bus_id': ['pci.bus_id', 'gpu_bus_id'],
  name: ['name', 'gpu_name'],
  'utilization.gpu': ['utilization.gpu'],
  'memory.used': ['memory.used'],
  'memory.total': ['memory.total'],
  'power.draw': ['power.draw', 'power.draw.average', 'power.draw.instant'],
  'mig.mode.current': ['mig.mode.current'],
  pid: ['pid'],
} as const;

type Field = keyof typeof FIELDS;
type Column = Readonly<{ index: number; unit: string | null; spelling: string }>;

/** To our unit: MiB, watts, and a fraction for percent. Divisors, because 57 ÷ 100 is 0.57 and 57 × 0.01 is not. */
const UNITS: Readonly<Record<string, (value: number) => number>> = {
  '%': (percent) => percent / 100,
  mib: (mib) => mib,
  kib: (kib) => kib / 1024,
  gib: (gib) => gib * 1024,
  b: (bytes) => bytes / (1024 * 1024),
  w: (watts) => watts,
  mw: (milliwatts) => milliwatts / 1000,
  kw: (kilowatts) => kilowatts * 1000,
};
const DEFAULT_UNITS: Readonly<Partial<Record<Field, string>>> = {
  'utilization.gpu': '%',
  'memory.used': 'mib',
  'memory.total': 'mib',
  'power.draw': 'w',
};

const HEADER = /^(.*?)\s*(?:\[([^\]]*)\])?$/;
const VALUE = /^([+-]?\d+(?:\.\d+)?)\s*([%A-Za-z]*)$/;
/** `[N/A]`, `[Not Supported]`, `[Unknown Error]`, `[Requested functionality has been deprecated]`, `N/A`, `ERR!`. */
const UNKNOWN = /^(\[.*\]|n\/a|err!|not supported|unknown error|not found)$/i;
const MASKED_UUID = /^(gpu-|mig-)?[0-]+$/i;

/** Prepares to read the lines of a capture whose header (or `--fields`) names these columns, with or without units. */
export function queryGpuParser(columns: readonly string[]): QueryGpuParser {
  const found = new Map<Field, Column>();
  const named = columns.map(readHeaderCell);
  for (const [field, names] of Object.entries(FIELDS) as [Field, readonly string[]][]) {
    const name = names.find((candidate) => named.some((column) => column.name === candidate));
    const index = named.findIndex((column) => column.name === name);
    if (index >= 0) found.set(field, { index, unit: named[index]!.unit, spelling: columns[index]! });
  }
  return { fields: new Set(found.keys()), parse: (cells) => parseLine(found, columns, cells) };
}

function readHeaderCell(column: string): { name: string; unit: string | null } {
  const [, name = '', unit] = HEADER.exec(column.trim()) ?? [];
  return { name: name.toLowerCase(), unit: unit === undefined ? null : unit.toLowerCase() };
}

function parseLine(
  found: ReadonlyMap<Field, Column>,
  columns: readonly string[],
  cells: readonly (string | null)[],
): ParsedGpu {
  if (columns.every((column, index) => column.trim() === cells[index]?.trim())) return { kind: 'header' };
  let problem: ParsedGpu | null = null;
  const text = (field: Field): string | null => {
    const cell = cells[found.get(field)?.index ?? -1]?.trim() ?? '';
    return cell === '' || UNKNOWN.test(cell) ? null : cell;
  };
  const measure = (field: Field): number | null => {
    const cell = text(field);
    if (cell === null) return null;
    const column = found.get(field)!;
    const value = readMeasure(cell, column.unit ?? DEFAULT_UNITS[field]!);
    if (value === undefined)
      problem ??= {
        kind: 'problem',
        column: column.spelling,
        message: `\`${cell}\` is not a measure of nvidia-smi; expected a number with or without its unit, or [N/A]`,
      };
    return value ?? null;
  };

  const uuid = text('uuid');
  const reading: GpuReading = {
    timestamp: text('timestamp'),
    uuid: uuid === null || MASKED_UUID.test(uuid) ? null : uuid,
    index: text('index'),
    busId: text('pci.bus_id'),
    name: text('name'),
    gpuUtil: measure('utilization.gpu'),
    memoryUsedMib: measure('memory.used'),
    memoryTotalMib: measure('memory.total'),
    powerWatts: measure('power.draw'),
    isMig: text('mig.mode.current')?.toLowerCase() === 'enabled',
  };
  return problem ?? { kind: 'gpu', reading };
}

/** `575 MiB` → 575, `8 %` → 0.08; the unit of the value beats the one of the header. */
function readMeasure(cell: string, headerUnit: string): number | undefined {
  const match = VALUE.exec(cell);
  if (!match) return undefined;
  const toOurs = UNITS[(match[2] || headerUnit).toLowerCase()];
  return toOurs?.(Number(match[1]));
}

/**
 * `GPU-…` where the driver tells it, otherwise `HOST:INDEX` or `HOST:BUS`: without the host the first GPUs of two machines would be
 * one device. `null` when the line does not say which GPU it is about.
 */
export function deviceIdOf(reading: GpuReading, host: string): string | null {
  const id = reading.uuid ?? localIdOf(reading, host);
  return id === null ? null : id.replaceAll('/', ':');
}

function localIdOf({ index, busId }: GpuReading, host: string): string | null {
  const local = index ?? busId;
  return local === null ? null : `${host}:${local}`;
}

const LOCAL = /^(\d{4})\/(\d{2})\/(\d{2}) (\d{2}:\d{2}:\d{2}(?:\.\d+)?)$/;

/**
 * Reads `2026/07/14 09:00:44.579`, the local time of the machine, by the offset that applies there; ISO 8601 is read too.
 * @param offset `+02:00`, or `Z`
 */
export function parseTimestamp(text: string, offset: string): EpochMs | undefined {
  const local = LOCAL.exec(text);
  if (!local) return parseInstant(text);
  const [, year, month, day, time] = local;
  return parseInstant(`${year}-${month}-${day}T${time}${offset}`);
}

/** Processes by GPU from `--query-compute-apps`; a GPU that is not named has none. */
export function countProcesses(
  columns: readonly string[],
  rows: readonly (readonly string[])[],
): ReadonlyMap<string, number> {
  const { parse } = queryGpuParser(columns);
  const counts = new Map<string, number>();
  for (const cells of rows) {
    const parsed = parse(cells);
    const device = parsed.kind === 'gpu' ? (parsed.reading.uuid ?? parsed.reading.busId) : null;
    if (device !== null) counts.set(device, (counts.get(device) ?? 0) + 1);
  }
  return counts;
}
