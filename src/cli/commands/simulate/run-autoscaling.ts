import { TareError } from '../../../app/errors.ts';
import { traceFigures } from '../../../app/simulate/figures.ts';
import { type AutoscalerName, simulateAutoscaling } from '../../../app/simulate/simulate-autoscaling.ts';
import { autoscalingTable } from '../../../reports/simulations/autoscaling-table.ts';
import { readRequests } from '../../../traces/read-requests.ts';
import type { CommandContext } from '../../command-context.ts';
import type { GlobalFlags } from '../../flags.ts';
import { formatOf, printData } from '../../print.ts';
import { exitCodeAfter, refuseEmpty } from './finish.ts';
import { type TraceFlags, traceSettings } from './trace-flags.ts';

export type AutoscalingFlags = GlobalFlags &
  TraceFlags &
  Readonly<{
    trace: string;
    autoscaler: AutoscalerName;
    target: number;
    concurrency: number;
    startTime: number;
    least: number;
    most: number;
    replicaHourPrice?: string;
  }>;

export async function runAutoscalingCommand(
  context: CommandContext,
  flags: AutoscalingFlags,
): Promise<number> {
  const { least, most } = flags;
  if (most < 1 || least > most)
    throw new TareError(
      'usage',
      `${least} to ${most} replicas leave no choice`,
      'give --most of at least 1 and --least',
    );
  const read = await readRequests(flags.trace, traceSettings(context, flags), 'service');
  refuseEmpty(flags.trace, read);
  const result = simulateAutoscaling({
    autoscaler: flags.autoscaler,
    requests: {
      arrivalSeconds: Float64Array.from(read.records, ({ seconds }) => seconds),
      serviceSeconds: Float64Array.from(read.records, ({ serviceSeconds }) => serviceSeconds!),
    },
    target: flags.target,
    limits: { least, most },
    replica: {
      concurrencyPerReplica: flags.concurrency,
      startSeconds: flags.startTime,
      initialReplicas: least,
    },
    perReplicaHour: flags.replicaHourPrice ?? null,
    trace: traceFigures(read),
  });
  const tables = [autoscalingTable(result)] as const;
  await printData(context, formatOf(flags), { name: 'simulation', result, tables });
  return exitCodeAfter(context, read.rejects, flags.maxRejects);
}
