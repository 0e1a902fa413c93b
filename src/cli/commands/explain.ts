import { namesEndpoint } from '../../app/inference/names-endpoint.ts';
import type { CommandContext } from '../command-context.ts';
import { EXIT } from '../exit-codes.ts';
import type { GlobalFlags } from '../flags.ts';
import { withTare } from '../open-tare.ts';
import { formatOf, printData } from '../print.ts';

export function explain(context: CommandContext, flags: GlobalFlags, name: string): Promise<number> {
  return withTare(context, flags, { writes: false, usesSources: false }, async ({ tare }) => {
    const answer = namesRow(name)
      ? ({ name: 'explain', result: await tare.explain(name) } as const)
      : ({ name: 'receipt', result: await tare.explainRun(name) } as const);
    await printData(context, formatOf(flags), answer);
    return EXIT.fine;
  });
}

/** A row of the ledger begins with its hour and has slashes, an endpoint says so; anything else is the id or the name of a run. */
function namesRow(text: string): boolean {
  return namesEndpoint(text) || (/^\s*\d{4}-\d\d/.test(text) && text.includes('/'));
}
