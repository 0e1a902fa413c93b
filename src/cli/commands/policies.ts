import { readFile } from 'node:fs/promises';
import { resolve } from 'node:path';
import { text as textOf } from 'node:stream/consumers';
import { TareError } from '../../app/errors.ts';
import { readWindow } from '../../app/read-request.ts';
import type { PolicyPreview } from '../../app/results/policies.ts';
import type { CommandContext } from '../command-context.ts';
import { EXIT } from '../exit-codes.ts';
import type { PoliciesFlags } from '../flags.ts';
import { withTare } from '../open-tare.ts';
import { formatOf, printData } from '../print.ts';

/** `tare policies preview`. */
export async function previewPolicies(context: CommandContext, flags: PoliciesFlags): Promise<number> {
  const { from, to, file, top } = flags;
  const window = from === undefined && to === undefined ? null : readWindow(from, to, context.nowMs());
  const text = file === undefined ? null : await readText(context, file);
  const signal = context.interruption.signal();
  return withTare(context, flags, { writes: false, usesSources: false }, async ({ tare, config }) => {
    await tare.buildLedger(context.progressLine.progress, signal);
    context.progressLine.end();
    const result = await tare.previewPolicies({ text, window, top });
    refuseMistakes(result, file ?? config.path ?? 'tare.yaml');
    await printData(context, formatOf(flags), { name: 'policy-preview', result });
    return EXIT.fine;
  });
}

function readText({ directory }: CommandContext, file: string): Promise<string> {
  if (file === '-') return textOf(process.stdin);
  return readFile(resolve(directory, file), 'utf8').catch((error: unknown) => {
    throw new TareError('fileNotReadable', `${file} cannot be read`, 'check the path after --file', error);
  });
}

function refuseMistakes({ mistakes }: PolicyPreview, file: string): void {
  const [first] = mistakes;
  if (first === undefined) return;
  const more = mistakes.length > 1 ? ` (and ${mistakes.length - 1} more)` : '';
  const where = file === '-' ? 'standard input' : file;
  throw new TareError(
    'badConfig',
    `${where}:${first.line}:${first.column}  ${first.message}${more}`,
    first.remedy,
  );
}
