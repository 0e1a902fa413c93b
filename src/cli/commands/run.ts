import { randomBytes } from 'node:crypto';
import { hostname } from 'node:os';
import type { MeteredOutcome } from '../../app/meter-run.ts';
import type { RunEnd } from '../../ports/run-meter.ts';
import type { CommandContext } from '../command-context.ts';
import type { RunFlags } from '../flags.ts';
import { type ChildEnd, exitCodeOf, type MeteredChild, startChild } from '../metered-child.ts';

/** Marks the processes of a run; the meter looks for it. */
const RUN_ID_VARIABLE = 'TARE_RUN_ID';
/** Keys that were meant for the command may still arrive; after this, they are meant for the receipt. */
const LATE_KEYS_MS = 300;

/**
 * Runs a command and meters it. The command is started before anything else is loaded, and what it gives is what this gives: nothing
 * that metering, weighing or recording does changes it.
 */
export async function run(
  context: CommandContext,
  flags: RunFlags,
  words: readonly string[],
): Promise<number> {
  const { terminal, interruption, environment, directory, nowMs } = context;
  interruption.release();
  // A terminal that was closed takes no receipt; the run is recorded all the same.
  process.stderr.on('error', () => {});

  const startMs = nowMs();
  const id = newRunId(startMs);
  const start = await startChild(words, { ...environment, [RUN_ID_VARIABLE]: id }, directory);
  if (start.kind === 'not-started') {
    terminal.fail(`tare: ${start.message}`);
    return start.exitCode;
  }

  const { child } = start;
  const metered = meterChild(context, flags, { words, id, startMs, child }).catch(asProblem);
  const exitCode = exitCodeOf(await child.ended);
  endOnSignal(exitCode);
  const outcome = await metered;
  await report(context, flags, outcome).catch((error: unknown) =>
    terminal.fail(`tare: the receipt cannot be printed: ${String(error)}`),
  );
  return exitCode;
}

/** `20261124T090000Z-3f9a01`: sorts by time, and is a file name. */
function newRunId(startMs: number): string {
  const instant = new Date(startMs).toISOString().replace(/[-:]|\.\d+/g, '');
  return `${instant}-${randomBytes(3).toString('hex')}`;
}

type Started = Readonly<{ words: readonly string[]; id: string; startMs: number; child: MeteredChild }>;

async function meterChild(
  context: CommandContext,
  flags: RunFlags,
  { words, id, startMs, child }: Started,
): Promise<MeteredOutcome> {
  const { describeRun } = await import('../describe-run.ts');
  const { openMetering } = await import('../open-metering.ts');
  const { meterRun } = await import('../../app/meter-run.ts');
  const ended = child.ended.then((end) => asRunEnd(end, context.nowMs()));
  const { config, parts, problems } = await openMetering(context, flags);
  const parent = context.environment[RUN_ID_VARIABLE];
  const run = describeRun({
    flags,
    defaults: config.run,
    environment: context.environment,
    directory: context.directory,
    words,
    host: hostname(),
    started: { runId: `tare:${id}`, parentRunId: parent ? `tare:${parent}` : null, pid: child.pid, startMs },
  });
  const outcome = await meterRun(parts, run, ended);
  return { ...outcome, problems: [...problems, ...outcome.problems] };
}

function asRunEnd({ exitCode, signal, stoppedBy }: ChildEnd, atMs: number): RunEnd {
  return { atMs, exitCode, signal, stoppedBy };
}

function asProblem(error: unknown): MeteredOutcome {
  const problem = `the run was not metered: ${error instanceof Error ? error.message : String(error)}`;
  return { receipt: null, recordedIn: null, recordPath: null, problems: [problem] };
}

/** Who does not want to wait for the receipt does not lose the command's exit code, and the record is kept. */
function endOnSignal(exitCode: number): void {
  const endedMs = performance.now();
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP', 'SIGQUIT'] as const)
    process.on(signal, () => {
      if (performance.now() - endedMs > LATE_KEYS_MS) process.exit(exitCode);
    });
}

async function report(context: CommandContext, flags: RunFlags, outcome: MeteredOutcome): Promise<void> {
  const problems = [...outcome.problems, ...(await writeReceipt(flags, outcome))];
  const { terminal } = context;
  if (flags.json) {
    const { renderJson } = await import('../../reports/json.ts');
    return terminal.note(renderJson({ ...outcome, problems }));
  }
  const { meteredReceiptText } = await import('../../reports/metered-receipt-text.ts');
  const text = meteredReceiptText(outcome.receipt, { ...outcome, problems });
  const shown = terminal.isAscii ? (await import('../../reports/ascii.ts')).toAscii(text) : text;
  if (shown !== '') terminal.note(shown);
}

async function writeReceipt({ receipt }: RunFlags, outcome: MeteredOutcome): Promise<string[]> {
  if (receipt === undefined) return [];
  const { writeFile } = await import('node:fs/promises');
  const { renderJson } = await import('../../reports/json.ts');
  try {
    await writeFile(receipt, renderJson(outcome));
    return [];
  } catch (error) {
    return [`the receipt was not written to ${receipt}: ${(error as Error).message}`];
  }
}
