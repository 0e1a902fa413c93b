import type { ReactNode } from 'react';

type PanelProps = Readonly<{
  id: string;
  title: string;
  /** One quiet line under the title: the measure, the window, a caveat. */
  note?: ReactNode;
  controls?: ReactNode;
  className?: string;
  children: ReactNode;
}>;

/** A titled part of a page; its heading is a landmark's name, so that it can be jumped to. */
export function Panel({ id, title, note, controls, className = '', children }: PanelProps) {
  return (
    <section className={`panel ${className}`} id={id} aria-labelledby={`${id}-title`} tabIndex={-1}>
      <header className="panel-head">
        <div>
          <h2 id={`${id}-title`}>{title}</h2>
          {note && <p className="note">{note}</p>}
        </div>
        {controls && <div className="panel-controls">{controls}</div>}
      </header>
      {children}
    </section>
  );
}
