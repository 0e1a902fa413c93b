import type { Command } from 'commander';
import { DEFAULT_NAMES } from '../app/search-names.ts';
import type { RunAction } from './command-context.ts';
import { parseCount } from './flag-values.ts';
import type { ExportViewsFlags, FindFlags, GlobalFlags } from './flags.ts';

/** `tare find` and `tare views`. */
export function addViews(program: Command, run: RunAction): void {
  program
    .command('find')
    .description(
      'teams, models, endpoints, workloads, runs, pools, nodes and devices by a part of their name',
    )
    .argument('<text>', 'part of a name, in any case')
    .option('--limit <n>', 'names to list', parseCount, DEFAULT_NAMES)
    .action((text: string, _, command: Command) => {
      const flags = command.optsWithGlobals<FindFlags>();
      return run(flags, async (context) => (await import('./commands/find.ts')).find(context, flags, text));
    });
  const views = program.command('views').description('pages of the dashboard that were saved under a name');
  views
    .command('list')
    .description('names, addresses and links')
    .action((_, command: Command) => {
      const flags = command.optsWithGlobals<GlobalFlags>();
      return run(flags, async (context) => (await import('./commands/views.ts')).listViews(context, flags));
    });
  views
    .command('export')
    .description('all of them as YAML')
    .option('--out <file>', 'where to (default: the standard output)')
    .action((_, command: Command) => {
      const flags = command.optsWithGlobals<ExportViewsFlags>();
      return run(flags, async (context) => (await import('./commands/views.ts')).exportViews(context, flags));
    });
  views
    .command('import')
    .description('saves what a file names; a name that is there already stands for the new address')
    .argument('<file>', 'YAML as export writes it')
    .action((file: string, _, command: Command) => {
      const flags = command.optsWithGlobals<GlobalFlags>();
      return run(flags, async (context) =>
        (await import('./commands/views.ts')).importViews(context, flags, file),
      );
    });
  views
    .command('delete')
    .description('forgets a view')
    .argument('<name>', 'as tare views list has it')
    .action((name: string, _, command: Command) => {
      const flags = command.optsWithGlobals<GlobalFlags>();
      return run(flags, async (context) =>
        (await import('./commands/views.ts')).deleteView(context, flags, name),
      );
    });
}
