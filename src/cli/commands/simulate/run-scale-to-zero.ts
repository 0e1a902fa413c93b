import { TareError } from '../../../app/errors.ts';
import { traceFigures } from '../../../app/simulate/figures.ts';
import { simulateScaleToZero } from '../../../app/simulate/simulate-scale-to-zero.ts';
import { scaleToZeroTable } from '../../../reports/simulations/scale-to-zero-table.ts';
import type { RecordSettings, Records } from '../../../traces/read-records.ts';
import { readReplicaSamples } from '../../../traces/read-replica-samples.ts';
import { readStartSeconds } from '../../../traces/read-start-times.ts';
import type { CommandContext } from '../../command-context.ts';
import type { GlobalFlags } from '../../flags.ts';
import { formatOf, printData } from '../../print.ts';
import { exitCodeAfter, refuseEmpty } from './finish.ts';
import { type TraceFlags, traceSettings } from './trace-flags.ts';

export type ScaleToZeroFlags = GlobalFlags &
  TraceFlags &
  Readonly<{
    usage: string;
    keepAlive: readonly number[];
    coldStartSeconds?: number;
    coldStarts?: string;
    mapColdStarts: Readonly<Record<string, string>>;
    gpuHourPrice?: string;
  }>;

export async function runScaleToZeroCommand(
  context: CommandContext,
  flags: ScaleToZeroFlags,
): Promise<number> {
  const settings = traceSettings(context, flags);
  const read = await readReplicaSamples(flags.usage, settings);
  refuseEmpty(flags.usage, { ...read, records: [...read.samples.replicaOf] });
  if (read.intervalSeconds === null)
    throw new TareError(
      'columnsMissing',
      `${flags.usage}: no replica has two samples, so nobody knows what one stands for`,
      'say it with --set intervalSeconds=60',
    );
  const starts = await startsOf(flags, settings);
  const result = simulateScaleToZero({
    samples: read.samples,
    intervalSeconds: read.intervalSeconds,
    samplesRepeated: read.repeated,
    samplesUnknown: read.unknown,
    keepAliveSeconds: flags.keepAlive,
    startSeconds: starts.records,
    areMeasured: flags.coldStarts !== undefined,
    perGpuHour: flags.gpuHourPrice ?? null,
    trace: traceFigures(read, starts),
  });
  const tables = [scaleToZeroTable(result)] as const;
  await printData(context, formatOf(flags), { name: 'simulation', result, tables });
  return exitCodeAfter(context, [...read.rejects, ...starts.rejects], flags.maxRejects);
}

async function startsOf(flags: ScaleToZeroFlags, settings: RecordSettings): Promise<Records<number>> {
  const { coldStartSeconds, coldStarts, mapColdStarts } = flags;
  if (coldStarts === undefined) {
    return { records: coldStartSeconds === undefined ? [] : [coldStartSeconds], rowsRead: 0, rejects: [] };
  }
  if (coldStartSeconds !== undefined)
    throw new TareError(
      'usage',
      'a start is stated and measured',
      'give --cold-start-seconds or --cold-starts',
    );
  const read = await readStartSeconds(coldStarts, { ...settings, map: mapColdStarts, set: {} });
  refuseEmpty(coldStarts, read);
  return read;
}
