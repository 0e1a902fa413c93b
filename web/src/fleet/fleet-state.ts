import type { Bucket } from '../buckets/buckets.ts';
import { isBucket } from '../buckets/buckets.ts';
import type { WindowState } from '../state/url-state.ts';
import { readWindowState, searchText, windowQuery } from '../state/url-state.ts';

/** Everything that the page shows. */
export type FleetState = WindowState &
  Readonly<{
    by: 'node' | 'device';
    /** `null`: all of them. */
    pool: string | null;
    node: string | null;
    /** Whose share the colours tell. */
    bucket: Bucket;
  }>;

export function readFleetState(search: string): FleetState {
  const query = new URLSearchParams(search);
  const bucket = query.get('bucket') ?? '';
  return {
    ...readWindowState(query),
    by: query.get('by') === 'device' ? 'device' : 'node',
    pool: query.get('pool') || null,
    node: query.get('node') || null,
    bucket: isBucket(bucket) ? bucket : 'productive',
  };
}

/** What is the default is left out. */
export function writeFleetState(state: FleetState): string {
  const query = windowQuery(state);
  if (state.by !== 'node') query.set('by', state.by);
  if (state.pool) query.set('pool', state.pool);
  if (state.node) query.set('node', state.node);
  if (state.bucket !== 'productive') query.set('bucket', state.bucket);
  return searchText(query);
}
