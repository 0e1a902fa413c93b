import type { Command } from 'commander';
import type { RunAction } from './command-context.ts';
import type { GlobalFlags, SendReportFlags } from './flags.ts';

/** `tare reports`: documents that are sent by themselves. */
export function addReports(program: Command, run: RunAction): void {
  const reports = program
    .command('reports')
    .description(
      'documents that tare up sends by itself: when next, to whom, and what became of the last one',
    )
    .action((_, command: Command) => {
      const flags = command.optsWithGlobals<GlobalFlags>();
      return run(flags, async (context) =>
        (await import('./commands/reports.ts')).listReports(context, flags),
      );
    });
  reports
    .command('send')
    .description('makes one of them now, of the last whole month that has data, and sends it')
    .argument('<name>', 'a report under reports in tare.yaml')
    .option('--dry-run', 'show what would be sent, and send nothing')
    .action((name: string, _, command: Command) => {
      const flags = command.optsWithGlobals<SendReportFlags>();
      return run(flags, async (context) =>
        (await import('./commands/reports.ts')).sendReport(context, flags, name),
      );
    });
}
