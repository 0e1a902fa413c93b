import { ActionIcon } from '@mantine/core';
import type { ReactNode } from 'react';
import { formatWindow, formatWindowDays } from '../format/dates.ts';
import { ViewsMenu } from '../views/views-menu.tsx';
import { Link } from './link.tsx';
import { hasSecondRow, Navigation } from './navigation.tsx';
import type { PageName } from './page-list.ts';
import { SchemeToggle } from './scheme-toggle.tsx';

type HeaderProps = Readonly<{
  page: PageName | null;
  /** What the links to other pages take along: the window. */
  search: string;
  picker: ReactNode;
  /** What the figures are about. */
  window: Readonly<{ from: string; to: string }> | null;
  pill: ReactNode;
  onKeys: () => void;
  onFind: () => void;
}>;

export function Header({ page, search, picker, window, pill, onKeys, onFind }: HeaderProps) {
  return (
    <header className="top">
      <div className="top-inner" data-second-row={hasSecondRow(page) || undefined}>
        <Link className="brand" href={`/${search}`} aria-label="Tare: overview">
          <svg className="icon" viewBox="0 0 20 20" aria-hidden="true">
            <path d="M10 3.5v13M6 16.5h8M4 6h12M4 6l-2.4 5h4.8zM16 6l-2.4 5h4.8z" />
          </svg>
          Tare
        </Link>
        <Navigation page={page} search={search} />
        {(picker || window) && (
          <div className="top-window">
            {picker}
            {window && (
              <span className="top-days" title={formatWindow(window.from, window.to)}>
                {formatWindowDays(window.from, window.to)}
              </span>
            )}
          </div>
        )}
        <div className="top-end">
          {pill}
          <ActionIcon
            variant="default"
            size="input-xs"
            onClick={onFind}
            aria-label="Find anything"
            aria-keyshortcuts="Control+K Meta+K"
            title="Find anything (Ctrl K, ⌘ K)"
          >
            <svg className="icon" viewBox="0 0 20 20" aria-hidden="true">
              <path d="M9 3.5a5.5 5.5 0 1 0 0 11 5.5 5.5 0 0 0 0-11zM13 13l3.8 3.8" />
            </svg>
          </ActionIcon>
          <ViewsMenu />
          <SchemeToggle />
          <ActionIcon variant="default" size="input-xs" onClick={onKeys} aria-label="Keys" title="Keys (?)">
            ?
          </ActionIcon>
        </div>
      </div>
    </header>
  );
}
