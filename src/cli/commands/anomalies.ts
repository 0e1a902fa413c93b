import { userInfo } from 'node:os';
import { readAnomalyRequest } from '../../app/read-guardrail-requests.ts';
import type { Verdict } from '../../domain/governance/anomalies/judgement.ts';
import type { CommandContext } from '../command-context.ts';
import { EXIT } from '../exit-codes.ts';
import type { AnomalyFlags, JudgeFlags } from '../flags.ts';
import { withTare } from '../open-tare.ts';
import { formatOf, printData } from '../print.ts';

/** `tare anomalies`; with `--check`, 3 when one goes on that nobody has explained. */
export function anomalies(context: CommandContext, flags: AnomalyFlags): Promise<number> {
  const request = readAnomalyRequest(flags, context.nowMs());
  const signal = context.interruption.signal();
  return withTare(context, flags, { writes: false, usesSources: false }, async ({ tare }) => {
    await tare.buildLedger(context.progressLine.progress, signal);
    context.progressLine.end();
    const result = await tare.reportAnomalies(request);
    await printData(context, formatOf(flags), { name: 'anomalies', result });
    const isUnexplained = result.rows.some(({ isOngoing, verdict }) => isOngoing && verdict === null);
    return flags.check && isUnexplained ? EXIT.guardrail : EXIT.fine;
  });
}

/** `tare anomalies judge ID --as VERDICT`. */
export function judge(context: CommandContext, flags: JudgeFlags, id: string): Promise<number> {
  return withTare(context, flags, { writes: true, usesSources: false }, async ({ tare }) => {
    const { verdict } = await tare.judgeAnomaly({
      id,
      verdict: VERDICT_WORDS[flags.as],
      note: flags.note ?? null,
      by: flags.by ?? userInfo().username,
    });
    if (formatOf(flags) === 'json') context.terminal.write(`${JSON.stringify({ id, verdict })}\n`);
    else context.terminal.note(`${id}: ${flags.as}`);
    return EXIT.fine;
  });
}

const VERDICT_WORDS: Readonly<Record<JudgeFlags['as'], Verdict>> = {
  acknowledged: 'acknowledged',
  expected: 'expected',
  'false-alarm': 'falseAlarm',
};
