import { closestWord } from '../domain/text/closest-word.ts';
import { parseInstant, parseWindow, type TimeWindow } from '../domain/time/window.ts';
import { RUN_DIMENSIONS, RUN_SORTS, type RunDimension, type RunFilter } from '../ports/run-queries.ts';
import {
  CHARGE_DIMENSIONS,
  type ChargeDimension,
  LEDGER_DIMENSIONS,
  type LedgerDimension,
  type LedgerFilter,
} from '../ports/store.ts';
import { TareError } from './errors.ts';
import type { RunsRequest } from './tare.ts';

/** Reads what people and programs write into flags and queries; every door reads it alike. */

/** `--from` and `--to`; see `parseWindow`. */
export function readWindow(from: string | undefined, to: string | undefined, nowMs: number): TimeWindow {
  const window = parseWindow(from, to, nowMs);
  if (window) return window;
  const written = [from && `from "${from}"`, to && `to "${to}"`].filter(Boolean).join(' ') || 'the window';
  throw new TareError(
    'badWindow',
    `${written} is not a window of time`,
    'write 2026-10, 2026-10-14, 2026-10-14T09:00Z, month, or 7d, 24h, 4w back from now; from must be before to',
  );
}

/** `--at`: an ISO instant, or now. */
export function readInstant(text: string | undefined, nowMs: number): number {
  const atMs = text === undefined ? nowMs : parseInstant(text);
  if (atMs !== undefined) return atMs;
  throw new TareError('badWindow', `"${text}" is not an instant`, 'write 2026-10-14 or 2026-10-14T09:00Z');
}

/** `team,gpuModel,tag:cost-centre`; empty text or none stands for no grouping. */
export function readLedgerDimensions(text: string): LedgerDimension[] {
  return splitList(text).map((word) => {
    if (isLedgerDimension(word)) return word;
    throw unknownDimension(word, LEDGER_DIMENSIONS, ', or tag:NAME');
  });
}

/** One of them, where a report is about one. */
export function readLedgerDimension(text: string): LedgerDimension {
  const [first, ...more] = readLedgerDimensions(text);
  if (first !== undefined && more.length === 0) return first;
  throw new TareError('usage', `"${text}" is not one dimension`, 'write one, such as team or tag:NAME');
}

export function readChargeDimensions(text: string): ChargeDimension[] {
  return splitList(text).map((word) => {
    const found = CHARGE_DIMENSIONS.find((dimension) => dimension === word);
    if (found) return found;
    throw unknownDimension(word, CHARGE_DIMENSIONS, '');
  });
}

/** `team=search`; the same dimension twice means either value, two dimensions mean both. */
export function readFilters(texts: readonly string[]): LedgerFilter[] {
  const values = new Map<LedgerDimension, string[]>();
  for (const text of texts) {
    const [, name, value] = /^([^=]+)=(.*)$/s.exec(text) ?? [];
    if (name === undefined || value === undefined) {
      throw new TareError('usage', `"${text}" is not a filter`, 'write dimension=value, such as team=search');
    }
    const [dimension] = readLedgerDimensions(name);
    values.set(dimension!, [...(values.get(dimension!) ?? []), value]);
  }
  return [...values].map(([dimension, list]) => ({ dimension, values: list }));
}

export function readRunDimensions(text: string): RunDimension[] {
  return splitList(text).map((word) => {
    const found = RUN_DIMENSIONS.find((dimension) => dimension === word);
    if (found) return found;
    throw unknownDimension(word, RUN_DIMENSIONS, '');
  });
}

/** As `readFilters`, over the dimensions of runs. */
export function readRunFilters(texts: readonly string[]): RunFilter[] {
  const values = new Map<RunDimension, string[]>();
  for (const text of texts) {
    const [, name, value] = /^([^=]+)=(.*)$/s.exec(text) ?? [];
    if (name === undefined || value === undefined) {
      throw new TareError(
        'usage',
        `"${text}" is not a filter`,
        'write dimension=value, such as state=failed',
      );
    }
    const [dimension] = readRunDimensions(name);
    values.set(dimension!, [...(values.get(dimension!) ?? []), value]);
  }
  return [...values].map(([dimension, list]) => ({ dimension, values: list }));
}

/** `cost`, `-startedAt`: figures come largest first unless a `+` says otherwise, texts and costs per point in order unless a `-` does. */
export function readRunSort(text: string): Pick<RunsRequest, 'sort' | 'isDescending'> {
  const [, sign, name] = /^([+-]?)(.*)$/.exec(text.trim()) ?? [];
  const sorts = [...RUN_SORTS, 'quality', 'costPerPoint'] as const;
  const sort = sorts.find((known) => known === name);
  if (sort) {
    const isAscending = ['name', 'team', 'model', 'state', 'costPerPoint'].includes(sort);
    return { sort, isDescending: sign === '' ? !isAscending : sign === '-' };
  }
  const meant = closestWord(name ?? '', sorts);
  const list = `one of ${sorts.join(', ')}, with + or - in front`;
  throw new TareError(
    'usage',
    `runs are not sorted by "${text}"`,
    meant ? `did you mean ${meant}? ${list}` : list,
  );
}

/** `1=0.2,7=1.1`: days since the training, and points lost until then. */
export function readDecayPoints(text: string): { days: number; loss: number }[] {
  return splitList(text).map((part) => {
    const [, days, loss] = /^([0-9.]+)=(-?[0-9.]+)$/.exec(part) ?? [];
    if (Number(days) > 0 && Number.isFinite(Number(loss))) return { days: Number(days), loss: Number(loss) };
    throw new TareError(
      'usage',
      `"${part}" is no measured loss`,
      'write DAYS=LOSS, such as 1=0.2,7=1.1,30=3',
    );
  });
}

export function isLedgerDimension(word: string): word is LedgerDimension {
  return /^tag:./.test(word) || (LEDGER_DIMENSIONS as readonly string[]).includes(word);
}

function splitList(text: string): string[] {
  return text
    .split(',')
    .map((word) => word.trim())
    .filter(Boolean);
}

function unknownDimension(word: string, known: readonly string[], more: string): TareError {
  const meant = closestWord(word, known);
  const list = `dimensions: ${known.join(', ')}${more}`;
  return new TareError(
    'unknownDimension',
    `"${word}" is not a dimension of this report`,
    meant ? `did you mean ${meant}? ${list}` : list,
  );
}
