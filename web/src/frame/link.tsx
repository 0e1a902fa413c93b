import type { AnchorHTMLAttributes, MouseEvent, ReactNode } from 'react';
import { goTo } from '../state/place.ts';

type LinkProps = Readonly<{
  href: string;
  children: ReactNode;
  /** Told before another page is gone to. */
  onGo?: () => void;
}> &
  Omit<AnchorHTMLAttributes<HTMLAnchorElement>, 'href' | 'onClick'>;

/** A link within the dashboard: opens without loading the page again; with a modifier or the middle button as any other link. */
export function Link({ href, children, onGo, ...rest }: LinkProps) {
  const onClick = (event: MouseEvent): void => {
    if (event.button !== 0 || event.metaKey || event.ctrlKey || event.shiftKey || event.altKey) return;
    event.preventDefault();
    onGo?.();
    goTo(href);
  };
  return (
    <a href={href} onClick={onClick} {...rest}>
      {children}
    </a>
  );
}
