import type { Command } from 'commander';
import { DOCUMENT_KINDS, type DocumentKind } from '../app/results/documents.ts';
import type { RunAction } from './command-context.ts';
import type { ExportFlags } from './flags.ts';

const DESCRIPTIONS: Readonly<Record<DocumentKind, string>> = {
  board: 'one page for those who decide: spend against budget, where it went, unit costs, savings, decisions',
  showback: 'one team: what it cost, its largest workloads, its part of shared costs, what it can do',
  chargeback: 'who bears what of the bill, to the cent: GPU time by bucket, direct and shared charges',
  review: 'the board page, and what changed, what came of promises, how good the data is',
};

/** `tare export …`: what a company sends. */
export function addExport(program: Command, run: RunAction): void {
  const documents = program
    .command('export')
    .description('documents to send, of a window; without --from the last whole month that has data');
  for (const kind of DOCUMENT_KINDS) {
    const command = documents.command(kind).description(DESCRIPTIONS[kind]);
    if (kind === 'showback') command.requiredOption('--team <name>', 'whose');
    if (kind === 'chargeback')
      command.option('--by <dimension>', 'team, model, environment, tag:NAME, … (default: team)');
    command
      .option(
        '--out <file>',
        'its ending decides: html, pdf, png, svg, csv, md or json; without it Markdown on stdout, or what --format says',
      )
      .action((_, invoked: Command) => {
        const flags = invoked.optsWithGlobals<ExportFlags>();
        return run(flags, async (context) =>
          (await import('./commands/export.ts')).exportDocument(context, flags, kind),
        );
      });
  }
}
