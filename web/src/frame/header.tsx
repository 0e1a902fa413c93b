import { ActionIcon } from '@mantine/core';
import type { ReactNode } from 'react';
import { formatWindow, formatWindowDays } from '../format/dates.ts';
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
}>;

export function Header({ page, search, picker, window, pill, onKeys }: HeaderProps) {
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
          <SchemeToggle />
          <ActionIcon variant="default" size="input-xs" onClick={onKeys} aria-label="Keys" title="Keys (?)">
            ?
          </ActionIcon>
        </div>
      </div>
    </header>
  );
}
