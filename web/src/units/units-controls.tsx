import { Button, NativeSelect, SegmentedControl, TextInput } from '@mantine/core';
import type { FormEvent, Ref } from 'react';
import { useState } from 'react';
import type { InferenceReport } from '../../../src/app/results/inference.ts';
import { fetchInferenceCsv } from '../api/fetch-units.ts';
import { ColumnChooser } from '../frame/column-chooser.tsx';
import { CsvButton } from '../frame/csv-button.tsx';
import type { ChangeState } from '../state/use-page-state.ts';
import { filterChoices, GROUPING_NAMES, isFiltered } from './unit-choices.ts';
import type { ColumnLook, ColumnName } from './units-columns.ts';
import { COLUMNS, DEFAULT_COLUMNS } from './units-columns.ts';
import type { Grouping, JudgedState, UnitsFilter, UnitsState } from './units-state.ts';
import { FILTERS, GROUPINGS } from './units-state.ts';

type UnitsControlsProps = Readonly<{
  state: UnitsState;
  change: ChangeState<UnitsState>;
  report: InferenceReport;
  /** Groups of the whole window, to choose filters from; `null` while they are on their way. */
  choices: InferenceReport | null;
  groupRef: Ref<HTMLSelectElement>;
}>;

/** What is listed and how it is judged: basis, grouping, filters, limit and bar, columns, CSV. All of it goes into the address. */
export function UnitsControls({ state, change, report, choices, groupRef }: UnitsControlsProps) {
  return (
    <header className="runs-head">
      <div className="panel-head">
        <div>
          <h2 id="units-title">Unit costs</h2>
          <p className="note">
            {basisNote(report)} Four decimals below ten; every digit on hover and in the CSV.
          </p>
        </div>
        <div className="panel-controls">
          <SegmentedControl
            size="xs"
            aria-label="Basis"
            value={state.basis}
            onChange={(value) => change({ basis: value === 'used' ? 'used' : 'allocated' })}
            data={[
              { value: 'allocated', label: 'Allocated' },
              { value: 'used', label: 'Used' },
            ]}
          />
          <ColumnChooser
            choices={(Object.entries(COLUMNS) as [ColumnName, ColumnLook][]).map(([name, { title }]) => [
              name,
              title,
            ])}
            shown={state.columns}
            onToggle={(name, isShown) =>
              change({ columns: toggled(state.columns, name as ColumnName, isShown) })
            }
            onReset={() => change({ columns: DEFAULT_COLUMNS })}
          />
          <CsvButton
            what="Unit costs"
            fileName={`tare-inference-${report.from.slice(0, 10)}-${report.to.slice(0, 10)}.csv`}
            csv={() => fetchInferenceCsv(state)}
          />
        </div>
      </div>
      <div className="filters">
        <GroupSelects by={state.by} change={change} firstRef={groupRef} />
        {FILTERS.map((name) => (
          <FilterSelect key={name} name={name} state={state} change={change} choices={choices} />
        ))}
        <Judging
          key={`${state.sloMs}/${state.minQuality}`}
          state={state}
          scores={report.total.quality.map(({ score }) => score)}
          onJudge={change}
        />
        {isFiltered(state) && (
          <Button
            size="xs"
            variant="default"
            onClick={() => change({ endpoint: null, model: null, team: null, environment: null })}
          >
            Clear filters
          </Button>
        )}
      </div>
    </header>
  );
}

function basisNote({ basis, currency }: InferenceReport): string {
  return basis === 'allocated'
    ? `${currency}, allocated: idle time and shared costs included, as the bill has them.`
    : `${currency}, used: only what did work, without idle time and shared costs; the allocated basis agrees with the bill.`;
}

function toggled(columns: readonly ColumnName[], name: ColumnName, isShown: boolean): readonly ColumnName[] {
  const next = isShown ? [...columns, name] : columns.filter((one) => one !== name);
  return next.length === 0 ? ['costPer1kRequests'] : next;
}

type FilterSelectProps = Readonly<{
  name: UnitsFilter;
  state: UnitsState;
  change: ChangeState<UnitsState>;
  choices: InferenceReport | null;
}>;

function FilterSelect({ name, state, change, choices }: FilterSelectProps) {
  return (
    <NativeSelect
      size="xs"
      label={GROUPING_NAMES[name].replace(/^./, (letter) => letter.toUpperCase())}
      value={state[name] ?? ''}
      onChange={(event) => change({ [name]: event.currentTarget.value || null })}
      data={[{ value: '', label: 'all' }, ...filterChoices(choices, name, state[name])]}
    />
  );
}

type GroupSelectsProps = Readonly<{
  by: UnitsState['by'];
  change: ChangeState<UnitsState>;
  firstRef: Ref<HTMLSelectElement>;
}>;

function GroupSelects({ by, change, firstRef }: GroupSelectsProps) {
  const [first, second] = by;
  const options = (without?: Grouping) =>
    GROUPINGS.filter((name) => name !== without).map((name) => ({
      value: name,
      label: GROUPING_NAMES[name],
    }));
  const group = (names: readonly string[]): void =>
    change({ by: names.filter((name): name is Grouping => name !== '') });
  return (
    <>
      <NativeSelect
        ref={firstRef}
        size="xs"
        label="Group by"
        value={first!}
        onChange={(event) => group([event.currentTarget.value, ...by.slice(1)])}
        data={options(second)}
      />
      <NativeSelect
        size="xs"
        label="and by"
        value={second ?? ''}
        onChange={(event) => group([first!, event.currentTarget.value])}
        data={[{ value: '', label: 'none' }, ...options(first)]}
      />
    </>
  );
}

type JudgingProps = Readonly<{
  state: JudgedState;
  scores: readonly string[];
  onJudge: (judged: Partial<JudgedState>) => void;
}>;

/** What makes a request good. Asked when it is handed in, not with each key. */
export function Judging({ state, scores, onJudge }: JudgingProps) {
  const [slo, setSlo] = useState(state.sloMs === null ? '' : String(state.sloMs));
  const [bar, setBar] = useState(state.minQuality ?? '');
  const submit = (event: FormEvent): void => {
    event.preventDefault();
    const limit = Number(slo);
    onJudge({ sloMs: limit > 0 ? limit : null, minQuality: bar.trim() || null });
  };
  return (
    <form className="inline-form" onSubmit={submit}>
      <TextInput
        size="xs"
        label="Limit, ms"
        inputMode="numeric"
        placeholder="2000"
        value={slo}
        onChange={(event) => setSlo(event.currentTarget.value)}
      />
      <TextInput
        size="xs"
        label="Quality bar"
        placeholder={`${scores.at(-1) ?? 'helpfulness'}=0.8`}
        value={bar}
        onChange={(event) => setBar(event.currentTarget.value)}
      />
      <Button size="xs" variant="default" type="submit">
        Judge
      </Button>
    </form>
  );
}
