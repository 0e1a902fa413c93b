import { readInstant } from '../../app/read-request.ts';
import { readVerifyRequest } from '../../app/verify/read-verify-request.ts';
import type { CommandContext } from '../command-context.ts';
import { EXIT } from '../exit-codes.ts';
import type { GlobalFlags, TakeFlags, VerifyFlags } from '../flags.ts';
import { type OpenTare, withTare } from '../open-tare.ts';
import { formatOf, printData } from '../print.ts';

const READS = { writes: false, usesSources: false } as const;

/** Prints the verdict; a degraded one says no to a script, too. */
export function verify(context: CommandContext, flags: VerifyFlags, change: string): Promise<number> {
  const { metric: metrics, ...words } = flags;
  const request = readVerifyRequest({ ...words, change, metrics }, context.nowMs());
  return withTare(context, flags, READS, async (open) => {
    await build(context, open);
    const result = await open.tare.verifySaving(request);
    await printData(context, formatOf(flags), { name: 'verification', result });
    if (result.verdict === 'degraded') return EXIT.guardrail;
    return result.verdict === 'not_enough_data' ? EXIT.data : EXIT.fine;
  });
}

export function take(context: CommandContext, flags: TakeFlags, changeId: string): Promise<number> {
  const atMs = readInstant(flags.at, context.nowMs());
  return withTare(context, flags, { writes: true, usesSources: false }, async (open) => {
    await build(context, open);
    const { by: takenBy = null, promised = null } = flags;
    const result = await open.tare.takeLever({ changeId, atMs, takenBy, promised });
    await printData(context, formatOf(flags), { name: 'take', result });
    return EXIT.fine;
  });
}

export function taken(context: CommandContext, flags: GlobalFlags): Promise<number> {
  return withTare(context, flags, READS, async (open) => {
    await build(context, open);
    const result = await open.tare.reportTaken();
    await printData(context, formatOf(flags), { name: 'taken', result });
    return EXIT.fine;
  });
}

async function build(context: CommandContext, { tare }: OpenTare): Promise<void> {
  await tare.buildLedger(context.progressLine.progress, context.interruption.signal());
  context.progressLine.end();
}
