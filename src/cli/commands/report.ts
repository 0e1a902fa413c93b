import { TareError } from '../../app/errors.ts';
import { readCallDimensions, readCallFilters } from '../../app/inference/read-options.ts';
import { readIdleDimensions } from '../../app/read-idle-request.ts';
import {
  readChargeDimensions,
  readFilters,
  readLedgerDimensions,
  readWindow,
} from '../../app/read-request.ts';
import type { InferenceRequest, Tare } from '../../app/tare.ts';
import type { TimeWindow } from '../../domain/time/window.ts';
import type { Answer } from '../answer.ts';
import type { CommandContext } from '../command-context.ts';
import { EXIT } from '../exit-codes.ts';
import type { ReportFlags, ReportName } from '../flags.ts';
import { withTare } from '../open-tare.ts';
import { formatOf, printData } from '../print.ts';

export function report(context: CommandContext, flags: ReportFlags, name: ReportName): Promise<number> {
  const window = readWindow(flags.from, flags.to, context.nowMs());
  const signal = context.interruption.signal();
  return withTare(context, flags, { writes: false, usesSources: false }, async ({ tare }) => {
    await tare.buildLedger(context.progressLine.progress, signal);
    context.progressLine.end();
    const answer = await ask(tare, name, flags, window);
    if (flags.minCoverage !== undefined) await checkCoverage(tare, window, flags.minCoverage);
    await printData(context, formatOf(flags), answer);
    return EXIT.fine;
  });
}

async function ask(tare: Tare, name: ReportName, flags: ReportFlags, window: TimeWindow): Promise<Answer> {
  const top = flags.top ?? null;
  switch (name) {
    case 'ledger':
      return { name, result: await tare.reportLedger({ ...ledgerRequest(flags), window, top }) };
    case 'idle': {
      const by = readIdleDimensions(flags.by ?? 'team');
      return {
        name,
        result: await tare.reportIdle({ by, filters: readFilters(flags.filter ?? []), window, top }),
      };
    }
    case 'charges':
      return {
        name,
        result: await tare.reportCharges({ by: readChargeDimensions(flags.by ?? 'team'), window, top }),
      };
    case 'coverage':
      return { name, result: await tare.reportCoverage(window) };
    case 'commitments':
      return { name, result: await tare.reportCommitments(window) };
    case 'health':
      return { name, result: await tare.reportHealth(window) };
    case 'inference':
      return { name, result: await tare.reportInference({ ...inferenceRequest(flags), window, top }) };
    case 'units': {
      const { by: _, apiPrice: __, against: ___, throughput: ____, ...request } = inferenceRequest(flags);
      return { name, result: await tare.reportUnits({ ...request, window }) };
    }
    default:
      return name satisfies never;
  }
}

function ledgerRequest(flags: ReportFlags) {
  return {
    by: readLedgerDimensions(flags.by ?? 'team'),
    filters: readFilters(flags.filter ?? []),
    isCompared: flags.compare === true,
  };
}

function inferenceRequest(flags: ReportFlags): Omit<InferenceRequest, 'window' | 'top'> {
  return {
    by: readCallDimensions(flags.by ?? 'endpoint,model'),
    filters: readCallFilters(flags.filter ?? []),
    basis: flags.basis ?? 'allocated',
    sloMs: flags.sloMs ?? null,
    minQuality: flags.minQuality ?? [],
    tokenWeight: flags.tokenWeight ?? null,
    apiPrice: flags.apiPrice ?? null,
    against: flags.against ?? [],
    throughput: flags.throughput ?? [],
    training: flags.training ?? [],
  };
}

/** Rather no answer than one from too little. */
async function checkCoverage(tare: Tare, window: TimeWindow, least: number): Promise<void> {
  const { observed } = (await tare.reportCoverage(window)).coverage;
  if (observed !== null && observed >= least) return;
  const found =
    observed === null
      ? 'there is no GPU time in the window'
      : `${percent(observed)} of the paid GPU time was observed`;
  throw new TareError(
    'coverageTooLow',
    `${found}, and --min-coverage asks for ${percent(least)}`,
    'tare report coverage shows what is missing; import it, or ask for less',
  );
}

function percent(fraction: number): string {
  return `${Math.floor(fraction * 1000) / 10} %`;
}
