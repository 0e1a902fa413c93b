import { useCallback, useMemo } from 'react';
import { changeAddress, goTo, useSearch } from './place.ts';

/** How a page reads its state from the address and writes it back: `write(read(search))` is the search, less what means nothing. */
export type SearchCodec<State> = Readonly<{
  read: (search: string) => State;
  write: (state: State) => string;
}>;

export type ChangeState<State> = (part: Partial<State>, how?: 'step' | 'typing') => void;

/** The state in the address, and a way to change a part of it that the browser's back button undoes. */
export function usePageState<State>({
  read,
  write,
}: SearchCodec<State>): readonly [State, ChangeState<State>] {
  const search = useSearch();
  const state = useMemo(() => read(search), [read, search]);
  const change = useCallback<ChangeState<State>>(
    (part, how = 'step') => {
      const next = write({ ...read(window.location.search), ...part });
      if (next === window.location.search) return;
      const address = `${window.location.pathname}${next}${window.location.hash}`;
      if (how === 'step') goTo(address);
      else changeAddress(address);
    },
    [read, write],
  );
  return [state, change];
}
