import type { Command } from 'commander';
import type { RunAction } from './command-context.ts';
import type { BudgetFlags, CheckFlags } from './flags.ts';

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
  program
    .command('check')
    .description(
      'prices manifests and job scripts before they are launched, and holds them against policies and budgets',
    )
    .argument(
      '[file...]',
      'Kubernetes manifests, Slurm scripts, SkyPilot tasks, Terraform plans in JSON, or folders of them; - is the standard input',
    )
    .option('--base <ref>', 'compare with the commit where this branch left REF, such as origin/main')
    .option('--tag <name>', 'tells comments of several checks of one pull request apart', 'check')
    .option('--offline', 'ask no ledger: no past runs, and nothing of what is spent')
    .option('--exit-zero', 'exit 0 whatever is found')
    .option(
      '--emit-admission-policy',
      'print the policies that need no state as a ValidatingAdmissionPolicy of Kubernetes',
    )
    .action((paths: string[], _, command: Command) => {
      const flags = command.optsWithGlobals<CheckFlags>();
      return run(flags, async (context) =>
        (await import('./commands/check.ts')).check(context, flags, paths),
      );
    });
}
