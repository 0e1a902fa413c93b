import { type Command, Option } from 'commander';
import { AUTOSCALERS } from '../../../app/simulate/simulate-autoscaling.ts';
import { REQUEST_COLUMNS } from '../../../traces/trace-columns.ts';
import type { RunAction } from '../../command-context.ts';
import {
  parseCount,
  parseCountAboveZero,
  parseMoney,
  parsePositive,
  parseSeconds,
} from '../../flag-values.ts';
import type { AutoscalingFlags } from './run-autoscaling.ts';
import { addTraceFlags, describeColumns } from './trace-flags.ts';

export function addAutoscaling(simulate: Command, run: RunAction): void {
  const command = simulate
    .command('autoscaling')
    .description('replica-hours and waits when an autoscaler follows a trace of requests')
    .requiredOption('--trace <file>', 'requests: a table with times and how long each was worked on')
    .addOption(new Option('--autoscaler <name>', 'whose rules').choices(AUTOSCALERS).default('knative'))
    .option('--target <n>', 'requests at once that a replica is meant for', parsePositive, 1)
    .option('--concurrency <n>', 'requests at once that a replica works on', parseCountAboveZero, 1)
    .option('--start-time <duration>', 'from the decision to the first request served', parseSeconds, 30)
    .option('--least <n>', 'replicas that always stay', parseCount, 0)
    .option('--most <n>', 'replicas at most', parseCount, 100)
    .option('--replica-hour-price <dollars>', 'of a replica with its GPUs', parseMoney)
    .addHelpText('after', () => describeColumns('Columns of --trace:', REQUEST_COLUMNS));
  addTraceFlags(command).action((_, invoked) => {
    const flags = invoked.optsWithGlobals() as AutoscalingFlags;
    return run(flags, async (context) =>
      (await import('./run-autoscaling.ts')).runAutoscalingCommand(context, flags),
    );
  });
}
