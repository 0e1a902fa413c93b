import { useDebouncedValue } from '@mantine/hooks';
import type { KeyboardEvent } from 'react';
import { useEffect, useId, useRef, useState } from 'react';
import type { Entry } from './entries.ts';
import { grouped } from './entries.ts';
import { type PaletteOptions, useEntries } from './use-entries.ts';

/** While somebody types, the server is not asked for every letter. */
const PAUSE_MS = 120;

/** One field for everything: a list beneath it, chosen with the arrow keys while the focus stays in the field. */
export default function Palette({ onClose, ...options }: PaletteOptions & Readonly<{ onClose: () => void }>) {
  const id = useId();
  const dialog = useRef<HTMLDialogElement>(null);
  const [typed, setTyped] = useState('');
  const [asked] = useDebouncedValue(typed.trim(), PAUSE_MS);
  const { entries, isWaiting, isCut } = useEntries(options, typed.trim(), asked);
  const [marked, setMarked] = useState(0);
  const chosen = Math.min(marked, entries.length - 1);
  const optionId = (index: number) => `${id}-${index}`;

  useEffect(() => {
    // The browser's own modal keeps the focus inside, closes on Esc, and gives the focus back.
    dialog.current?.showModal();
  }, []);
  useEffect(() => {
    document.getElementById(`${id}-${chosen}`)?.scrollIntoView({ block: 'nearest' });
  }, [id, chosen]);

  const run = (entry: Entry): void => {
    if (!entry.keepsOpen) dialog.current?.close();
    entry.run();
  };
  const onKeyDown = (event: KeyboardEvent): void => {
    const next = nextMarked(event.key, chosen, entries.length);
    if (next !== null) setMarked(next);
    else if (event.key === 'Enter' && entries[chosen]) run(entries[chosen]);
    else return;
    event.preventDefault();
  };

  return (
    // biome-ignore lint/a11y/useKeyWithClickEvents: the press beside it closes it, as Esc does
    <dialog
      ref={dialog}
      className="palette"
      aria-label="Find anything"
      onClose={onClose}
      onClick={(event) => event.target === dialog.current && dialog.current.close()}
    >
      <input
        type="text"
        role="combobox"
        aria-label="Find pages, names and commands"
        aria-expanded={entries.length > 0}
        aria-controls={id}
        aria-autocomplete="list"
        aria-activedescendant={entries.length > 0 ? optionId(chosen) : undefined}
        autoComplete="off"
        spellCheck={false}
        placeholder="A page, team, model, run, endpoint, device, lever or command"
        value={typed}
        onChange={(event) => {
          setTyped(event.currentTarget.value);
          setMarked(0);
        }}
        onKeyDown={onKeyDown}
      />
      <Options id={id} entries={entries} chosen={chosen} onRun={run} onMark={setMarked} />
      <p className="palette-foot" role="status">
        {footOf(entries.filter(({ keepsOpen }) => !keepsOpen).length, typed, isWaiting, isCut)}
      </p>
    </dialog>
  );
}

type OptionsProps = Readonly<{
  id: string;
  entries: readonly Entry[];
  chosen: number;
  onRun: (entry: Entry) => void;
  onMark: (index: number) => void;
}>;

function Options({ id, entries, chosen, onRun, onMark }: OptionsProps) {
  return (
    <div id={id} role="listbox" aria-label="What was found" className="palette-list" tabIndex={-1}>
      {grouped(entries).map(([group, of]) => (
        // biome-ignore lint/a11y/useSemanticElements: a fieldset groups form fields, not options
        <div key={group} role="group" aria-label={group}>
          <div className="palette-group" aria-hidden="true">
            {group}
          </div>
          {of.map((entry) => {
            const index = entries.indexOf(entry);
            return (
              // biome-ignore lint/a11y/useKeyWithClickEvents: keys are heard by the field, which keeps the focus
              <div
                key={entry.id}
                id={`${id}-${index}`}
                role="option"
                tabIndex={-1}
                aria-selected={index === chosen}
                className="palette-option"
                onClick={() => onRun(entry)}
                onPointerMove={() => index !== chosen && onMark(index)}
              >
                <span>{entry.name}</span>
                {entry.detail && <span className="palette-detail">{entry.detail}</span>}
              </div>
            );
          })}
        </div>
      ))}
    </div>
  );
}

/** Round from the last to the first. */
function nextMarked(key: string, chosen: number, count: number): number | null {
  if (count === 0) return null;
  if (key === 'ArrowDown') return (chosen + 1) % count;
  if (key === 'ArrowUp') return (chosen + count - 1) % count;
  if (key === 'PageDown') return Math.min(chosen + 8, count - 1);
  if (key === 'PageUp') return Math.max(chosen - 8, 0);
  return null;
}

function footOf(count: number, typed: string, isWaiting: boolean, isCut: boolean): string {
  if (isWaiting) return 'Searching…';
  if (count === 0) return `Nothing has “${typed.trim()}” in its name.`;
  const found = count === 1 ? '1 result' : `${count} results`;
  return isCut ? `${found}, and more: write more of the name.` : `${found}. Enter opens, Esc closes.`;
}
