import type { ReactNode } from 'react';

type ScrollerProps = Readonly<{
  /** What is in it, for whoever reaches it by keyboard. */
  label: string;
  /** Beside or instead of `scroller`, which is what wide tables are in. */
  className?: string;
  children: ReactNode;
}>;

/** What may be wider or longer than its place: it scrolls by itself, and the keyboard reaches it for that. */
export function Scroller({ label, className = 'scroller', children }: ScrollerProps) {
  return (
    // biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls must be reachable by keyboard
    <section className={className} aria-label={label} tabIndex={0}>
      {children}
    </section>
  );
}
