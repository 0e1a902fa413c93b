import { readForecastRequest } from '../../app/read-guardrail-requests.ts';
import type { CommandContext } from '../command-context.ts';
import { EXIT } from '../exit-codes.ts';
import type { ForecastFlags } from '../flags.ts';
import { withTare } from '../open-tare.ts';
import { formatOf, printData } from '../print.ts';

export function forecast(context: CommandContext, flags: ForecastFlags): Promise<number> {
  const request = readForecastRequest(flags, context.nowMs());
  const signal = context.interruption.signal();
  return withTare(context, flags, { writes: false, usesSources: false }, async ({ tare }) => {
    await tare.buildLedger(context.progressLine.progress, signal);
    context.progressLine.end();
    const result = await tare.reportForecast(request);
    await printData(context, formatOf(flags), { name: 'forecast', result });
    return EXIT.fine;
  });
}
