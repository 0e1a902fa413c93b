import { resolve } from 'node:path';
import type { ImportResult } from '../../app/results/results.ts';
import type { CommandContext } from '../command-context.ts';
import { EXIT } from '../exit-codes.ts';
import type { Format, ImportFlags } from '../flags.ts';
import { withTare } from '../open-tare.ts';
import { formatOf, printData } from '../print.ts';

export function importFiles(
  context: CommandContext,
  flags: ImportFlags,
  paths: readonly string[],
): Promise<number> {
  const signal = context.interruption.signal();
  return withTare(
    context,
    flags,
    { writes: true, usesSources: false },
    async ({ tare, config, isRemote }) => {
      const request = {
        kind: flags.kind,
        // The server of the store runs in a folder of its own.
        paths: isRemote ? paths.map((path) => resolve(context.directory, path)) : paths,
        map: flags.map,
        set: flags.set,
        fields: flags.fields ?? null,
        isDryRun: flags.dryRun ?? false,
      };
      const result = await tare.importFiles(request, context.progressLine.progress, signal);
      context.progressLine.end();
      const format = formatOf(flags);
      await printData(context, format, { name: 'import', result, currency: config.settings.currency });
      mentionRejects(context, format, result);
      return result.rowsRejected > flags.maxRejects ? EXIT.data : EXIT.fine;
    },
  );
}

/** A table lists them itself; beside data for programs a person should still see that something was left out. */
export function mentionRejects({ terminal }: CommandContext, format: Format, result: ImportResult): void {
  const [first] = result.rejects;
  if (format === 'table' || !first) return;
  const more = result.rowsRejected > 1 ? ` (and ${result.rowsRejected - 1} more)` : '';
  terminal.note(`rejected  ${first.where}  ${first.message}${more}`);
}
