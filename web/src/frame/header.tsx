import { ActionIcon } from '@mantine/core';
import type { ReactNode } from 'react';
import { Link } from './link.tsx';
import type { PageName } from './page-list.ts';
import { PAGES } from './page-list.ts';
import { SchemeToggle } from './scheme-toggle.tsx';

type HeaderProps = Readonly<{
  page: PageName | null;
  /** What the links to other pages take along: the window. */
  search: string;
  picker: ReactNode;
  /** The days that the figures are about, in words. */
  window: string | null;
  pill: ReactNode;
  onKeys: () => void;
}>;

export function Header({ page, search, picker, window, pill, onKeys }: HeaderProps) {
  return (
    <header className="top">
      <div className="top-inner">
        <Link className="brand" href={`/${search}`} aria-label="Tare: overview">
          <svg className="icon" viewBox="0 0 20 20" aria-hidden="true">
            <path d="M10 3.5v13M6 16.5h8M4 6h12M4 6l-2.4 5h4.8zM16 6l-2.4 5h4.8z" />
          </svg>
          Tare
        </Link>
        <nav className="pages" aria-label="Pages">
          {PAGES.map(({ name, path }) => (
            <Link key={name} href={`${path}${search}`} aria-current={name === page ? 'page' : undefined}>
              {name}
            </Link>
          ))}
        </nav>
        {(picker || window) && (
          <div className="top-window">
            {picker}
            {window && <span className="top-days">{window}</span>}
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
