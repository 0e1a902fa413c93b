import { readInstant } from '../../app/read-request.ts';
import type { CommandContext } from '../command-context.ts';
import { EXIT } from '../exit-codes.ts';
import type { BudgetFlags } from '../flags.ts';
import { withTare } from '../open-tare.ts';
import { formatOf, printData } from '../print.ts';

/** `tare budget`; with `--check`, 3 when more was spent than a budget allows. */
export function budget(context: CommandContext, flags: BudgetFlags): Promise<number> {
  const atMs = flags.at === undefined ? null : readInstant(flags.at, context.nowMs());
  const signal = context.interruption.signal();
  return withTare(context, flags, { writes: false, usesSources: false }, async ({ tare }) => {
    await tare.buildLedger(context.progressLine.progress, signal);
    context.progressLine.end();
    const result = await tare.reportBudgets(atMs);
    await printData(context, formatOf(flags), { name: 'budgets', result });
    const isOver = result.rows.some(({ state, isSoft }) => state === 'over' && !isSoft);
    return flags.check && isOver ? EXIT.guardrail : EXIT.fine;
  });
}
