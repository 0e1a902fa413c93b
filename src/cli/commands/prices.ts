import { readInstant } from '../../app/read-request.ts';
import type { CommandContext } from '../command-context.ts';
import { EXIT } from '../exit-codes.ts';
import { withTare } from '../open-tare.ts';
import { formatOf, printData } from '../print.ts';
import type { PriceFlags } from '../program.ts';

/** Exits 4 when no price book knows: a script must not take "unknown" for "free". */
export function prices(context: CommandContext, flags: PriceFlags, subject: string): Promise<number> {
  return withTare(context, flags, async ({ lookUpPrices }) => {
    const result = await lookUpPrices({
      subject,
      provider: flags.provider ?? null,
      region: flags.region ?? null,
      lifecycle: flags.lifecycle ?? null,
      atMs: readInstant(flags.at, context.nowMs()),
    });
    await printData(context, formatOf(flags), { name: 'prices', result });
    if (result.rows.length > 0) return EXIT.fine;
    context.terminal.note(`no price book knows ${result.gpuModel}: state yours under prices: in tare.yaml`);
    return EXIT.data;
  });
}
