import { NativeSelect, Switch, TextInput } from '@mantine/core';
import type { SimulatorField } from '../../../src/app/results/simulation.ts';

type FormFieldProps = Readonly<{
  field: SimulatorField;
  value: string;
  problem: string | null;
  onChange: (value: string) => void;
}>;

/** One parameter: label with its unit, the value, help below it, and what is wrong in the place of the help. */
export function FormField({ field, value, problem, onChange }: FormFieldProps) {
  const { label, unit, help, kind, choices, isRequired } = field;
  const shared = {
    size: 'xs' as const,
    label: unit ? `${label}, ${unit}` : label,
    description: help,
    error: problem,
    inputWrapperOrder: ['label', 'input', 'error', 'description'] as const,
  };
  switch (kind) {
    case 'switch':
      return (
        <Switch
          size="xs"
          label={label}
          description={help}
          checked={value === 'true'}
          onChange={(event) => onChange(event.currentTarget.checked ? 'true' : '')}
        />
      );
    case 'choice':
      return (
        <NativeSelect
          {...shared}
          inputWrapperOrder={[...shared.inputWrapperOrder]}
          value={value}
          onChange={(event) => onChange(event.currentTarget.value)}
          data={choices.map((choice) => ({ value: choice, label: choice }))}
        />
      );
    case 'number':
    case 'text':
      return (
        <TextInput
          {...shared}
          inputWrapperOrder={[...shared.inputWrapperOrder]}
          inputMode={kind === 'number' ? 'decimal' : 'text'}
          autoComplete="off"
          spellCheck={false}
          required={isRequired}
          value={value}
          onChange={(event) => onChange(event.currentTarget.value)}
        />
      );
    default:
      return kind satisfies never;
  }
}
