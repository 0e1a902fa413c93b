import { mkdirSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { TareError } from '../../app/errors.ts';
import { readGrowth, readSlos } from '../../app/read-levers-request.ts';
import { readWindow } from '../../app/read-request.ts';
import type { BillPlan } from '../../app/results/plan.ts';
import type { PlanRequest } from '../../app/tare.ts';
import { renderChange } from '../../reports/change-text.ts';
import { renderCsv } from '../../reports/csv.ts';
import { purchaseTable } from '../../reports/plan-tables.ts';
import { readModelEvidence } from '../../traces/read-model-evidence.ts';
import type { Records } from '../../traces/read-records.ts';
import type { CommandContext } from '../command-context.ts';
import type { PlanFlags } from '../flags.ts';
import { withTare } from '../open-tare.ts';
import { formatOf, printData } from '../print.ts';
import { exitCodeAfter } from './simulate/finish.ts';

/** Prints the plan, and writes the changes to make where a folder is named. Nothing is applied, and nothing is bought. */
export async function plan(context: CommandContext, flags: PlanFlags): Promise<number> {
  const read = await readEvidence(context, flags);
  const request = requestOf(context, flags, read.records);
  const signal = context.interruption.signal();
  return withTare(context, flags, { writes: false, usesSources: false }, async ({ tare }) => {
    await tare.buildLedger(context.progressLine.progress, signal);
    context.progressLine.end();
    const result = await tare.planBill(request, context.progressLine.progress, signal);
    context.progressLine.end();
    await printData(context, formatOf(flags), { name: 'plan', result });
    if (flags.emit !== undefined) emit(context, result, resolve(context.directory, flags.emit));
    return exitCodeAfter(context, read.rejects, flags.maxRejects);
  });
}

type Evidence = Records<PlanRequest['evidence'][number]>;

async function readEvidence(
  { directory, interruption }: CommandContext,
  flags: PlanFlags,
): Promise<Evidence> {
  if (flags.evidence === undefined) return { records: [], rowsRead: 0, rejects: [] };
  return readModelEvidence(resolve(directory, flags.evidence), {
    map: flags.map,
    set: {},
    fields: null,
    signal: interruption.signal(),
  });
}

function requestOf(
  context: CommandContext,
  flags: PlanFlags,
  evidence: PlanRequest['evidence'],
): PlanRequest {
  const { maxCommitted = null } = flags;
  if (maxCommitted !== null && maxCommitted > 100)
    throw new TareError('usage', `${maxCommitted} % is more than all`, 'write --max-committed 0 to 100');
  return {
    window: readWindow(flags.from, flags.to, context.nowMs()),
    seed: flags.seed,
    sloMs: readSlos(flags.slo),
    survivalPerYear: flags.survival,
    evidence,
    growth: flags.growth === undefined ? null : readGrowth(flags.growth),
    limits: {
      noSpot: !flags.spot,
      maxCommittedPercent: maxCommitted,
      noQualityRisk: !flags.qualityRisk,
      exclude: flags.exclude,
      only: flags.only,
    },
  };
}

function emit(context: CommandContext, result: BillPlan, directory: string): void {
  mkdirSync(directory, { recursive: true });
  let files = 0;
  const write = (file: string, text: string) => {
    writeFileSync(join(directory, file), text);
    files += 1;
  };
  for (const row of result.rows)
    for (const change of row.changes) write(change.file, renderChange(row, change, result.currency));
  if (result.rows.some(({ purchase }) => purchase !== null))
    write('purchases.csv', renderCsv(purchaseTable(result)));
  context.terminal.note(
    `${files} files written to ${directory}; read their first lines before you apply one`,
  );
}
