import { useSyncExternalStore } from 'react';

/** Goes to an address of this site; the back button undoes it. */
export function goTo(address: string): void {
  const before = window.location.pathname;
  if (address === `${before}${window.location.search}${window.location.hash}`) return;
  window.history.pushState(null, '', address);
  hasArrived = window.location.pathname !== before;
  tell();
}

/** Whether another page was gone to since the last time of asking: it begins at its top, for the eye and for the keyboard. */
export function takeArrival(): boolean {
  const was = hasArrived;
  hasArrived = false;
  return was;
}

let hasArrived = false;

/** Changes the address without a step for the back button: for what changes with every key that is typed. */
export function changeAddress(address: string): void {
  window.history.replaceState(null, '', address);
  tell();
}

export function usePath(): string {
  return useSyncExternalStore(subscribe, () => window.location.pathname);
}

export function useSearch(): string {
  return useSyncExternalStore(subscribe, () => window.location.search);
}

// `pushState` raises no event of its own.
const listeners = new Set<() => void>();

function tell(): void {
  for (const listener of listeners) listener();
}

function subscribe(listener: () => void): () => void {
  listeners.add(listener);
  window.addEventListener('popstate', listener);
  return () => {
    listeners.delete(listener);
    window.removeEventListener('popstate', listener);
  };
}
