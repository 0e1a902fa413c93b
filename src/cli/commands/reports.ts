import type { CommandContext } from '../command-context.ts';
import { EXIT } from '../exit-codes.ts';
import type { GlobalFlags, SendReportFlags } from '../flags.ts';
import { withTare } from '../open-tare.ts';
import { formatOf, printData } from '../print.ts';

/** `tare reports`: sends nothing. */
export function listReports(context: CommandContext, flags: GlobalFlags): Promise<number> {
  return withTare(context, flags, { writes: false, usesSources: true }, async ({ tare }) => {
    await printData(context, formatOf(flags), { name: 'reports', result: await tare.reportSchedule() });
    return EXIT.fine;
  });
}

/** `tare reports send NAME [--dry-run]`; 5 when it could not be sent to somebody. */
export function sendReport(context: CommandContext, flags: SendReportFlags, name: string): Promise<number> {
  const isDryRun = flags.dryRun === true;
  const signal = context.interruption.signal();
  return withTare(context, flags, { writes: !isDryRun, usesSources: true }, async ({ tare }) => {
    await tare.buildLedger(context.progressLine.progress, signal);
    context.progressLine.end();
    const result = await tare.sendReport({ name, isDryRun }, signal);
    await printData(context, formatOf(flags), { name: 'report-sending', result });
    const isSent = result.recipients.every(({ state }) => state === 'sent' || state === 'planned');
    return isSent ? EXIT.fine : EXIT.outside;
  });
}
