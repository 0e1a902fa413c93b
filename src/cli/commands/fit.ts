import { readHardwareRequest } from '../../app/read-hardware-request.ts';
import { readWindow } from '../../app/read-request.ts';
import { readSpotRequest } from '../../app/read-spot-request.ts';
import type { Tare } from '../../app/tare.ts';
import type { Answer } from '../answer.ts';
import type { CommandContext } from '../command-context.ts';
import { EXIT } from '../exit-codes.ts';
import type { GlobalFlags, HardwareFlags, SpotReportFlags } from '../flags.ts';
import { withTare } from '../open-tare.ts';
import { formatOf, printData } from '../print.ts';

/** `tare report spot`. */
export function reportSpot(context: CommandContext, flags: SpotReportFlags): Promise<number> {
  const { top = null, offset = 0, ...words } = flags;
  const request = readSpotRequest({ ...words, limit: top, offset }, windowOf(context, flags));
  return answerWith(context, flags, async (tare) => ({
    name: 'spot',
    result: await tare.reportSpot(request),
  }));
}

/** `tare report hardware`. */
export function reportHardware(context: CommandContext, flags: HardwareFlags): Promise<number> {
  const { top = null, offset = 0, ...words } = flags;
  const request = readHardwareRequest({ ...words, limit: top, offset }, windowOf(context, flags));
  return answerWith(context, flags, async (tare) => ({
    name: 'hardware',
    result: await tare.reportHardware(request),
  }));
}

function windowOf({ nowMs }: CommandContext, { from, to }: GlobalFlags) {
  return readWindow(from, to, nowMs());
}

function answerWith(
  context: CommandContext,
  flags: GlobalFlags,
  ask: (tare: Tare) => Promise<Answer>,
): Promise<number> {
  const signal = context.interruption.signal();
  return withTare(context, flags, { writes: false, usesSources: false }, async ({ tare }) => {
    await tare.buildLedger(context.progressLine.progress, signal);
    context.progressLine.end();
    await printData(context, formatOf(flags), await ask(tare));
    return EXIT.fine;
  });
}
