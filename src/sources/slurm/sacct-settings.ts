import { LIFECYCLES, type Lifecycle, WORKLOAD_KINDS, type WorkloadKind } from '../../domain/facts/facts.ts';
import { UnreadableFileError } from '../../files/unreadable-file-error.ts';
import { UTC, type Zone, zoneNamed } from './slurm-time.ts';

/** What Slurm's accounting leaves open, and its owner states. */
export type SacctSettings = Readonly<{
  zone: Zone;
  isZoneStated: boolean;
  /** `null`: found out from the file. */
  delimiter: string | null;
  /** `telemetry`: another source shows the real devices and that `job:ID` holds them. */
  devices: 'own' | 'telemetry';
  gpuModel: string | null;
  kind: WorkloadKind;
  cpuJobs: 'count' | 'keep';
  checkpointIntervalMs: number | null;
  areGapsPaid: boolean;
  lifecycle: Lifecycle;
  provider: string | null;
  region: string | null;
  instanceType: string | null;
  pool: string | null;
}>;

/**
 * Reads `--set` for files, and the like keys of `tare.yaml`.
 * @throws UnreadableFileError for a value that is none of its kind
 */
export function readSacctSettings(path: string, set: Readonly<Record<string, string>>): SacctSettings {
  const refuse = (name: string, expected: string): never => {
    throw new UnreadableFileError(
      'invalid-setting',
      `${path}: --set ${name}=${set[name]} is not understood. Expected ${expected}.`,
    );
  };
  const oneOf = <T extends string>(name: string, values: readonly [T, ...T[]]): T => {
    const text = set[name];
    return text === undefined
      ? values[0]
      : (values.find((value) => value === text) ?? refuse(name, values.join(' or ')));
  };
  const zone = set['timezone'] === undefined ? UTC : zoneNamed(set['timezone']);
  return {
    zone: zone ?? refuse('timezone', 'a name such as Europe/Berlin or UTC'),
    isZoneStated: set['timezone'] !== undefined,
    delimiter:
      readDelimiter(set['delimiter']) ??
      (set['delimiter'] === undefined ? null : refuse('delimiter', 'one character, \\t or \\x1f')),
    devices: oneOf('devices', ['own', 'telemetry']),
    gpuModel: set['gpuModel'] ?? null,
    kind: oneOf('kind', ['training', ...WORKLOAD_KINDS]),
    cpuJobs: oneOf('cpuJobs', ['count', 'keep']),
    checkpointIntervalMs:
      set['checkpointInterval'] === undefined
        ? null
        : (readDuration(set['checkpointInterval']) ??
          refuse('checkpointInterval', 'a duration such as 30m or 2h')),
    areGapsPaid: oneOf('gaps', ['paid', 'unpaid']) === 'paid',
    lifecycle: oneOf('lifecycle', ['owned', ...LIFECYCLES]),
    provider: set['provider'] ?? null,
    region: set['region'] ?? null,
    instanceType: set['instanceType'] ?? null,
    pool: set['pool'] ?? null,
  };
}

function readDelimiter(text: string | undefined): string | null {
  if (text === undefined) return null;
  const code = /^(?:\\x|0x)([0-9a-f]{2})$/i.exec(text)?.[1];
  if (code !== undefined) return String.fromCharCode(Number.parseInt(code, 16));
  if (text === '\\t') return '\t';
  return text.length === 1 ? text : null;
}

const UNIT_MS: Readonly<Record<string, number>> = { s: 1_000, m: 60_000, h: 3_600_000, d: 86_400_000 };

function readDuration(text: string): number | null {
  const [, count, unit] = /^(\d+)([smhd])$/.exec(text) ?? [];
  return count === undefined || Number(count) === 0 ? null : Number(count) * UNIT_MS[unit!]!;
}
