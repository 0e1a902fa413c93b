import type { EpochMs } from '../../domain/time/window.ts';
import type { MeteredRun, RunEnd } from '../../ports/run-meter.ts';

/** One line of the record of a run: what its meter saw, as JSON. Lines are appended and never changed. */
export type RecordLine =
  | StartLine
  | Readonly<{ kind: 'code'; commit: string; isDirty: boolean }>
  /** No GPU can be seen on this machine, and why. */
  | Readonly<{ kind: 'blind'; message: string }>
  | Readonly<{ kind: 'visible'; deviceIds: readonly string[]; unknown: string | null }>
  | DeviceLine
  | SampleLine
  | Readonly<{ kind: 'checkpoint'; atMs: EpochMs }>
  | Readonly<{ kind: 'note'; code: string; message: string }>
  /** Says that the meter was alive; a run without samples would else have no last moment. */
  | Readonly<{ kind: 'beat'; atMs: EpochMs }>
  | (Readonly<{ kind: 'end' }> & RunEnd);

export type StartLine = Readonly<{ kind: 'start'; version: 1; run: MeteredRun; meter: Meter }>;

/** Which process wrote the record: a number is reused, and the start and the machine's start tell it apart. */
export type Meter = Readonly<{ host: string; bootId: string | null; pid: number; started: string | null }>;

export type DeviceLine = Readonly<{
  kind: 'device';
  deviceId: string;
  gpuModel: string;
  gpuParts: number;
  memoryMib: number | null;
  isSlice: boolean;
}>;

export type SampleLine = Readonly<{
  kind: 'sample';
  atMs: EpochMs;
  /** Planned distance to the next one. */
  intervalMs: number;
  devices: readonly DeviceSample[];
}>;

export type DeviceSample = Readonly<{
  deviceId: string;
  gpuUtil: number | null;
  memoryUsedMib: number | null;
  powerWatts: number | null;
  /** Processes of the run on the device; `null` when nobody looked at this moment. */
  own: number | null;
  /** Processes of others; `null` when they cannot be seen. */
  others: number | null;
}>;

export type ParsedLine =
  | Readonly<{ kind: 'line'; line: RecordLine }>
  | Readonly<{ kind: 'problem'; message: string }>;

const KINDS = ['start', 'code', 'blind', 'visible', 'device', 'sample', 'checkpoint', 'note', 'beat', 'end'];

/** Reads a line that a meter of this version wrote. What is checked is that it is one, and whole. */
export function parseRecordLine(text: string): ParsedLine {
  let line: RecordLine;
  try {
    line = JSON.parse(text) as RecordLine;
  } catch {
    return {
      kind: 'problem',
      message: 'the line is not whole; the meter was probably killed while writing it',
    };
  }
  if (typeof line !== 'object' || line === null || !KINDS.includes(line.kind))
    return { kind: 'problem', message: `expected a line of a run record, one of ${KINDS.join(', ')}` };
  if (line.kind === 'start' && line.version !== 1)
    return { kind: 'problem', message: `record of version ${String(line.version)}; this version reads 1` };
  return { kind: 'line', line };
}
