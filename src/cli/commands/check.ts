import { text } from 'node:stream/consumers';
import { askLedger, type LedgerAnswers } from '../../app/check/ask-ledger.ts';
import { checkLaunches } from '../../app/check/check-launches.ts';
import { TareError, toTareError } from '../../app/errors.ts';
import type { CheckReport } from '../../app/results/check.ts';
import type { Config } from '../../config/load-config.ts';
import type { Launch } from '../../domain/governance/launch.ts';
import type { CommandContext } from '../command-context.ts';
import { EXIT } from '../exit-codes.ts';
import type { CheckFlags } from '../flags.ts';
import { hasLedger, readConfig, withTare } from '../open-tare.ts';
import { formatOf, printData } from '../print.ts';

/** `tare check`: 3 for a violation, 4 for a manifest that cannot be read, 0 for neither. */
export async function check(
  context: CommandContext,
  flags: CheckFlags,
  paths: readonly string[],
): Promise<number> {
  const config = readConfig(context, flags, false);
  if (flags.emitAdmissionPolicy) return emit(context, config);
  if (paths.length === 0)
    throw new TareError(
      'usage',
      'no file is named',
      'name manifests or folders, or - for the standard input',
    );
  const report = await judge(context, flags, config, paths);
  await print(context, flags, report);
  return flags.exitZero ? EXIT.fine : exitCodeOf(report);
}

async function judge(
  context: CommandContext,
  flags: CheckFlags,
  config: Config,
  paths: readonly string[],
): Promise<CheckReport> {
  const { composeCheck } = await import('../../compose.ts');
  const { files, reader, parts } = await composeCheck({
    config,
    directory: context.directory,
    clock: context,
    readInput: () => text(process.stdin),
  });
  const opened = await files.open(paths);
  const read = reader.read(opened.files);
  const reading = { ...read, unreadable: [...opened.unreadable, ...read.unreadable] };
  const earlier = flags.base === undefined ? null : await files.openBase(paths, flags.base);
  const base = earlier && {
    reference: flags.base!,
    commit: earlier.commit,
    reading: reader.read(earlier.files),
  };
  const { answers, warnings } = await consult(context, flags, config, [
    ...reading.launches,
    ...(base?.reading.launches ?? []),
  ]);
  return checkLaunches(parts, { reading, base, ...answers, warnings, nowMs: context.nowMs() });
}

const NO_ANSWERS: LedgerAnswers = { pastRuns: [], budgetReport: null };

/** The gate works without a ledger, and says what it could not know. */
async function consult(
  context: CommandContext,
  flags: CheckFlags,
  config: Config,
  launches: readonly Launch[],
): Promise<{ answers: LedgerAnswers; warnings: string[] }> {
  if (flags.offline || launches.length === 0 || !hasLedger(context, flags, config)) {
    return { answers: NO_ANSWERS, warnings: [] };
  }
  let answers = NO_ANSWERS;
  try {
    await withTare(context, flags, { writes: false, usesSources: false }, async ({ tare }) => {
      answers = await askLedger(tare, launches, config.settings.owners, context.nowMs());
      return EXIT.fine;
    });
    return { answers, warnings: [] };
  } catch (thrown) {
    const error = toTareError(thrown);
    if (error.exitCode === EXIT.interrupted || error.exitCode === EXIT.bug) throw thrown;
    const warning = `the ledger could not be asked (${error.message}): past runs and what is spent of budgets are not known`;
    return { answers: NO_ANSWERS, warnings: [warning] };
  }
}

async function print(context: CommandContext, flags: CheckFlags, report: CheckReport): Promise<void> {
  const { terminal } = context;
  if (!flags.json && flags.format === 'sarif') {
    const { checkSarif } = await import('../../reports/check-sarif.ts');
    return terminal.write(checkSarif(report));
  }
  if (!flags.json && flags.format === 'markdown') {
    const { checkComment } = await import('../../reports/check-comment.ts');
    const comment = checkComment(report, flags.tag ?? 'check');
    // Nothing to say: whoever posts comments posts none.
    return comment === '' ? undefined : terminal.write(comment);
  }
  await printData(context, formatOf(flags), { name: 'check', result: report });
}

function exitCodeOf({ violations, unreadable }: CheckReport): number {
  if (violations.some(({ severity }) => severity === 'error')) return EXIT.guardrail;
  return unreadable.length > 0 ? EXIT.data : EXIT.fine;
}

async function emit(context: CommandContext, config: Config): Promise<number> {
  const { toAdmissionPolicy } = await import('../../domain/governance/admission/to-admission-policy.ts');
  const { admissionPolicyText } = await import('../../reports/admission-policy-text.ts');
  const { objects, leftOut } = toAdmissionPolicy(config.policies, config.settings.owners);
  context.terminal.write(admissionPolicyText(objects, leftOut));
  for (const { policy, why } of leftOut) context.terminal.note(`not in it: ${policy}: ${why}`);
  return EXIT.fine;
}
