import { readlink } from 'node:fs/promises';
import type { Clock } from '../../ports/clock.ts';
import type { GpuProbe } from '../../ports/gpu-probe.ts';
import type { MeteredRun, RunEnd, RunMeter, RunMetering } from '../../ports/run-meter.ts';
import { RECORD_SUFFIX } from './create-run-spool.ts';
import { GpuWatch } from './gpu-watch.ts';
import { thisMeter } from './meter-process.ts';
import { followProcesses } from './process-tree.ts';
import { readCodeState } from './read-code-state.ts';
import { RecordWriter } from './record-writer.ts';
import { watchCheckpoints } from './watch-checkpoints.ts';

export type RunMeterOptions = Readonly<{
  probe: GpuProbe;
  clock: Clock;
  /** Where the record goes; the first that can be written in. */
  folders: readonly string[];
}>;

/** The inode of the process numbers that the machine itself counts by; a container has its own. See proc_ns.h of Linux. */
const NUMBERS_OF_THE_MACHINE = 'pid:[4026531836]';

/** A meter on top of a GPU probe: samples, checkpoints and the state of the code go to a record until the run ends. */
export function createRunMeter({ probe, clock, folders }: RunMeterOptions): RunMeter {
  return {
    start(run) {
      const writer = new RecordWriter(folders, fileName(run));
      const stop = new AbortController();
      const tree = followProcesses(run.pid, bareId(run.runId));
      const watch = new GpuWatch({ run, probe, clock, tree, write: (line) => writer.write(line) });
      const checkpoints = watchCheckpoints(run, clock, (line) => writer.write(line));

      async function watchAll(): Promise<void> {
        writer.write({ kind: 'start', version: 1, run, meter: await thisMeter() });
        const seesAllProcesses = await hasNumbersOfTheMachine();
        await Promise.all([
          watch.until(stop.signal, seesAllProcesses),
          checkpoints.until(stop.signal),
          noteCode(run, writer),
        ]);
      }
      const watching = watchAll().catch((error: unknown) => {
        writer.write({ kind: 'note', code: 'meter-failed', message: `the meter failed: ${String(error)}` });
      });

      return { end: (end) => finish(end) } satisfies RunMetering;

      async function finish(end: RunEnd) {
        stop.abort();
        await watching;
        await checkpoints.look();
        await watch.noteSurvivors();
        writer.write({ kind: 'end', ...end });
        await writer.close();
        return { path: writer.path, problems: writer.problem === null ? [] : [writer.problem] };
      }
    },
  };
}

/** `tare:20261124T090000Z-3f9a` → the part that is also the mark of its processes. */
export function bareId(runId: string): string {
  return runId.replace(/^tare:/, '');
}

function fileName({ runId }: MeteredRun): string {
  return `${bareId(runId)}${RECORD_SUFFIX}`;
}

async function noteCode(run: MeteredRun, writer: RecordWriter): Promise<void> {
  const state = await readCodeState(run.directory);
  if (state) writer.write({ kind: 'code', ...state });
}

async function hasNumbersOfTheMachine(): Promise<boolean> {
  const link = await readlink('/proc/self/ns/pid').catch(() => NUMBERS_OF_THE_MACHINE);
  return link === NUMBERS_OF_THE_MACHINE;
}
