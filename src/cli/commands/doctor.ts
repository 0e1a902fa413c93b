import type { CommandContext } from '../command-context.ts';
import type { GlobalFlags } from '../flags.ts';
import { withTare } from '../open-tare.ts';
import { formatOf, printData } from '../print.ts';

export function doctor(context: CommandContext, flags: GlobalFlags): Promise<number> {
  return withTare(context, flags, { writes: false, usesSources: true }, async ({ tare }) => {
    const result = await tare.doctor(context.interruption.signal());
    await printData(context, formatOf(flags), { name: 'doctor', result });
    return result.exitCode;
  });
}
