import type { ReactNode } from 'react';

/** A few figures under one heading. */
export function FactBlock({ title, children }: Readonly<{ title: string; children: ReactNode }>) {
  return (
    <div className="health-block">
      <h3>{title}</h3>
      <dl className="facts">{children}</dl>
    </div>
  );
}

/** One of them, with its name. */
export function Fact({ name, value, note }: Readonly<{ name: string; value: ReactNode; note?: string }>) {
  return (
    <div>
      <dt>{name}</dt>
      <dd>{value}</dd>
      {note && <dd className="fact-note">{note}</dd>}
    </div>
  );
}
