import { readWindow } from '../../app/read-request.ts';
import type { CommandContext } from '../command-context.ts';
import { EXIT } from '../exit-codes.ts';
import type { GlobalFlags } from '../flags.ts';
import { withTare } from '../open-tare.ts';
import { formatOf, printData } from '../print.ts';
import { mentionRejects } from './import.ts';

export function collect(
  context: CommandContext,
  flags: GlobalFlags,
  sources: readonly string[],
): Promise<number> {
  const signal = context.interruption.signal();
  return withTare(context, flags, { writes: true, usesSources: true }, async ({ tare, config }) => {
    const isWhole = flags.from === undefined && flags.to === undefined;
    const window = isWhole ? null : readWindow(flags.from, flags.to, context.nowMs());
    const request = { window, sources: sources.length === 0 ? null : sources };
    const result = await tare.collect(request, context.progressLine.progress, signal);
    context.progressLine.end();
    const format = formatOf(flags);
    await printData(context, format, { name: 'collect', result, currency: config.settings.currency });
    for (const source of result.sources) mentionRejects(context, format, source);
    if (result.sources.length === 0)
      context.terminal.note('no sources are configured: see sources: in tare.yaml, or run tare init');
    return result.sources.some(({ rowsRejected }) => rowsRejected > 0) ? EXIT.data : EXIT.fine;
  });
}
