import { readInstant } from '../../app/read-request.ts';
import type { CommandContext } from '../command-context.ts';
import { EXIT } from '../exit-codes.ts';
import type { PriceFlags } from '../flags.ts';
import { withTare } from '../open-tare.ts';
import { formatOf, printData } from '../print.ts';

/** Exits 4 when no row fits: a script must not take "unknown" for "free". */
export function prices(
  context: CommandContext,
  flags: PriceFlags,
  words: readonly string[],
): Promise<number> {
  return withTare(context, flags, { writes: false, usesSources: false }, async ({ searchPrices }) => {
    const result = await searchPrices({
      words,
      gpu: flags.gpu ?? null,
      provider: flags.provider ?? null,
      region: flags.region ?? null,
      lifecycle: flags.lifecycle ?? null,
      atMs: readInstant(flags.at, context.nowMs()),
    });
    await printData(context, formatOf(flags), { name: 'prices', result });
    if (result.rows.length > 0) return EXIT.fine;
    context.terminal.note('no list price fits: leave a word away, or state yours under prices: in tare.yaml');
    return EXIT.data;
  });
}
