import { DAY_MS, type EpochMs, formatInstant, parseInstant, type TimeWindow } from '../domain/time/window.ts';
import type { Clock } from '../ports/clock.ts';
import type { LiveSource } from '../ports/source.ts';
import type { Store } from '../ports/store.ts';
import { stopIfAborted, TareError, toTareError } from './errors.ts';
import { importReading, importResult, type ReadingOutcome } from './import-reading.ts';
import type { CollectRequest, CollectResult, Progress } from './tare.ts';

/** How far back a source is asked the first time. */
const FIRST_COLLECTION_MS = 30 * DAY_MS;

export type CollectParts = Readonly<{ store: Store; liveSources: readonly LiveSource[]; clock: Clock }>;

/**
 * One pass over the live sources, chunk by chunk. Each chunk lands whole or not at all, and only then does the source's watermark
 * move, so an interrupted collection goes on where it stopped and running twice changes nothing.
 *
 * A source that fails does not keep the others from being collected; the pass ends with its error then.
 */
export async function collect(
  parts: CollectParts,
  request: CollectRequest,
  progress: Progress,
  signal: AbortSignal,
): Promise<CollectResult> {
  const collected: CollectResult['sources'][number][] = [];
  const failures: TareError[] = [];
  for (const source of sourcesOf(parts.liveSources, request.sources)) {
    try {
      if (source.inbox && !(await source.inbox.prepare()) && request.sources === null) continue;
      collected.push(await collectSource(parts, source, request.window, progress, signal));
    } catch (thrown) {
      const error = toTareError(thrown);
      if (signal.aborted) throw error;
      failures.push(error);
    }
  }
  if (failures.length > 0)
    throw summedUp(
      failures,
      collected.map(({ name }) => name),
    );
  return { sources: collected };
}

function sourcesOf(sources: readonly LiveSource[], names: readonly string[] | null): readonly LiveSource[] {
  if (names === null) return sources;
  return names.map((name) => {
    const source = sources.find((candidate) => candidate.name === name);
    if (source) return source;
    const known = sources.map((candidate) => candidate.name).join(', ') || 'none is configured';
    throw new TareError('unknownSource', `no live source is called "${name}"`, `sources: ${known}`);
  });
}

async function collectSource(
  { store, clock }: CollectParts,
  source: LiveSource,
  asked: TimeWindow | null,
  progress: Progress,
  signal: AbortSignal,
): Promise<CollectResult['sources'][number]> {
  const nowMs = clock.nowMs();
  const watermark = await readWatermark(store, source);
  const chunks = source.chunks(asked ?? (await windowToRead(source, watermark, nowMs, signal)));
  const outcomes: ReadingOutcome[] = [];
  let reached = watermark ?? (asked === null ? (chunks[0]?.window.fromMs ?? null) : null);
  for (const [index, chunk] of chunks.entries()) {
    const kept = `${index} of ${chunks.length} chunks of ${source.name} are in`;
    stopIfAborted(signal, kept);
    const task = `collecting ${source.name} ${chunk.name}`;
    progress({ task, done: index, total: chunks.length, unit: 'chunks' });
    try {
      outcomes.push(
        await importReading({
          store,
          dataset: {
            name: `${source.kind}:${source.name}/${chunk.name}`,
            kind: source.kind,
            importedAtMs: nowMs,
          },
          reading: source.read(chunk.window, signal),
          task,
          progress: () => {},
          signal,
        }),
      );
    } catch (thrown) {
      throw toTareError(thrown, { prefix: `${source.name} ${chunk.name}`, suffix: kept });
    }
    await source.inbox?.landed(chunk.name);
    reached = movedWatermark(reached, chunk.window, nowMs);
    if (reached !== null) await store.writeNote(noteOf(source), formatInstant(reached));
  }
  progress({ task: `collecting ${source.name}`, done: chunks.length, total: chunks.length, unit: 'chunks' });
  return { name: source.name, ...importResult(source.kind, chunks.length, outcomes) };
}

/** As far back as the source may say something new. */
async function windowToRead(
  source: LiveSource,
  watermark: EpochMs | null,
  nowMs: EpochMs,
  signal: AbortSignal,
): Promise<TimeWindow> {
  const window = windowSince(source, watermark, nowMs);
  if (watermark === null || !source.changedSince) return window;
  try {
    return { ...window, fromMs: Math.min(window.fromMs, await source.changedSince(watermark, signal)) };
  } catch (thrown) {
    throw toTareError(thrown, { prefix: source.name });
  }
}

/** From the chunk before the one that was reached, since data arrives late; the first time from thirty days back. */
function windowSince(source: LiveSource, watermark: EpochMs | null, nowMs: EpochMs): TimeWindow {
  if (watermark === null) return { fromMs: nowMs - FIRST_COLLECTION_MS, toMs: nowMs };
  const reached = source.chunks({ fromMs: watermark - 1, toMs: watermark })[0]?.window;
  const length = reached === undefined ? 0 : reached.toMs - reached.fromMs;
  return { fromMs: Math.min(watermark - 1, nowMs) - length, toMs: nowMs };
}

/** Moves only over time without a hole: a window asked for beyond the watermark leaves it where it was. */
function movedWatermark(reached: EpochMs | null, landed: TimeWindow, nowMs: EpochMs): EpochMs | null {
  if (reached === null || landed.fromMs > reached) return reached;
  return Math.max(reached, Math.min(landed.toMs, nowMs));
}

async function readWatermark(store: Store, source: LiveSource): Promise<EpochMs | null> {
  const text = await store.readNote(noteOf(source));
  return text === undefined ? null : (parseInstant(text) ?? null);
}

function noteOf(source: LiveSource): string {
  return `watermark:${source.name}`;
}

function summedUp(failures: readonly TareError[], collected: readonly string[]): TareError {
  const [first, ...others] = failures;
  const parts = others.map(({ message }) => `also ${message}`);
  if (collected.length > 0) parts.push(`collected: ${collected.join(', ')}`);
  return toTareError(first, parts.length > 0 ? { suffix: parts.join('; ') } : {});
}
