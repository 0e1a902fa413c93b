import type { Command } from 'commander';
import { SAMPLE_COLUMNS, START_COLUMNS } from '../../../traces/trace-columns.ts';
import type { RunAction } from '../../command-context.ts';
import { collectPair, parseAmount, parseMoney, parseSecondsList } from '../../flag-values.ts';
import type { ScaleToZeroFlags } from './run-scale-to-zero.ts';
import { addTraceFlags, describeColumns } from './trace-flags.ts';

const KEEP_ALIVE = '1m,2m,5m,10m,15m,30m,1h';

export function addScaleToZero(simulate: Command, run: RunAction): void {
  const command = simulate
    .command('scale-to-zero')
    .description('GPU-hours saved against cold starts, for each time an idle replica is kept alive')
    .requiredOption('--usage <file>', 'samples of what each replica did')
    .option(
      '--keep-alive <list>',
      `idle times before a replica is released (default: ${KEEP_ALIVE})`,
      parseSecondsList,
    )
    .option('--cold-start-seconds <n>', 'what a start takes', parseAmount)
    .option('--cold-starts <file>', 'what starts took: a table with seconds or milliseconds')
    .option('--map-cold-starts <column=theirs>', 'the same as --map, for that table', collectPair, {})
    .option('--gpu-hour-price <dollars>', 'of a replica', parseMoney)
    .addHelpText('after', () => describeColumns('Columns of --usage, one measure at least:', SAMPLE_COLUMNS))
    .addHelpText('after', () => describeColumns('Columns of --cold-starts:', START_COLUMNS));
  addTraceFlags(command).action((_, invoked) => {
    const flags = {
      keepAlive: parseSecondsList(KEEP_ALIVE),
      ...invoked.optsWithGlobals(),
    } as ScaleToZeroFlags;
    return run(flags, async (context) =>
      (await import('./run-scale-to-zero.ts')).runScaleToZeroCommand(context, flags),
    );
  });
}
