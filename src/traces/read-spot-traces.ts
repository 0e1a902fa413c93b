import type { SpotTrace } from '../domain/simulation/spot/spot-job.ts';
import { InputFailure } from '../ports/failures.ts';
import type { Reject } from '../ports/source.ts';
import { readJsonDocument } from './read-json-document.ts';

export type SpotTraceSettings = Readonly<{
  /** Length of a tick where the file does not say. */
  gapSeconds: number | null;
  /** Ticks of a record are merged until they are this long; capacity is there where it was in every part. */
  tickSeconds: number | null;
  /** Instances that must be available together; 1 for a job on one machine. */
  instances: number;
  /** The file says 1 where capacity is away. */
  isInverted: boolean;
  /** Ticks that a run needs behind its start. */
  deadlineMs: number;
  /** How many starts to draw in a record, which is one long series. A file of starts has its own. */
  starts: number;
  /** From 0 to below 1; the same stream gives the same starts. */
  chance: () => number;
  /** Whether what a file shows before a start may be known at the start. */
  showsHistory: boolean;
  signal: AbortSignal;
}>;

export type SpotTraces = Readonly<{
  traces: readonly SpotTrace[];
  /** Whether the file is a record in which starts were drawn. */
  isDrawn: boolean;
  rejects: readonly Reject[];
}>;

/**
 * Reads availability of spot capacity: a file of starts, `{gap_seconds, traces: ["1101…", …]}`, or a record,
 * `{metadata: {gap_seconds}, data: [1, 0, …]}` with the number of instances that could be had in each tick.
 *
 * Starts that were cut from one record overlap. Where one is the end of the longest of them, what the longest shows before that
 * is what could be observed before this start, and is kept as its history.
 * @throws InputFailure when the file is unusable as a whole; a start that is too short or unreadable is a reject
 */
export async function readSpotTraces(path: string, settings: SpotTraceSettings): Promise<SpotTraces> {
  const document = await readJsonDocument(path, settings.signal);
  const gapMs = gapOf(path, document, settings);
  if (Array.isArray(document['traces'])) return readStarts(path, document['traces'], gapMs, settings);
  if (Array.isArray(document['data'])) return drawStarts(path, document['data'], gapMs, settings);
  throw new InputFailure(
    'format-unknown',
    `${path}: neither \`traces\` (texts of 0 and 1, one for each start) nor \`data\` (numbers, one for each tick) is there`,
    'see docs/guides/simulate-spot.md for the two shapes',
  );
}

function gapOf(
  path: string,
  document: Readonly<Record<string, unknown>>,
  settings: SpotTraceSettings,
): number {
  const metadata = document['metadata'] as Readonly<Record<string, unknown>> | undefined;
  const gapSeconds = settings.gapSeconds ?? document['gap_seconds'] ?? metadata?.['gap_seconds'];
  if (typeof gapSeconds === 'number' && gapSeconds > 0) return Math.round(gapSeconds * 1000);
  throw new InputFailure(
    'format-unknown',
    `${path}:gap_seconds: expected the length of a tick in seconds, found ${JSON.stringify(gapSeconds) ?? 'nothing'}`,
    'add it to the file, or state it with --gap-seconds',
  );
}

function readStarts(
  path: string,
  texts: readonly unknown[],
  gapMs: number,
  settings: SpotTraceSettings,
): SpotTraces {
  const rejects: Reject[] = [];
  const needed = Math.floor(settings.deadlineMs / gapMs);
  const good: string[] = [];
  for (const [index, text] of texts.entries()) {
    const where = `${path}:traces[${index}]`;
    const problem = problemOf(text, needed);
    if (problem) rejects.push({ where, ...problem });
    else good.push(text as string);
  }
  const longest = good.reduce((best, text) => (text.length > best.length ? text : best), '');
  const record = toAvailable(longest, settings.isInverted);
  const traces = good.map((text): SpotTrace => {
    const isEnd = settings.showsHistory && longest.endsWith(text);
    return isEnd
      ? { gapMs, available: record, startTick: longest.length - text.length }
      : { gapMs, available: toAvailable(text, settings.isInverted), startTick: 0 };
  });
  return { traces, isDrawn: false, rejects };
}

function problemOf(text: unknown, needed: number): Pick<Reject, 'code' | 'message'> | null {
  if (typeof text !== 'string') return { code: 'bad-trace', message: 'expected a text of 0 and 1' };
  const odd = /[^01]/.exec(text);
  if (odd)
    return { code: 'bad-trace', message: `character ${odd.index + 1} is \`${odd[0]}\`; expected 0 or 1` };
  if (text.length < needed)
    return {
      code: 'too-short',
      message: `${text.length} ticks; the deadline needs ${needed}. Use a longer trace, or a shorter deadline`,
    };
  return null;
}

function toAvailable(text: string, isInverted: boolean): Uint8Array {
  const available = isInverted ? '0' : '1';
  return Uint8Array.from(text, (character) => (character === available ? 1 : 0));
}

function drawStarts(
  path: string,
  data: readonly unknown[],
  fineGapMs: number,
  settings: SpotTraceSettings,
): SpotTraces {
  const { instances, isInverted, deadlineMs, starts, chance, showsHistory } = settings;
  const odd = data.findIndex((count) => typeof count !== 'number' || !(count >= 0));
  if (odd >= 0)
    throw new InputFailure(
      'format-unknown',
      `${path}:data[${odd}]: ${JSON.stringify(data[odd])} is no number of instances`,
      'a record may have no holes: ticks follow each other. Mend it, or cut it there',
    );
  const fine = Uint8Array.from(data as number[], (count) => (count >= instances !== isInverted ? 1 : 0));
  const merged = Math.max(1, Math.ceil(((settings.tickSeconds ?? 0) * 1000) / fineGapMs));
  const available = mergeTicks(fine, merged);
  const gapMs = fineGapMs * merged;
  const room = available.length - Math.floor(deadlineMs / gapMs);
  if (room < 0)
    throw new InputFailure(
      'format-unknown',
      `${path}: ${available.length} ticks of ${gapMs / 1000} s are shorter than the deadline`,
      'use a longer record, or a shorter deadline',
    );
  const traces = Array.from({ length: starts }, (): SpotTrace => {
    const startTick = Math.floor(chance() * (room + 1));
    return showsHistory
      ? { gapMs, available, startTick }
      : { gapMs, available: available.subarray(startTick), startTick: 0 };
  });
  return { traces, isDrawn: true, rejects: [] };
}

function mergeTicks(available: Uint8Array, parts: number): Uint8Array {
  if (parts === 1) return available;
  return Uint8Array.from({ length: Math.floor(available.length / parts) }, (_, tick) =>
    available.subarray(tick * parts, (tick + 1) * parts).every((part) => part === 1) ? 1 : 0,
  );
}
