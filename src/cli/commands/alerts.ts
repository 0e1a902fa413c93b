import type { AlertSending } from '../../app/results/alerts.ts';
import type { CommandContext } from '../command-context.ts';
import { EXIT } from '../exit-codes.ts';
import type { GlobalFlags } from '../flags.ts';
import { withTare } from '../open-tare.ts';
import { formatOf, printData } from '../print.ts';

/** `tare alerts`: sends nothing. */
export function listAlerts(context: CommandContext, flags: GlobalFlags): Promise<number> {
  const signal = context.interruption.signal();
  return withTare(context, flags, { writes: false, usesSources: true }, async ({ tare }) => {
    await tare.buildLedger(context.progressLine.progress, signal);
    context.progressLine.end();
    await printData(context, formatOf(flags), { name: 'alerts', result: await tare.reportAlerts() });
    return EXIT.fine;
  });
}

/** `tare alerts send` and `tare alerts test [NAME]`; 5 when a message could not be sent. */
export function sendAlerts(
  context: CommandContext,
  flags: GlobalFlags,
  request: Readonly<{ test: boolean; recipient: string | null }>,
): Promise<number> {
  const signal = context.interruption.signal();
  return withTare(context, flags, { writes: true, usesSources: true }, async ({ tare }) => {
    await tare.buildLedger(context.progressLine.progress, signal);
    context.progressLine.end();
    const sent = await tare.sendAlerts(request, signal);
    if (formatOf(flags) === 'json') context.terminal.write(`${JSON.stringify(sent, null, 2)}\n`);
    else context.terminal.write(`${describe(sent)}\n`);
    return sent.failures.length > 0 ? EXIT.outside : EXIT.fine;
  });
}

export function describe({ begun, ended, messages, failures }: AlertSending): string {
  const words = [
    ...(begun > 0 ? [`${begun} new`] : []),
    ...(ended > 0 ? [`${ended} over`] : []),
    `${messages} ${messages === 1 ? 'message' : 'messages'} sent`,
    ...failures.map(({ recipient, reason }) => `${recipient} failed: ${reason}`),
  ];
  return words.join(' · ');
}
