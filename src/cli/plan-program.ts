import type { Command } from 'commander';
import { DEFAULT_LEVER_SEED, DEFAULT_SURVIVAL_PER_YEAR } from '../app/tare.ts';
import { EVIDENCE_COLUMNS } from '../traces/evidence-columns.ts';
import type { RunAction } from './command-context.ts';
import { describeColumns } from './commands/simulate/trace-flags.ts';
import { collectList, collectPair, parseAmount, parseCount, parseFraction } from './flag-values.ts';
import type { PlanFlags } from './flags.ts';

/** `tare plan`. */
export function addPlan(program: Command, run: RunAction): void {
  program
    .command('plan')
    .description(
      'the best plan over all levers, prices and machines too, from the bill to what is left of it',
    )
    .option('--no-spot', 'without spot')
    .option('--max-committed <percent>', 'of the GPU-hours, what is committed already included', parseAmount)
    .option('--no-quality-risk', 'nothing that changes what a model answers')
    .option('--exclude <lever>', 'a lever or a row that is not wanted; repeatable', collectList, [])
    .option('--only <lever>', 'nothing but this lever or row; repeatable', collectList, [])
    .option(
      '--slo <endpoint=ms>',
      'what 99 % of the requests of an endpoint are promised; repeatable',
      collectList,
      [],
    )
    .option('--evidence <file>', 'what was measured of changes to models')
    .option('--map <column=theirs>', 'a column of --evidence under their name; repeatable', collectPair, {})
    .option(
      '--survival <share>',
      'chance that demand is still there a year later, for terms',
      parseFraction,
      DEFAULT_SURVIVAL_PER_YEAR,
    )
    .option(
      '--growth <share>',
      'what demand does each month: 3%, -1.5%, or history for what the ledger shows (default: it stays)',
    )
    .option('--emit <dir>', 'write the changes to make, and purchases.csv, into this folder')
    .option('--seed <n>', 'another resampling of history for the ranges', parseCount, DEFAULT_LEVER_SEED)
    .option('--max-rejects <n>', 'exit 0 with up to this many rejected rows of --evidence', parseCount, 0)
    .addHelpText('after', () => describeColumns('Columns of --evidence:', EVIDENCE_COLUMNS))
    .action((_, command: Command) => {
      const flags = command.optsWithGlobals<PlanFlags>();
      return run(flags, async (context) => (await import('./commands/plan.ts')).plan(context, flags));
    });
}
