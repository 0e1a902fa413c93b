import { useCallback, useMemo, useSyncExternalStore } from 'react';
import type { PageState } from './url-state.ts';
import { readPageState, writePageState } from './url-state.ts';

/** The state in the address, and a way to change a part of it that the browser's back button undoes. */
export function usePageState(): readonly [PageState, (change: Partial<PageState>) => void] {
  const search = useSyncExternalStore(subscribe, () => window.location.search);
  const state = useMemo(() => readPageState(search), [search]);
  const change = useCallback((part: Partial<PageState>) => {
    const next = writePageState({ ...readPageState(window.location.search), ...part });
    if (next === window.location.search) return;
    window.history.pushState(null, '', `${window.location.pathname}${next}${window.location.hash}`);
    for (const listener of listeners) listener();
  }, []);
  return [state, change];
}

// `pushState` raises no event of its own.
const listeners = new Set<() => void>();

function subscribe(listener: () => void): () => void {
  listeners.add(listener);
  window.addEventListener('popstate', listener);
  return () => {
    listeners.delete(listener);
    window.removeEventListener('popstate', listener);
  };
}
