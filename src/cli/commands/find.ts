import type { CommandContext } from '../command-context.ts';
import { EXIT } from '../exit-codes.ts';
import type { FindFlags } from '../flags.ts';
import { withTare } from '../open-tare.ts';
import { formatOf, printData } from '../print.ts';

/** `tare find TEXT`. */
export function find(context: CommandContext, flags: FindFlags, text: string): Promise<number> {
  const signal = context.interruption.signal();
  return withTare(context, flags, { writes: false, usesSources: false }, async ({ tare }) => {
    // Names of runs and workloads come from the ledger.
    await tare.buildLedger(context.progressLine.progress, signal);
    context.progressLine.end();
    const result = await tare.search({ text, limit: flags.limit });
    await printData(context, formatOf(flags), { name: 'names', result });
    return EXIT.fine;
  });
}
