import { mkdirSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { readSlos } from '../../app/read-levers-request.ts';
import { readWindow } from '../../app/read-request.ts';
import type { LeversReport } from '../../app/results/levers.ts';
import { renderChange } from '../../reports/change-text.ts';
import type { CommandContext } from '../command-context.ts';
import { EXIT } from '../exit-codes.ts';
import type { LeversFlags } from '../flags.ts';
import { withTare } from '../open-tare.ts';
import { formatOf, printData } from '../print.ts';

/** Prints the plan, and writes the changes to make where a folder is named. Nothing is applied. */
export function levers(context: CommandContext, flags: LeversFlags): Promise<number> {
  const window = readWindow(flags.from, flags.to, context.nowMs());
  const signal = context.interruption.signal();
  return withTare(context, flags, { writes: false, usesSources: false }, async ({ tare }) => {
    await tare.buildLedger(context.progressLine.progress, signal);
    context.progressLine.end();
    const result = await tare.planSavings({ window, seed: flags.seed, sloMs: readSlos(flags.slo) });
    await printData(context, formatOf(flags), { name: 'levers', result });
    if (flags.emit !== undefined) emit(context, result, resolve(context.directory, flags.emit));
    return EXIT.fine;
  });
}

function emit(context: CommandContext, report: LeversReport, directory: string): void {
  mkdirSync(directory, { recursive: true });
  let files = 0;
  for (const row of report.rows) {
    for (const change of row.changes) {
      writeFileSync(join(directory, change.file), renderChange(row, change, report.currency));
      files += 1;
    }
  }
  context.terminal.note(
    `${files} files written to ${directory}; read their first lines before you apply one`,
  );
}
