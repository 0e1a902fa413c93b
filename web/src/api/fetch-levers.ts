import type { LeverDetail, LeversReport } from '../../../src/app/results/levers.ts';
import type { IdleReport } from '../../../src/app/results/results.ts';
import { searchText, type WindowState, windowQuery } from '../state/url-state.ts';
import { askApi, hasParts } from './ask-api.ts';

const MOST_DEVICES = 25;

/** A lever with the files of its change. */
export type LeverWithFiles = LeverDetail &
  Readonly<{ files: readonly Readonly<{ file: string; text: string }>[] }>;

export function fetchLevers(window: WindowState, signal: AbortSignal): Promise<LeversReport> {
  return askApi(`/api/v1/levers${searchText(windowQuery(window))}`, signal, isLevers);
}

export function fetchLever(id: string, window: WindowState, signal: AbortSignal): Promise<LeverWithFiles> {
  const query = windowQuery(window);
  query.set('id', id);
  return askApi(`/api/v1/lever?${query}`, signal, isLever);
}

/** Idle, unallocated and unobserved time; `cause` is among the dimensions. */
export function fetchIdle(
  by: readonly string[],
  window: WindowState,
  signal: AbortSignal,
): Promise<IdleReport> {
  return askApi(`/api/v1/report/idle?${idleQuery(by, window)}`, signal, isIdle);
}

export function idleQuery(by: readonly string[], window: WindowState): URLSearchParams {
  const query = windowQuery(window);
  query.set('by', by.join(','));
  // Days and causes are few; devices may be thousands.
  if (by.includes('device')) query.set('top', String(MOST_DEVICES));
  return query;
}

function isLevers(body: unknown): body is LeversReport {
  return hasParts(body, ['sentence', 'rows', 'planSaving', 'missing']);
}

function isLever(body: unknown): body is LeverWithFiles {
  return hasParts(body, ['row', 'days', 'files']);
}

function isIdle(body: unknown): body is IdleReport {
  return hasParts(body, ['by', 'rows', 'total']);
}
