import { useSyncExternalStore } from 'react';

export type LiveState = Readonly<{
  /** New figures are on their way behind those that are shown. */
  isRefreshing: boolean;
  /** When the last new figures came. */
  refreshedAtMs: number | null;
  /** Since when the server does not answer. */
  awaySinceMs: number | null;
}>;

let state: LiveState = { isRefreshing: false, refreshedAtMs: null, awaySinceMs: null };
const listeners = new Set<() => void>();

export function changeLive(part: Partial<LiveState>): void {
  state = { ...state, ...part };
  for (const listener of listeners) listener();
}

export function useLiveState(): LiveState {
  return useSyncExternalStore(subscribe, () => state);
}

function subscribe(listener: () => void): () => void {
  listeners.add(listener);
  return () => listeners.delete(listener);
}
