import type { Command } from 'commander';
import type { CommandContext, RunAction } from '../../command-context.ts';
import { collectPair, parseCount, parsePositive, parsePrices } from '../../flag-values.ts';
import type { GlobalFlags } from '../../flags.ts';
import { formatOf, printData } from '../../print.ts';
import { exitCodeAfter } from './finish.ts';
import { toPicosByName } from './prices-by-name.ts';

type RightsizeFlags = GlobalFlags &
  Readonly<{
    jobs: string;
    throughputs: string;
    current: string;
    prices: ReadonlyMap<string, string>;
    maxHours?: number;
    estimateMissing?: boolean;
    map: Readonly<Record<string, string>>;
    maxRejects: number;
  }>;

export function addRightsize(simulate: Command, run: RunAction): void {
  simulate
    .command('rightsize')
    .description('the cheapest kind of GPU for each job, from measured speeds')
    .requiredOption('--jobs <file>', "columns job, jobType, steps, gpus (or Gavel's names for them)")
    .requiredOption('--throughputs <file>', 'JSON: {kind: {"(\'job type\', gpus)": steps per second}}')
    .requiredOption('--current <kind>', 'what the jobs run on now')
    .requiredOption('--prices <gpu=price,...>', 'per GPU-hour, by the names in the throughputs', parsePrices)
    .option('--max-hours <h>', 'pick no kind on which the job takes longer', parsePositive)
    .option('--estimate-missing', 'where no speed is known, take the lower end of what data sheets say')
    .option('--map <column=theirs>', 'our column under their name; repeatable', collectPair, {})
    .option('--max-rejects <n>', 'exit 0 with up to this many rejected rows', parseCount, 0)
    .action((_, command: Command) => {
      const flags = command.optsWithGlobals<RightsizeFlags>();
      return run(flags, (context) => rightsize(context, flags));
    });
}

async function rightsize(context: CommandContext, flags: RightsizeFlags): Promise<number> {
  const { simulateRightsize } = await import('../../../app/simulate/simulate-rightsize.ts');
  const { readSizedJobs, readThroughputs } = await import('../../../traces/read-rightsize.ts');
  const { rightsizeTable } = await import('../../../reports/simulations/rightsize-table.ts');
  const { hardwareCatalog } = await import('../../../compose.ts');
  const signal = context.interruption.signal();
  const { records, rejects } = await readSizedJobs(flags.jobs, {
    map: flags.map,
    set: {},
    fields: null,
    signal,
  });
  const result = simulateRightsize({
    jobs: records,
    throughputs: await readThroughputs(flags.throughputs, signal),
    current: flags.current,
    prices: toPicosByName(flags.prices),
    maxHours: flags.maxHours ?? null,
    estimates: flags.estimateMissing ? hardwareCatalog() : null,
  });
  await printData(context, formatOf(flags), { name: 'simulation', result, tables: [rightsizeTable(result)] });
  return exitCodeAfter(context, rejects, flags.maxRejects);
}
