import { readWindow } from '../../app/read-request.ts';
import { readCadenceRequest, readRunsRequest } from '../../app/read-run-requests.ts';
import type { CommandContext } from '../command-context.ts';
import { EXIT } from '../exit-codes.ts';
import type { CadenceFlags, RunsFlags } from '../flags.ts';
import { withTare } from '../open-tare.ts';
import { formatOf, printData } from '../print.ts';

/** `tare report runs`. */
export function reportRuns(context: CommandContext, flags: RunsFlags): Promise<number> {
  const window = readWindow(flags.from, flags.to, context.nowMs());
  const { by, text, sort, metric, direction, baseline } = flags;
  const request = readRunsRequest(
    {
      by,
      filter: flags.filter ?? [],
      text,
      sort,
      limit: flags.top ?? null,
      offset: flags.offset ?? 0,
      metric,
      direction,
      baseline,
    },
    window,
  );
  const signal = context.interruption.signal();
  return withTare(context, flags, { writes: false, usesSources: false }, async ({ tare }) => {
    await tare.buildLedger(context.progressLine.progress, signal);
    context.progressLine.end();
    await printData(context, formatOf(flags), { name: 'runs', result: await tare.reportRuns(request) });
    return EXIT.fine;
  });
}

/** `tare runs cadence MODEL`. Without `--from`, all runs count that are known. */
export function cadence(context: CommandContext, flags: CadenceFlags, model: string): Promise<number> {
  const hasWindow = flags.from !== undefined || flags.to !== undefined;
  const window = hasWindow ? readWindow(flags.from, flags.to, context.nowMs()) : null;
  const { value, cost, decay, decayLimit, decayPoints, score, metric, metricBefore, direction, seed } = flags;
  const request = readCadenceRequest(
    {
      model,
      filter: flags.filter ?? [],
      value,
      cost,
      decay,
      decayLimit,
      decayPoints,
      score,
      metric,
      metricBefore,
      direction,
      seed,
    },
    window,
  );
  const signal = context.interruption.signal();
  return withTare(context, flags, { writes: false, usesSources: false }, async ({ tare }) => {
    await tare.buildLedger(context.progressLine.progress, signal);
    context.progressLine.end();
    await printData(context, formatOf(flags), { name: 'cadence', result: await tare.runsCadence(request) });
    return EXIT.fine;
  });
}
