import type { Progress, ProgressEvent } from '../app/tare.ts';

export type ProgressOutput = Readonly<{
  write(text: string): void;
  /** One line, drawn over and over; otherwise plain lines, few of them. */
  isTerminal: boolean;
  isQuiet: boolean;
  width: number;
  nowMs(): number;
}>;

const SILENT_FOR_MS = 500;
const REDRAW_EVERY_MS = 100;
const LINE_EVERY_MS = 10_000;
const LINE_EVERY_FRACTION = 0.1;

/** Shows how far a long task is. `end` clears the line before anything else is printed. */
export function createProgressLine(output: ProgressOutput): Readonly<{ progress: Progress; end(): void }> {
  const startedMs = output.nowMs();
  let taskStartedMs = startedMs;
  let task = '';
  let shownMs = startedMs;
  let shownFraction = 0;
  let isDrawn = false;

  const progress: Progress = (event) => {
    const nowMs = output.nowMs();
    if (event.task !== task) {
      task = event.task;
      taskStartedMs = nowMs;
      shownFraction = 0;
    }
    if (output.isQuiet || nowMs - startedMs < SILENT_FOR_MS) return;
    const fraction = event.total ? event.done / event.total : 0;
    const isDue = output.isTerminal
      ? nowMs - shownMs >= REDRAW_EVERY_MS
      : nowMs - shownMs >= LINE_EVERY_MS || fraction - shownFraction >= LINE_EVERY_FRACTION;
    if (!isDue) return;
    shownMs = nowMs;
    shownFraction = fraction;
    const line = describeProgress(event, nowMs - taskStartedMs);
    isDrawn = output.isTerminal;
    output.write(output.isTerminal ? `\r\u001b[2K${line.slice(0, output.width - 1)}` : `${line}\n`);
  };
  return {
    progress,
    end() {
      if (isDrawn) output.write('\r\u001b[2K');
      isDrawn = false;
    },
  };
}

/** `reading bill.parquet  72 %  867,000 rows  1,100,000 rows/s  3 s left`. */
export function describeProgress(event: ProgressEvent, elapsedMs: number): string {
  const perSecond = elapsedMs > 0 ? (event.done * 1000) / elapsedMs : 0;
  const parts = [event.task];
  if (event.total) parts.push(`${Math.min(100, Math.floor((event.done / event.total) * 100))} %`);
  parts.push(quantity(event.done, event.unit));
  if (perSecond > 0 && event.unit !== 'chunks' && event.unit !== 'steps')
    parts.push(`${quantity(perSecond, event.unit)}/s`);
  const isUnderWay = event.total !== null && perSecond > 0 && event.done < event.total;
  if (isUnderWay) parts.push(`${timeLeft((event.total! - event.done) / perSecond)} left`);
  return parts.join('  ');
}

function quantity(amount: number, unit: ProgressEvent['unit']): string {
  if (unit === 'bytes') return `${(amount / 1e6).toFixed(1)} MB`;
  return `${Math.round(amount).toLocaleString('en-US')} ${unit}`;
}

function timeLeft(seconds: number): string {
  if (seconds < 90) return `${Math.ceil(seconds)} s`;
  if (seconds < 5400) return `${Math.round(seconds / 60)} min`;
  return `${(seconds / 3600).toFixed(1)} h`;
}
