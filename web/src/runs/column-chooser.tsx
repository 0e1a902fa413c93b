import { Button } from '@mantine/core';
import { useEffect, useRef } from 'react';
import type { ChangeState } from '../state/use-page-state.ts';
import type { ColumnLook, ColumnName } from './runs-columns.ts';
import { COLUMNS, DEFAULT_COLUMNS } from './runs-columns.ts';
import type { RunsState } from './runs-state.ts';

type ColumnChooserProps = Readonly<{ state: RunsState; change: ChangeState<RunsState> }>;

/** Which columns the table has. A disclosure of the browser's own, which closes on Esc and when something else is pressed. */
export function ColumnChooser({ state, change }: ColumnChooserProps) {
  const place = useRef<HTMLDetailsElement>(null);
  useEffect(() => {
    const close = (event: Event): void => {
      if (!place.current?.contains(event.target as Node)) place.current?.removeAttribute('open');
    };
    document.addEventListener('pointerdown', close);
    return () => document.removeEventListener('pointerdown', close);
  }, []);
  const choosable = (Object.entries(COLUMNS) as [ColumnName, ColumnLook][]).filter(
    ([name, { needsMetric }]) => name !== 'name' && !needsMetric,
  );
  const toggle = (name: ColumnName, isShown: boolean): void => {
    const columns = isShown ? [...state.columns, name] : state.columns.filter((one) => one !== name);
    change({ columns: columns.length === 0 ? ['name'] : columns });
  };
  return (
    <details
      ref={place}
      className="columns"
      onKeyDown={(event) => {
        if (event.key !== 'Escape') return;
        place.current?.removeAttribute('open');
        place.current?.querySelector('summary')?.focus();
      }}
    >
      <summary>Columns</summary>
      <fieldset className="columns-list">
        <legend className="visually-hidden">Columns</legend>
        {choosable.map(([name, { title }]) => (
          <label key={name} className="tick">
            <input
              type="checkbox"
              checked={state.columns.includes(name)}
              onChange={(event) => toggle(name, event.currentTarget.checked)}
            />
            {title}
          </label>
        ))}
        <Button size="xs" variant="default" onClick={() => change({ columns: DEFAULT_COLUMNS })}>
          As at first
        </Button>
      </fieldset>
    </details>
  );
}
