import { relative, resolve } from 'node:path';
import type { ImportResult } from '../../app/results/results.ts';
import type { CommandContext } from '../command-context.ts';
import { EXIT } from '../exit-codes.ts';
import { withTare } from '../open-tare.ts';
import { formatOf, printData } from '../print.ts';
import type { ImportFlags } from '../program.ts';

const REJECTS_SHOWN = 10;

export function importFiles(
  context: CommandContext,
  flags: ImportFlags,
  paths: readonly string[],
): Promise<number> {
  return withTare(context, flags, async ({ tare }) => {
    const request = {
      kind: flags.kind,
      // The server of the store may run in another folder.
      paths: paths.map((path) => resolve(context.directory, path)),
      map: flags.map,
      set: flags.set,
      fields: flags.fields ?? null,
      isDryRun: flags.dryRun ?? false,
    };
    const result = await tare.importFiles(
      request,
      context.progressLine.progress,
      context.interruption.signal(),
    );
    context.progressLine.end();
    await printData(context, formatOf(flags), { name: 'import', result });
    describeRejects(context, result);
    return result.rowsRejected > flags.maxRejects ? EXIT.data : EXIT.fine;
  });
}

/** On stderr, so that JSON and CSV stay alone on stdout. */
export function describeRejects({ terminal, directory }: CommandContext, result: ImportResult): void {
  for (const { where, message } of result.rejects.slice(0, REJECTS_SHOWN)) {
    terminal.note(`rejected  ${shorten(where, directory)}  ${message}`);
  }
  const more = result.rowsRejected - Math.min(result.rejects.length, REJECTS_SHOWN);
  if (more > 0) terminal.note(`          … ${more} more: --json lists them`);
  for (const { message, count } of result.warnings) {
    terminal.note(`warning   ${message}${count > 1 ? ` (${count} times)` : ''}`);
  }
}

function shorten(where: string, directory: string): string {
  const path = relative(directory, where);
  return path.startsWith('..') ? where : path;
}
