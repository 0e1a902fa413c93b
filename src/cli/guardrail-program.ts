import type { Command } from 'commander';
import type { RunAction } from './command-context.ts';
import type { BudgetFlags } from './flags.ts';

/** `tare budget` and `tare check`. */
export function addGuardrails(program: Command, run: RunAction): void {
  program
    .command('budget')
    .description('budgets of tare.yaml: spent, left, expected by the end of the period, and which one binds')
    .option('--check', 'exit 3 when one is over (soft ones aside)')
    .option('--at <when>', 'the periods around this ISO day or instant (default: now)')
    .action((_, command: Command) => {
      const flags = command.optsWithGlobals<BudgetFlags>();
      return run(flags, async (context) => (await import('./commands/budget.ts')).budget(context, flags));
    });
}
