import type { FactBatch, UsageFact } from '../../domain/facts/facts.ts';
import { formatInstant } from '../../domain/time/window.ts';
import { fileSource } from '../../files/file-source.ts';
import { readText } from '../../files/read-text.ts';
import { UnreadableFileError } from '../../files/unreadable-file-error.ts';
import type { FileReadOptions, FileSource, ReadSummary } from '../../ports/source.ts';
import { isAlive } from './meter-process.ts';
import { parseRecordLine, type StartLine } from './record-line.ts';
import { RunFacts } from './run-facts.ts';

const BATCH_FACTS = 5_000;

/** Records that `tare run` leaves: one run each, whole, still growing, or cut off when its meter was killed. */
export function createTareRunSource(): FileSource {
  const summary = 'records that tare run writes (.tare/runs/*.jsonl); tare collect takes them in by itself';
  return fileSource({ kind: 'tare-run', summary, columns: [] }, readRecord);
}

async function* readRecord(
  path: string,
  { signal }: FileReadOptions,
  summary: ReadSummary,
): AsyncGenerator<FactBatch> {
  let start: StartLine | null = null;
  let facts: RunFacts | null = null;
  let usage: UsageFact[] = [];
  for await (const { text, line } of linesOf(path, signal)) {
    summary.rowsRead += 1;
    const parsed = parseRecordLine(text);
    if (parsed.kind === 'problem') {
      summary.rejects.push({ where: `${path}:${line}`, code: 'broken-row', message: parsed.message });
    } else if (parsed.line.kind === 'start') {
      start = parsed.line;
      facts = new RunFacts(start.run);
    } else if (facts) usage.push(...facts.add(parsed.line));
    if (usage.length >= BATCH_FACTS) {
      yield { usage };
      usage = [];
    }
  }
  if (!start || !facts) throw notARecord(path);
  const isRunning = facts.end === null && (await isAlive(start.meter));
  const rest = facts.finish(isRunning);
  yield { ...rest, usage };
  summary.warnings.push(...facts.notes.map((note) => ({ ...note, count: 1 })));
  summary.totals = {
    run: facts.run.runId,
    state: rest.runs![0]!.state,
    from: formatInstant(facts.run.startMs),
    to: formatInstant(facts.end?.atMs ?? facts.lastMs),
    devices: new Set(rest.allocations!.map(({ deviceId }) => deviceId)).size,
  };
}

/** Lines with their numbers; the last one may lack its end, because it is being written or never was to its end. */
async function* linesOf(path: string, signal: AbortSignal): AsyncGenerator<{ text: string; line: number }> {
  let [rest, line] = ['', 0];
  for await (const chunk of readText(path, signal)) {
    const lines = (rest + chunk).split('\n');
    rest = lines.pop()!;
    for (const text of lines) yield { text, line: ++line };
  }
  // Half a line at the end is no mistake of anyone: the meter is writing it, or was killed.
  if (rest !== '' && parseRecordLine(rest).kind === 'line') yield { text: rest, line: ++line };
}

function notARecord(path: string): UnreadableFileError {
  return new UnreadableFileError(
    'not-json',
    `${path} is no record of a run: its start is missing. Import what tare run wrote, or give the file its own --kind.`,
  );
}
