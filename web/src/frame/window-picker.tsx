import { Button, NativeSelect, TextInput } from '@mantine/core';
import type { FormEvent, Ref } from 'react';
import { useState } from 'react';
import type { WindowState } from '../state/url-state.ts';
import type { WindowChoice } from '../state/window-choices.ts';
import {
  CUSTOM,
  chosenValue,
  customWindow,
  daysOf,
  FIXED_CHOICES,
  monthChoices,
} from '../state/window-choices.ts';

/** What is on the page, and from when to when there are facts. */
export type ShownWindow = Readonly<{
  from: string;
  to: string;
  extent: Readonly<{ from: string; to: string }> | null;
}>;

type WindowPickerProps = Readonly<{
  state: WindowState;
  shown: ShownWindow | null;
  onChange: (window: WindowState) => void;
  selectRef: Ref<HTMLSelectElement>;
}>;

/** Which days the page is about; the choice goes into the address. */
export function WindowPicker({ state, shown, onChange, selectRef }: WindowPickerProps) {
  const months = monthChoices(shown?.extent ?? null);
  const choices = [...FIXED_CHOICES, ...months];
  const chosen = chosenValue(choices, state.from, state.to);
  const [isAsking, setAsking] = useState(false);
  const isCustom = isAsking || chosen === CUSTOM;

  const choose = (value: string): void => {
    const choice = choices.find((candidate) => candidate.value === value);
    setAsking(!choice);
    if (choice) onChange({ from: choice.from, to: choice.to });
  };

  return (
    <div className="window-picker">
      <NativeSelect
        ref={selectRef}
        aria-label="Window"
        size="xs"
        value={isCustom ? CUSTOM : chosen}
        onChange={(event) => choose(event.currentTarget.value)}
        data={[
          { group: 'Recent', items: FIXED_CHOICES.map(option) },
          ...(months.length > 0 ? [{ group: 'Months', items: months.map(option) }] : []),
          { group: 'Any days', items: [{ value: CUSTOM, label: 'Custom…' }] },
        ]}
      />
      {isCustom && (
        <CustomDays
          key={`${shown?.from}/${shown?.to}`}
          shown={shown}
          onChange={(window) => {
            setAsking(false);
            onChange(window);
          }}
        />
      )}
    </div>
  );
}

function CustomDays({ shown, onChange }: Pick<WindowPickerProps, 'shown' | 'onChange'>) {
  const days = shown ? daysOf(shown.from, shown.to) : { firstDay: '', lastDay: '' };
  const [firstDay, setFirstDay] = useState(days.firstDay);
  const [lastDay, setLastDay] = useState(days.lastDay);
  const window = customWindow(firstDay, lastDay);
  const isBackwards = firstDay !== '' && lastDay !== '' && window === null;

  const submit = (event: FormEvent): void => {
    event.preventDefault();
    if (window) onChange(window);
  };

  return (
    <form className="custom-days" onSubmit={submit}>
      <TextInput
        type="date"
        size="xs"
        aria-label="First day (UTC)"
        value={firstDay}
        onChange={(event) => setFirstDay(event.currentTarget.value)}
      />
      <span aria-hidden="true">–</span>
      <TextInput
        type="date"
        size="xs"
        aria-label="Last day (UTC)"
        value={lastDay}
        onChange={(event) => setLastDay(event.currentTarget.value)}
        aria-invalid={isBackwards}
        aria-describedby={isBackwards ? 'custom-days-error' : undefined}
      />
      <Button type="submit" size="xs" disabled={!window}>
        Show
      </Button>
      {isBackwards && (
        <span id="custom-days-error" className="field-error" role="alert">
          The last day lies before the first.
        </span>
      )}
    </form>
  );
}

function option({ value, label }: WindowChoice): Readonly<{ value: string; label: string }> {
  return { value, label };
}
