import type { Command } from 'commander';
import { DEFAULT_IDLE_HOURS } from '../app/tare.ts';
import { ACTION_KINDS } from '../domain/actions/find-idle-now.ts';
import type { RunAction } from './command-context.ts';
import { parseCount, splitList } from './flag-values.ts';
import type { ActFlags, GlobalFlags } from './flags.ts';

/** `tare act` and what belongs to it. */
export function addAct(program: Command, run: RunAction): void {
  const act = withCluster(program.command('act'))
    .description(
      'gives back what has stood still: suspends notebooks, scales endpoints to zero, releases the rest; a dry run unless told otherwise',
    )
    .option('--hours <n>', 'quiet for at least so many hours', parseCount, DEFAULT_IDLE_HOURS)
    .option('--only <target,…>', 'these targets or workloads', splitList)
    .option('--kind <action,…>', `only ${ACTION_KINDS.join(', ')}`, splitList)
    .option('--apply', 'make the changes; needs --only or --all')
    .option('--all', 'with --apply: every target that is listed')
    .option('--dry-run', 'change nothing, which is what happens without --apply')
    .action((_, command: Command) => {
      const flags = command.optsWithGlobals<ActFlags>();
      return run(flags, async (context) => (await import('./commands/act.ts')).act(context, flags));
    });
  withCluster(act.command('undo'))
    .description('takes an action back, after a dry run of that')
    .argument('<id>', 'from tare act log')
    .action((id: string, _, command: Command) => {
      const flags = command.optsWithGlobals<ActFlags>();
      return run(flags, async (context) =>
        (await import('./commands/act.ts')).undoAction(context, flags, id),
      );
    });
  act
    .command('log')
    .description('what was done: by whom, when, and how it was before (--json has all of it)')
    .action((_, command: Command) => {
      const flags = command.optsWithGlobals<GlobalFlags>();
      return run(flags, async (context) => (await import('./commands/act.ts')).actionLog(context, flags));
    });
}

/** How a cluster is reached. */
export function withCluster(command: Command): Command {
  return command
    .option('--kubeconfig <file>', 'how the cluster is reached')
    .option('--context <name>', 'of the kubeconfig (default: its current one)')
    .option('--server <url>', 'instead: the address of the API server')
    .option('--token-file <file>', 'with --server: holds a token')
    .option('--server-ca <file>', 'with --server: the authority that signed its certificate');
}
