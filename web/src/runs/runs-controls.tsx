import { Button, NativeSelect, TextInput } from '@mantine/core';
import type { Ref } from 'react';
import { useEffect, useRef, useState } from 'react';
import type { RunRow, RunsReport } from '../../../src/app/results/runs.ts';
import { fetchRunsCsv } from '../api/fetch-runs.ts';
import { ColumnChooser } from '../frame/column-chooser.tsx';
import { CsvButton } from '../frame/csv-button.tsx';
import type { ChangeState } from '../state/use-page-state.ts';
import { filterChoices, GROUPING_NAMES } from './run-choices.ts';
import type { ColumnLook, ColumnName } from './runs-columns.ts';
import { COLUMNS, DEFAULT_COLUMNS } from './runs-columns.ts';
import type { Grouping, RunsFilter, RunsState } from './runs-state.ts';
import { FILTERS, GROUPINGS } from './runs-state.ts';

type RunsControlsProps = Readonly<{
  state: RunsState;
  change: ChangeState<RunsState>;
  report: RunsReport;
  /** Groups of the whole window, to choose filters from; `null` while they are on their way. */
  choices: RunsReport | null;
  findRef: Ref<HTMLInputElement>;
}>;

/** What is listed and how: find, filter, group, judge by a metric, columns, CSV. All of it goes into the address. */
export function RunsControls({ state, change, report, choices, findRef }: RunsControlsProps) {
  const isFiltered = state.text !== null || FILTERS.some((name) => state[name] !== null);
  const clear = { text: null, team: null, model: null, state: null, experiment: null, page: 1 };
  return (
    <header className="runs-head">
      <div className="panel-head">
        <div>
          <h2 id="runs-title">{state.by.length > 0 ? 'Groups of runs' : 'Runs'}</h2>
          <p className="note">
            {report.currency}, rounded to cents; every digit on hover and in the CSV. Each figure is of the
            whole run, also where it reaches beyond the window.
          </p>
        </div>
        <div className="panel-controls">
          {state.by.length === 0 && <RunColumns state={state} change={change} />}
          <CsvButton
            what="Runs"
            fileName={`tare-runs-${report.from.slice(0, 10)}-${report.to.slice(0, 10)}.csv`}
            csv={() => fetchRunsCsv(state)}
          />
        </div>
      </div>
      <div className="filters">
        <FindInput text={state.text} change={change} inputRef={findRef} />
        {FILTERS.map((name) => (
          <FilterSelect key={name} name={name} state={state} change={change} choices={choices} />
        ))}
        <GroupSelects by={state.by} change={change} />
        <MetricSelects state={state} change={change} report={report} />
        {isFiltered && (
          <Button size="xs" variant="default" onClick={() => change(clear)}>
            Clear filters
          </Button>
        )}
      </div>
    </header>
  );
}

/** The name always stands, and what judges runs comes with its metric. */
function RunColumns({ state, change }: Pick<RunsControlsProps, 'state' | 'change'>) {
  const choices = (Object.entries(COLUMNS) as [ColumnName, ColumnLook][])
    .filter(([name, { needsMetric }]) => name !== 'name' && !needsMetric)
    .map(([name, { title }]) => [name, title] as const);
  return (
    <ColumnChooser
      choices={choices}
      shown={state.columns}
      onToggle={(name, isShown) => {
        const columns = isShown
          ? [...state.columns, name as ColumnName]
          : state.columns.filter((one) => one !== name);
        change({ columns: columns.length === 0 ? ['name'] : columns });
      }}
      onReset={() => change({ columns: DEFAULT_COLUMNS })}
    />
  );
}

const TYPING_MS = 300;

type FindInputProps = Readonly<{
  text: string | null;
  change: ChangeState<RunsState>;
  inputRef: Ref<HTMLInputElement>;
}>;

/** Asks when the typing pauses. */
function FindInput({ text, change, inputRef }: FindInputProps) {
  const [typed, setTyped] = useState(text ?? '');
  const asked = useRef(text ?? '');
  useEffect(() => {
    // The address changed by itself: a link, the back button, "clear filters".
    if ((text ?? '') !== asked.current) {
      asked.current = text ?? '';
      setTyped(asked.current);
    }
  }, [text]);
  useEffect(() => {
    const words = typed.trim();
    if (words === asked.current) return;
    const timer = setTimeout(() => {
      asked.current = words;
      change({ text: words || null, page: 1 }, 'typing');
    }, TYPING_MS);
    return () => clearTimeout(timer);
  }, [typed, change]);
  return (
    <TextInput
      ref={inputRef}
      type="search"
      size="xs"
      label="Find"
      placeholder="name, id, experiment"
      value={typed}
      onChange={(event) => setTyped(event.currentTarget.value)}
    />
  );
}

const FILTER_LABELS: Readonly<Record<RunsFilter, string>> = {
  team: 'Team',
  model: 'Model',
  state: 'State',
  experiment: 'Experiment',
};

type FilterSelectProps = Readonly<{
  name: RunsFilter;
  state: RunsState;
  change: ChangeState<RunsState>;
  choices: RunsReport | null;
}>;

function FilterSelect({ name, state, change, choices }: FilterSelectProps) {
  return (
    <NativeSelect
      size="xs"
      label={FILTER_LABELS[name]}
      value={state[name] ?? ''}
      onChange={(event) => change({ [name]: event.currentTarget.value || null, page: 1 })}
      data={[{ value: '', label: 'all' }, ...filterChoices(choices, name, state)]}
    />
  );
}

function GroupSelects({ by, change }: Readonly<{ by: RunsState['by']; change: ChangeState<RunsState> }>) {
  const [first, second] = by;
  const options = (without?: Grouping) => [
    { value: '', label: 'none' },
    ...GROUPINGS.filter((name) => name !== without).map((name) => ({
      value: name,
      label: GROUPING_NAMES[name],
    })),
  ];
  const group = (names: readonly string[]): void =>
    change({
      by: names.filter((name): name is Grouping => name !== ''),
      page: 1,
      sort: 'cost',
      isDescending: true,
    });
  return (
    <>
      <NativeSelect
        size="xs"
        label="Group by"
        value={first ?? ''}
        onChange={(event) =>
          group(event.currentTarget.value ? [event.currentTarget.value, ...by.slice(1)] : [])
        }
        data={options(second)}
      />
      {first && (
        <NativeSelect
          size="xs"
          label="and by"
          value={second ?? ''}
          onChange={(event) => group([first, event.currentTarget.value])}
          data={options(first)}
        />
      )}
    </>
  );
}

type MetricSelectsProps = Readonly<{ state: RunsState; change: ChangeState<RunsState>; report: RunsReport }>;

/** Which metric says how good a run was, and which way is better. */
function MetricSelects({ state, change, report }: MetricSelectsProps) {
  const seen = useRef(new Set<string>());
  if (state.by.length === 0) {
    for (const row of report.rows as readonly RunRow[]) {
      for (const name of Object.keys(row.metrics ?? {})) seen.current.add(name);
    }
  }
  if (state.by.length > 0) return null;
  const names = [...new Set([...seen.current, ...(state.metric ? [state.metric] : [])])].sort();
  const judge = (metric: string | null): void => {
    const isSortedByIt = state.sort === 'quality' || state.sort === 'costPerPoint';
    change({
      metric,
      page: 1,
      ...(metric === null && isSortedByIt ? { sort: 'cost', isDescending: true } : {}),
    });
  };
  return (
    <>
      <NativeSelect
        size="xs"
        label="Judge by"
        value={state.metric ?? ''}
        onChange={(event) => judge(event.currentTarget.value || null)}
        data={[{ value: '', label: 'no metric' }, ...names]}
      />
      {state.metric && (
        <NativeSelect
          size="xs"
          label="Better is"
          value={state.direction}
          onChange={(event) =>
            change({ direction: event.currentTarget.value === 'min' ? 'min' : 'max', page: 1 })
          }
          data={[
            { value: 'max', label: 'more' },
            { value: 'min', label: 'less' },
          ]}
        />
      )}
    </>
  );
}
