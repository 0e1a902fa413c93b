import { type Command, Option } from 'commander';
import { PACKING_POLICIES } from '../../../domain/simulation/packing/policies/policies.ts';
import { NODE_COLUMNS, POD_COLUMNS } from '../../../traces/trace-columns.ts';
import type { RunAction } from '../../command-context.ts';
import { parseCounts, parsePositive, parsePrices } from '../../flag-values.ts';
import type { PackingFlags } from './run-packing.ts';
import { addTraceFlags, describeColumns } from './trace-flags.ts';

export function addPacking(simulate: Command, run: RunAction): void {
  const command = simulate
    .command('packing')
    .description('how many GPUs a placement policy can give out before nothing fits')
    .requiredOption('--nodes <file>', 'machines: a table with CPU, memory, GPUs and model')
    .requiredOption(
      '--pods <file>',
      'pods: a table with what each asks for; --map and --set are about this one',
    )
    .addOption(
      new Option('--policy <policy>', 'who chooses the node').choices(PACKING_POLICIES).default('tare'),
    )
    .option('--seeds <n,n>', 'one run for each (default: 42)', parseCounts, [42])
    .option(
      '--demand <times>',
      'let pods come until this many times the GPUs are asked for',
      parsePositive,
      1.3,
    )
    .option('--departures', 'instead let pods come and go as they did, and count the nodes they need')
    .option('--prices <model=dollars>', 'per GPU-hour, with --departures; several with commas', parsePrices)
    .addHelpText('after', () => describeColumns('Columns of --nodes:', NODE_COLUMNS))
    .addHelpText('after', () => describeColumns('Columns of --pods:', POD_COLUMNS));
  addTraceFlags(command).action((_, invoked) => {
    const flags = invoked.optsWithGlobals() as PackingFlags;
    return run(flags, async (context) =>
      (await import('./run-packing.ts')).runPackingCommand(context, flags),
    );
  });
}
