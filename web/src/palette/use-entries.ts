import { useMantineColorScheme } from '@mantine/core';
import { keepPreviousData, useQuery } from '@tanstack/react-query';
import { useMemo, useState } from 'react';
import { fetchLevers } from '../api/fetch-levers.ts';
import { fetchNames, fetchViews } from '../api/fetch-names.ts';
import type { KeyAction } from '../frame/keys.tsx';
import { PAGES, pathBelow } from '../frame/page-list.ts';
import { goTo } from '../state/place.ts';
import type { WindowState } from '../state/url-state.ts';
import { searchText, windowQuery } from '../state/url-state.ts';
import { FIXED_CHOICES } from '../state/window-choices.ts';
import { type Entry, fitting } from './entries.ts';
import { KIND_GROUPS, nameAddress } from './name-address.ts';

export type PaletteOptions = Readonly<{
  window: WindowState;
  /** `null` where the window changes nothing. */
  onWindow: ((window: WindowState) => void) | null;
  /** Of the open page and of the frame; those that only go to a page are left out. */
  keys: readonly KeyAction[];
}>;

const MOST_LEVERS = 8;

export type Found = Readonly<{ entries: readonly Entry[]; isWaiting: boolean; isCut: boolean }>;

/** What fits what was typed: views, pages and commands of this browser, then names that the server finds, then levers. */
export function useEntries(options: PaletteOptions, typed: string, asked: string): Found {
  const { window } = options;
  const commands = useCommands(options);
  const views = useQuery({ queryKey: ['views'], queryFn: ({ signal }) => fetchViews(signal) });
  const names = useQuery({
    queryKey: ['search', asked],
    queryFn: ({ signal }) => fetchNames(asked, signal),
    enabled: asked !== '',
    placeholderData: keepPreviousData,
  });
  // To have levers, the plan is worked out, which takes seconds: only where the savings page did already, or when it is asked for.
  const [wantsLevers, setWantsLevers] = useState(false);
  const levers = useQuery({
    queryKey: ['levers', window.from, window.to],
    queryFn: ({ signal }) => fetchLevers(window, signal),
    enabled: wantsLevers,
  });

  const saved = (views.data?.rows ?? []).map<Entry>(({ name, address }) => ({
    id: `view/${name}`,
    group: 'Views',
    name,
    detail: address,
    run: () => goTo(address),
  }));
  const found = asked === '' ? [] : (names.data?.rows ?? []);
  const named = found.map<Entry>((row) => ({
    id: `${row.kind}/${row.id}`,
    group: KIND_GROUPS[row.kind],
    name: row.name,
    detail: row.detail,
    run: () => goTo(nameAddress(row, window)),
  }));
  const planned = (asked === '' ? [] : (levers.data?.rows ?? [])).map<Entry>((row) => ({
    id: `lever/${row.id}`,
    group: 'Levers',
    name: row.action,
    detail: row.owner,
    run: () => goTo(`${pathBelow('Savings', row.id)}${searchText(windowQuery(window))}`),
  }));
  const moreLevers: Entry = {
    id: 'levers',
    group: 'Levers',
    name: `Look for “${asked}” among the levers`,
    detail: 'works out the plan',
    run: () => setWantsLevers(true),
    keepsOpen: true,
  };
  return {
    entries: [
      ...fitting([...saved, ...commands], typed),
      ...named,
      ...fitting(planned, typed).slice(0, MOST_LEVERS),
      ...(asked === '' || levers.data || wantsLevers ? [] : [moreLevers]),
    ],
    isWaiting: typed !== asked || names.isFetching || levers.isFetching,
    isCut: names.data?.isCut ?? false,
  };
}

function useCommands({ window, onWindow, keys }: PaletteOptions): readonly Entry[] {
  const { setColorScheme } = useMantineColorScheme();
  return useMemo(() => {
    const search = searchText(windowQuery(window));
    const pages = PAGES.map<Entry>(({ name, path, key }) => ({
      id: `page/${name}`,
      group: 'Pages',
      name,
      detail: `g ${key}`,
      run: () => goTo(`${path}${search}`),
    }));
    const command = (name: string, run: () => void, detail: string | null = null): Entry => ({
      id: `command/${name}`,
      group: 'Commands',
      name,
      detail,
      run,
    });
    const windows = onWindow
      ? FIXED_CHOICES.map(({ label, from, to }) => command(`Window: ${label}`, () => onWindow({ from, to })))
      : [];
    return [
      ...pages,
      ...windows,
      command('Copy a link to this view', () => void navigator.clipboard?.writeText(location.href)),
      ...tables().map(({ name, save }) => command(name, save)),
      command('Print this page', () => print()),
      command('Colours: light', () => setColorScheme('light')),
      command('Colours: dark', () => setColorScheme('dark')),
      command('Colours: as the system', () => setColorScheme('auto')),
      ...keys
        .filter(({ key }) => !key.startsWith('g '))
        .map(({ key, what, run }) => command(sentence(what), run, key)),
    ];
  }, [window, onWindow, keys, setColorScheme]);
}

/** The tables of the open page that can be saved, by the buttons that do it. */
function tables(): readonly Readonly<{ name: string; save: () => void }>[] {
  const buttons = [...document.querySelectorAll<HTMLButtonElement>('main button[aria-label$=" as CSV"]')];
  return buttons
    .filter(({ disabled }) => !disabled)
    .map((button) => ({ name: `Save: ${button.getAttribute('aria-label')}`, save: () => button.click() }));
}

function sentence(text: string): string {
  return text.charAt(0).toUpperCase() + text.slice(1);
}
