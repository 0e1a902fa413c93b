import { keepPreviousData, useQuery } from '@tanstack/react-query';
import { useMemo, useRef } from 'react';
import type { LedgerReport } from '../../../src/app/results/results.ts';
import { fetchLedger, fetchLedgerDays } from '../api/fetch-ledger.ts';
import { problemFrom } from '../api/problem.ts';
import { formatWindow } from '../format/dates.ts';
import { Failure } from '../frame/failure.tsx';
import type { KeyAction } from '../frame/keys.tsx';
import { PageFrame } from '../frame/page-frame.tsx';
import { Panel } from '../frame/panel.tsx';
import { Sentence } from '../frame/sentence.tsx';
import { Days } from '../ledger/days.tsx';
import { isEmpty } from '../ledger/figures.ts';
import type { LedgerWindow } from '../ledger/ledger-window.ts';
import type { ChangeState } from '../state/use-page-state.ts';
import { usePageState } from '../state/use-page-state.ts';
import { yearBefore } from '../state/window-choices.ts';
import { dimensionName } from './dimensions.ts';
import { ExploreControls } from './explore-controls.tsx';
import type { ExploreState } from './explore-state.ts';
import { fixedRow, readExploreState, writeExploreState } from './explore-state.ts';
import { ExploreTable } from './explore-table.tsx';
import { RowReceipt } from './row-receipt.tsx';
import { ExploreLoading, NothingHere } from './states.tsx';

const EXPLORE_STATE = { read: readExploreState, write: writeExploreState };

/** The ledger by any dimension, down to the receipt of one hour of one device. */
export default function ExplorePage() {
  const [state, change] = usePageState(EXPLORE_STATE);
  const { from, to, by, selected, isCompared } = state;
  const query = useQuery({
    queryKey: ['ledger', from, to, by, selected, isCompared],
    queryFn: ({ signal }) => fetchLedger(state, signal),
    placeholderData: keepPreviousData,
  });
  const report = query.data ?? null;
  const window = report && formatWindow(report.from, report.to);
  const group = useRef<HTMLSelectElement>(null);
  const keys = useKeyActions(state, change, () => group.current?.focus());

  return (
    <PageFrame
      page="Explore"
      title={window ? `Explore, ${window}` : 'Explore'}
      window={state}
      shown={report && { from: report.from, to: report.to, extent: yearBefore(report.to) }}
      onWindow={change}
      keys={keys}
      isBusy={query.isFetching}
      status={window ? `Showing the ledger by ${by.map(dimensionName).join(' and ')}, ${window}.` : ''}
    >
      {query.isError && (
        <Failure
          problem={problemFrom(query.error)}
          onRetry={() => query.refetch()}
          isRetrying={query.isFetching}
          isBesideFigures={report !== null}
        />
      )}
      {query.isPending && <ExploreLoading />}
      {report && (
        <div className={query.isPlaceholderData ? 'figures is-old' : 'figures'}>
          <Content report={report} state={state} change={change} groupRef={group} />
        </div>
      )}
    </PageFrame>
  );
}

type ContentProps = Readonly<{
  report: LedgerReport;
  state: ExploreState;
  change: ChangeState<ExploreState>;
  groupRef: React.Ref<HTMLSelectElement>;
}>;

function Content({ report, state, change, groupRef }: ContentProps) {
  const days = useQuery({
    queryKey: ['ledger-days', state.from, state.to, state.selected],
    queryFn: ({ signal }) => fetchLedgerDays(state, signal),
    placeholderData: keepPreviousData,
  });
  if (isEmpty(report.total) && report.rows.length === 0) {
    return (
      <NothingHere
        report={report}
        hasSelection={state.selected.length > 0}
        onClear={() => change({ selected: [], by: ['team'] })}
      />
    );
  }
  const row = fixedRow(state);
  return (
    <>
      <Sentence text={report.sentence} after={/(?<=was tare\.) /} />
      <Panel
        id="ledger"
        title={`By ${state.by.map(dimensionName).join(' and ')}`}
        note={noteOf(report, state)}
      >
        <ExploreControls state={state} change={change} report={report} groupRef={groupRef} />
        <ExploreTable report={report} state={state} change={change} />
      </Panel>
      {row && <RowReceipt row={row} report={report} />}
      {days.data && days.data.rows.length > 1 && (
        <Days
          ledger={daysOf(days.data)}
          measure={state.measure}
          onMeasure={(measure) => change({ measure })}
          look={state.look}
          onLook={(look) => change({ look })}
        />
      )}
    </>
  );
}

function noteOf({ currency, previous }: LedgerReport, { measure, isCompared }: ExploreState): string {
  const unit = measure === 'cost' ? `${currency}; gross + direct + shared = total` : 'GPU-hours';
  if (!isCompared) return `${unit}. A name leads to what lies within it.`;
  if (previous === null) return `${unit}. The ledger does not reach back over as much time before.`;
  return `${unit}. Before: ${formatWindow(previous.from, previous.to)}.`;
}

function daysOf(report: LedgerReport): LedgerWindow {
  return { ...report, days: report.rows.map((row) => ({ ...row, day: String(row['day']) })) };
}

function useKeyActions(
  state: ExploreState,
  change: ChangeState<ExploreState>,
  focusGroup: () => void,
): readonly KeyAction[] {
  const focus = useRef(focusGroup);
  focus.current = focusGroup;
  return useMemo(
    () => [
      { key: 'b', what: 'choose what to group by', run: () => focus.current() },
      {
        key: 'm',
        what: 'cost or GPU-hours',
        run: () => change({ measure: state.measure === 'cost' ? 'gpu-hours' : 'cost' }),
      },
      { key: 'c', what: 'against the time before', run: () => change({ isCompared: !state.isCompared }) },
      {
        key: 't',
        what: 'days as chart or table',
        run: () => change({ look: state.look === 'chart' ? 'table' : 'chart' }),
      },
    ],
    [state.measure, state.isCompared, state.look, change],
  );
}
