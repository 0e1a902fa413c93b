import { NativeSelect, TextInput } from '@mantine/core';
import { Panel } from '../frame/panel.tsx';
import type { ChangeState } from '../state/use-page-state.ts';
import type { SizeField, SizeState } from './size-state.ts';
import { LIFECYCLES } from './size-state.ts';

type SizeFormProps = Readonly<{
  state: SizeState;
  change: ChangeState<SizeState>;
  problems: ReadonlyMap<SizeField, string>;
}>;

const MODELS = ['B200', 'H200', 'H100', 'A100', 'L40S', 'L4', 'A10G', 'T4', 'V100', 'MI300X'];
const LIFECYCLE_NAMES = { on_demand: 'on demand', spot: 'spot', committed: 'committed' } as const;

/** Everything that a fleet is made of; every change is answered at once, and stands in the address. */
export function SizeForm({ state, change, problems }: SizeFormProps) {
  const field = (name: SizeField, label: string, help: string) => ({
    size: 'xs' as const,
    label,
    description: help,
    error: problems.get(name),
    inputWrapperOrder: ['label', 'input', 'error', 'description'] as (
      | 'label'
      | 'input'
      | 'error'
      | 'description'
    )[],
    autoComplete: 'off',
    value: state[name],
    onChange: (event: React.ChangeEvent<HTMLInputElement>) =>
      change({ [name]: event.currentTarget.value }, 'typing'),
  });
  const percent = Number(state.utilization);
  return (
    <Panel
      id="fleet"
      title="The fleet"
      note="Change anything: the answer follows, and the address of this page keeps it."
    >
      <form className="size-form" onSubmit={(event) => event.preventDefault()}>
        <TextInput {...field('gpus', 'GPUs', 'How many.')} inputMode="numeric" />
        <TextInput {...field('model', 'GPU model', 'As anyone spells it.')} list="gpu-models" />
        <datalist id="gpu-models">
          {MODELS.map((model) => (
            <option key={model} value={model} />
          ))}
        </datalist>
        <div className="size-slider">
          <TextInput
            {...field('utilization', 'Utilization, %', 'Share of the time that they work.')}
            inputMode="decimal"
          />
          <input
            type="range"
            aria-label="Utilization, %"
            min={0}
            max={100}
            step={1}
            value={Number.isFinite(percent) ? Math.min(100, Math.max(0, percent)) : 0}
            onChange={(event) => change({ utilization: event.currentTarget.value }, 'typing')}
          />
        </div>
        <TextInput
          {...field('hours', 'Hours a month', 'Hours that are paid for: 730 for a whole month.')}
          inputMode="decimal"
        />
        <TextInput
          {...field('price', 'Price of a GPU-hour, $', 'Blank takes the middle of the list prices.')}
          inputMode="decimal"
          placeholder="list price"
        />
        <NativeSelect
          size="xs"
          label="Bought"
          description="Whose list prices are looked at."
          inputWrapperOrder={['label', 'input', 'error', 'description']}
          value={state.lifecycle}
          onChange={(event) =>
            change({
              lifecycle: LIFECYCLES.find((name) => name === event.currentTarget.value) ?? 'on_demand',
            })
          }
          data={LIFECYCLES.map((name) => ({ value: name, label: LIFECYCLE_NAMES[name] }))}
        />
        <TextInput
          {...field('target', 'Could be run at, %', 'Utilization of a smaller fleet with the same work.')}
          inputMode="decimal"
        />
      </form>
    </Panel>
  );
}
