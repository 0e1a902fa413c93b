import { type Command, Option } from 'commander';
import { BATCH_TIME_COLUMNS, REQUEST_COLUMNS } from '../../../traces/trace-columns.ts';
import type { RunAction } from '../../command-context.ts';
import {
  parseAmount,
  parseAmounts,
  parseCount,
  parseCountAboveZero,
  parseCounts,
  parseMoney,
  parsePositive,
} from '../../flag-values.ts';
import type { BatchingFlags } from './run-batching.ts';
import { addTraceFlags, describeColumns } from './trace-flags.ts';

export function addBatching(simulate: Command, run: RunAction): void {
  const command = simulate
    .command('batching')
    .description('how long requests wait, and what they cost, when a server batches them');
  addServerFlags(command);
  addTrafficFlags(command);
  addTraceFlags(command)
    .option('--gpu-hour-price <dollars>', 'of the GPU that serves', parseMoney)
    .addHelpText('after', () => describeColumns('Columns of --trace:', REQUEST_COLUMNS))
    .addHelpText('after', () => describeColumns('Columns of --fit:', BATCH_TIME_COLUMNS))
    .action((_, invoked) => {
      const flags = invoked.optsWithGlobals() as BatchingFlags;
      return run(flags, async (context) =>
        (await import('./run-batching.ts')).runBatchingCommand(context, flags),
      );
    });
}

function addServerFlags(command: Command): void {
  command
    .option('--alpha-ms <ms>', 'what each item adds to the time of a batch', parsePositive)
    .option('--tau-ms <ms>', 'what a batch takes beside that', parseAmount)
    .option('--fit <file>', 'take both from measured batches instead')
    .option('--max-batch <n>', 'largest batch, in items (default: no limit)', parseCountAboveZero)
    .option('--preferred-batch <n,n>', 'sizes that are sent as soon as they can be formed', parseCounts)
    .option(
      '--max-queue-delay-ms <ms,ms>',
      'how long the oldest request waits for others; of several the cheapest is found, with --slo-ms (default: 0)',
      parseAmounts,
      [0],
    )
    .option('--instances <n>', 'copies of the model on the GPU', parseCountAboveZero, 1)
    .option('--items-per-request <n>', 'items that each request brings along', parseCountAboveZero, 1)
    .option('--slo-ms <ms>', 'answer within this', parsePositive)
    .addOption(new Option('--slo-percentile <percent>', 'of requests').choices(['95', '99']).default('99'))
    .option('--most-replicas <n>', 'how many GPUs to try, with --slo-ms', parseCountAboveZero, 16)
    .option(
      '--step-ms <ms>',
      'language models: what a step takes at least (continuous batching)',
      parsePositive,
    )
    .option('--sequence-ms <ms>', 'language models: what each running sequence adds', parseAmount)
    .option('--prompt-token-ms <ms>', 'language models: what each token of a new prompt adds', parseAmount)
    .option('--max-sequences <n>', 'language models: sequences at once', parseCountAboveZero, 256);
}

function addTrafficFlags(command: Command): void {
  command
    .option('--load <fraction>', 'requests by chance, as a share of 1 ÷ alpha', parsePositive)
    .option('--per-second <n>', 'requests by chance, so many a second', parsePositive)
    .option('--trace <file>', 'requests as they came: a table with their times')
    .option('--clients <n>', 'clients that each wait for their answer', parseCountAboveZero)
    .option('--turnaround-ms <ms>', 'from an answer to the next request of a client', parseAmount, 0.05)
    .option('--requests <n>', 'how many to draw', parseCountAboveZero, 1_000_000)
    .option('--seed <n>', 'other requests', parseCount, 42);
}
