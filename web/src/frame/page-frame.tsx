import { useLocalStorage } from '@mantine/hooks';
import type { ReactNode, Ref } from 'react';
import { useEffect, useMemo, useRef, useState } from 'react';
import { useLiveState } from '../live/live-state.ts';
import { goTo, takeArrival } from '../state/place.ts';
import type { WindowState } from '../state/url-state.ts';
import { searchText, windowQuery } from '../state/url-state.ts';
import { Header } from './header.tsx';
import type { KeyAction } from './keys.tsx';
import { KeysDialog, useKeys } from './keys.tsx';
import type { PageName } from './page-list.ts';
import { PAGES } from './page-list.ts';
import { usePalette } from './use-palette.tsx';
import type { ShownWindow } from './window-picker.tsx';
import { WindowPicker } from './window-picker.tsx';

type PageFrameProps = Readonly<{
  page: PageName | null;
  /** Of the browser's tab: `Overview`, `Runs, 1–31 Oct 2026`. */
  title: string;
  /** In the address. */
  window: WindowState;
  /** What the figures on the page are about; `null` as long as there are none. Without a picker where the window changes nothing. */
  shown?: ShownWindow | null;
  onWindow?: (window: WindowState) => void;
  pill?: ReactNode;
  /** Of this page alone; those of the frame are added. */
  keys: readonly KeyAction[];
  isBusy: boolean;
  /** Said to those who do not see the page: what it shows now. */
  status: string;
  children: ReactNode;
}>;

/** What all pages have around them: header, navigation, window, keys, and a place for their figures. */
export function PageFrame(props: PageFrameProps) {
  const { page, title, window, shown = null, onWindow, pill = null, isBusy, status, children } = props;
  const search = searchText(windowQuery(window));
  const picker = useRef<HTMLSelectElement>(null);
  const main = useRef<HTMLElement>(null);
  const { isRefreshing } = useLiveState();
  // What comes behind the figures that are shown is said once, by whoever brings it.
  const isWaiting = isBusy && !isRefreshing;
  const hasPicker = onWindow !== undefined;
  const keys = useKeyList(props.keys, search, hasPicker ? picker : null);
  const { palette, open } = usePalette({ window, onWindow: onWindow ?? null, keys: keys.actions });
  // A window that cannot be read must not take away the months to choose from.
  const lastKnown = useRef<ShownWindow | null>(null);
  lastKnown.current = shown ?? lastKnown.current;

  useEffect(() => {
    document.title = `${title} · Tare`;
  }, [title]);
  useEffect(() => {
    if (!takeArrival()) return;
    main.current?.focus({ preventScroll: true });
    globalThis.scrollTo(0, 0);
  }, []);

  return (
    <>
      <a className="skip" href="#main">
        Skip to the figures
      </a>
      <Header
        page={page}
        search={search}
        picker={
          hasPicker && (
            <WindowPicker state={window} shown={lastKnown.current} onChange={onWindow} selectRef={picker} />
          )
        }
        window={shown}
        pill={pill}
        onKeys={keys.open}
        onFind={open}
      />
      <main id="main" ref={main} tabIndex={-1} aria-busy={isWaiting}>
        {children}
      </main>
      <p className="visually-hidden" role="status">
        {isWaiting ? 'Loading figures…' : status}
      </p>
      {keys.dialog}
      {palette}
    </>
  );
}

type PickerRef = Readonly<{ current: HTMLSelectElement | null }> & Ref<HTMLSelectElement>;

function useKeyList(own: readonly KeyAction[], search: string, picker: PickerRef | null) {
  const [isOpen, setOpen] = useState(false);
  const [isOn, setOn] = useLocalStorage({ key: 'tare-single-keys', defaultValue: true });
  const actions = useMemo<readonly KeyAction[]>(
    () => [
      { key: '?', what: 'this list', run: () => setOpen(true) },
      ...(picker ? [{ key: 'w', what: 'choose the window', run: () => picker.current?.focus() }] : []),
      ...own,
      ...PAGES.map(({ name, path, key }) => ({
        key: `g ${key}`,
        what: `go to ${name}`,
        run: () => goTo(`${path}${search}`),
      })),
    ],
    [own, search, picker],
  );
  useKeys(actions, isOn);
  const dialog = (
    <KeysDialog
      actions={actions}
      isOpen={isOpen}
      onClose={() => setOpen(false)}
      isOn={isOn}
      onSwitch={setOn}
    />
  );
  return { dialog, actions, open: () => setOpen(true) };
}
