import type { CommandContext } from '../command-context.ts';
import { EXIT } from '../exit-codes.ts';
import type { GlobalFlags } from '../flags.ts';
import { withTare } from '../open-tare.ts';
import { formatOf, printData } from '../print.ts';

export function explain(context: CommandContext, flags: GlobalFlags, row: string): Promise<number> {
  return withTare(context, flags, { writes: false, usesSources: false }, async ({ tare }) => {
    await printData(context, formatOf(flags), { name: 'explain', result: await tare.explain(row) });
    return EXIT.fine;
  });
}
