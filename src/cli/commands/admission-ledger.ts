import { askWholeLedger } from '../../app/check/ask-ledger.ts';
import { TareError } from '../../app/errors.ts';
import type { CommandContext } from '../command-context.ts';
import { EXIT } from '../exit-codes.ts';
import type { GlobalFlags } from '../flags.ts';
import { hasLedger, readConfig, storeOf, withTare } from '../open-tare.ts';

/** `tare admission ledger`: the half of the webhook that may hang. */
export async function admissionLedger(context: CommandContext, flags: GlobalFlags): Promise<number> {
  const config = readConfig(context, flags, false);
  if (!hasLedger(context, flags, config))
    throw new TareError(
      'storeNotOpenable',
      `there is no store at ${storeOf(context, flags, config).url}`,
      'start tare up, or name the store with --store',
    );
  return withTare(context, flags, { writes: false, usesSources: false }, async ({ tare }) => {
    context.terminal.write(JSON.stringify(await askWholeLedger(tare, context.nowMs())));
    return EXIT.fine;
  });
}
