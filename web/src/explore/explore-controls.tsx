import { Button, NativeSelect, SegmentedControl, Switch } from '@mantine/core';
import type { Ref } from 'react';
import type { LedgerReport } from '../../../src/app/results/results.ts';
import { fetchLedgerCsv } from '../api/fetch-ledger.ts';
import { CsvButton } from '../frame/csv-button.tsx';
import type { ChangeState } from '../state/use-page-state.ts';
import type { Dimension } from './dimensions.ts';
import { DIMENSION_NAMES, dimensionName } from './dimensions.ts';
import type { ExploreState, Selected } from './explore-state.ts';

type ExploreControlsProps = Readonly<{
  state: ExploreState;
  change: ChangeState<ExploreState>;
  report: LedgerReport;
  groupRef: Ref<HTMLSelectElement>;
}>;

/** By what the ledger is grouped, what is selected, and what stands in the table. All of it goes into the address. */
export function ExploreControls({ state, change, report, groupRef }: ExploreControlsProps) {
  const [first, second] = state.by;
  const dimensions = knownDimensions(report);
  const group = (names: readonly string[]): void => {
    const by = names.filter((name): name is Dimension => name !== '');
    change({ by: by.length > 0 ? [...new Set(by)] : ['team'], sort: 'total', isDescending: true });
  };
  return (
    <>
      <div className="filters">
        <NativeSelect
          ref={groupRef}
          size="xs"
          label="Group by"
          value={first ?? ''}
          onChange={(event) => group([event.currentTarget.value, second ?? ''])}
          data={options(dimensions, null)}
        />
        <NativeSelect
          size="xs"
          label="and by"
          value={second ?? ''}
          onChange={(event) => group([first ?? '', event.currentTarget.value])}
          data={[{ value: '', label: 'none' }, ...options(dimensions, first ?? null)]}
        />
        <SegmentedControl
          size="xs"
          aria-label="Measure"
          value={state.measure}
          onChange={(value) => change({ measure: value === 'gpu-hours' ? 'gpu-hours' : 'cost' })}
          data={[
            { value: 'cost', label: 'Cost' },
            { value: 'gpu-hours', label: 'GPU-hours' },
          ]}
        />
        <Switch
          size="xs"
          label="Six buckets"
          checked={state.hasBuckets}
          onChange={(event) => change({ hasBuckets: event.currentTarget.checked })}
        />
        <Switch
          size="xs"
          label="Against the time before"
          checked={state.isCompared}
          onChange={(event) => change({ isCompared: event.currentTarget.checked })}
        />
        <CsvButton
          what="Ledger"
          fileName={`tare-ledger-by-${state.by.join('-').replaceAll(':', '-')}-${report.from.slice(0, 10)}-${report.to.slice(0, 10)}.csv`}
          csv={() => fetchLedgerCsv(state)}
        />
      </div>
      {state.selected.length > 0 && <Chosen selected={state.selected} change={change} />}
    </>
  );
}

/** Those that every ledger has, and those of owner rules, which the coverage names. */
function knownDimensions({ coverage, by }: LedgerReport): readonly Dimension[] {
  const tags = [...Object.keys(coverage.owned), ...by].filter((name) => name.startsWith('tag:'));
  return [...(Object.keys(DIMENSION_NAMES) as Dimension[]), ...new Set(tags as Dimension[])];
}

function options(dimensions: readonly Dimension[], without: Dimension | null) {
  return dimensions
    .filter((name) => name !== without)
    .map((name) => ({ value: name, label: dimensionName(name) }));
}

type ChosenProps = Readonly<{ selected: readonly Selected[]; change: ChangeState<ExploreState> }>;

/** The way here, each step of which can be taken back. */
function Chosen({ selected, change }: ChosenProps) {
  return (
    <ul className="chosen" aria-label="Selected">
      {selected.map(({ dimension, value }) => (
        <li key={`${dimension}=${value}`}>
          <button
            type="button"
            className="chip"
            aria-label={`Remove ${dimensionName(dimension)} ${value || 'none'}`}
            onClick={() =>
              change({
                selected: selected.filter((one) => one.dimension !== dimension || one.value !== value),
                by: [dimension],
              })
            }
          >
            <span className="quiet">{dimensionName(dimension)}</span> {value || 'none'}
            <span aria-hidden="true"> ×</span>
          </button>
        </li>
      ))}
      <li>
        <Button size="xs" variant="default" onClick={() => change({ selected: [] })}>
          Clear
        </Button>
      </li>
    </ul>
  );
}
