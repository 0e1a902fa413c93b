import { Button } from '@mantine/core';
import { useEffect, useRef } from 'react';

type ColumnChooserProps = Readonly<{
  /** Names and titles, in the order of the table. */
  choices: readonly (readonly [string, string])[];
  shown: readonly string[];
  onToggle: (name: string, isShown: boolean) => void;
  onReset: () => void;
}>;

/** Which columns a table has. A disclosure of the browser's own, which closes on Esc and when something else is pressed. */
export function ColumnChooser({ choices, shown, onToggle, onReset }: ColumnChooserProps) {
  const place = useRef<HTMLDetailsElement>(null);
  useEffect(() => {
    const close = (event: Event): void => {
      if (!place.current?.contains(event.target as Node)) place.current?.removeAttribute('open');
    };
    document.addEventListener('pointerdown', close);
    return () => document.removeEventListener('pointerdown', close);
  }, []);
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
        {choices.map(([name, title]) => (
          <label key={name} className="tick">
            <input
              type="checkbox"
              checked={shown.includes(name)}
              onChange={(event) => onToggle(name, event.currentTarget.checked)}
            />
            {title}
          </label>
        ))}
        <Button size="xs" variant="default" onClick={onReset}>
          As at first
        </Button>
      </fieldset>
    </details>
  );
}
