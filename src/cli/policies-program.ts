import type { Command } from 'commander';
import type { RunAction } from './command-context.ts';
import { parseCount } from './flag-values.ts';
import type { PoliciesFlags } from './flags.ts';

/** `tare policies preview`. */
export function addPolicies(program: Command, run: RunAction): void {
  const policies = program
    .command('policies')
    .description('what policies would have done to the launches that really happened');
  policies
    .command('preview')
    .description('launches of the last 30 days that policies would have stopped, and what those cost')
    .option('--file <file>', 'policies to try, instead of those of tare.yaml; - is the standard input')
    .option('--top <n>', 'launches to list for each policy', parseCount, 20)
    .action((_, command: Command) => {
      const flags = command.optsWithGlobals<PoliciesFlags>();
      return run(flags, async (context) =>
        (await import('./commands/policies.ts')).previewPolicies(context, flags),
      );
    });
}
