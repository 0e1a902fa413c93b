import { keepPreviousData, useQuery } from '@tanstack/react-query';
import { useEffect, useMemo, useRef } from 'react';
import type { InferenceReport } from '../../../src/app/results/inference.ts';
import type { UnitsReport } from '../../../src/app/results/units.ts';
import { fetchInference, fetchUnitChoices, fetchUnits, fetchUnitsCsv } from '../api/fetch-units.ts';
import { problemFrom } from '../api/problem.ts';
import { formatWindow } from '../format/dates.ts';
import { Cards } from '../frame/cards.tsx';
import { Failure } from '../frame/failure.tsx';
import { GeneratedBanner } from '../frame/generated-banner.tsx';
import { GhostPanel } from '../frame/ghost-panel.tsx';
import type { KeyAction } from '../frame/keys.tsx';
import { PageFrame } from '../frame/page-frame.tsx';
import { Sentence } from '../frame/sentence.tsx';
import type { ChangeState } from '../state/use-page-state.ts';
import { usePageState } from '../state/use-page-state.ts';
import { yearBefore } from '../state/window-choices.ts';
import { ApiSpend } from './api-spend.tsx';
import { BreakEven } from './break-even.tsx';
import { Diagnosis } from './diagnosis.tsx';
import { Drivers } from './drivers.tsx';
import { endpointAddress, rememberUnits } from './list-address.ts';
import { Losing } from './losing.tsx';
import { NothingServed, UnitsLoading } from './states.tsx';
import { Trend } from './trend.tsx';
import { isFiltered } from './unit-choices.ts';
import { viewUnitCards } from './units-cards.ts';
import { UnitsControls } from './units-controls.tsx';
import type { UnitsState } from './units-state.ts';
import { FILTERS, readUnitsState, writeUnitsState } from './units-state.ts';
import { UnitsTable } from './units-table.tsx';

const UNITS_STATE = { read: readUnitsState, write: writeUnitsState };

/** What a thousand inferences cost, whether that gets better, and why. */
export default function UnitsPage() {
  const [state, change] = usePageState(UNITS_STATE);
  const query = useInference(state);
  const report = query.data ?? null;
  const window = report && formatWindow(report.from, report.to);
  const group = useRef<HTMLSelectElement>(null);
  const keys = useKeyActions(state, change, () => group.current?.focus());
  useEffect(() => rememberUnits(writeUnitsState(state)), [state]);
  return (
    <PageFrame
      page="Units"
      title={window ? `Units, ${window}` : 'Units'}
      window={state}
      shown={report && { from: report.from, to: report.to, extent: yearBefore(report.to) }}
      onWindow={change}
      keys={keys}
      isBusy={query.isFetching}
      status={window ? `Showing unit costs of ${window}.` : ''}
    >
      {query.isError && (
        <Failure
          problem={problemFrom(query.error)}
          onRetry={() => query.refetch()}
          isRetrying={query.isFetching}
          isBesideFigures={report !== null}
        />
      )}
      {query.isPending && <UnitsLoading />}
      {report && (
        <div className={query.isPlaceholderData ? 'figures is-old' : 'figures'}>
          <Content report={report} state={state} change={change} groupRef={group} />
        </div>
      )}
    </PageFrame>
  );
}

/** The order of rows, the columns and the endpoint of the curve are the browser's affair. */
function useInference(state: UnitsState) {
  const { sort: _, isDescending: __, columns: ___, even: ____, ...asked } = state;
  return useQuery({
    queryKey: ['inference', asked],
    queryFn: ({ signal }) => fetchInference(state, signal),
    placeholderData: keepPreviousData,
  });
}

/** The trend is a request of its own: it fails alone, and the figures do not wait for it. */
function useUnits(state: UnitsState) {
  const { from, to, basis, sloMs, minQuality } = state;
  const filters = FILTERS.map((name) => state[name]);
  return useQuery({
    queryKey: ['units', from, to, basis, sloMs, minQuality, filters],
    queryFn: ({ signal }) => fetchUnits(state, signal),
    placeholderData: keepPreviousData,
  });
}

type ContentProps = Readonly<{
  report: InferenceReport;
  state: UnitsState;
  change: ChangeState<UnitsState>;
  groupRef: React.Ref<HTMLSelectElement>;
}>;

function Content({ report, state, change, groupRef }: ContentProps) {
  const units = useUnits(state);
  const choices = useQuery({
    queryKey: ['unit-choices', state.from, state.to],
    queryFn: ({ signal }) => fetchUnitChoices(state, signal),
    placeholderData: keepPreviousData,
  });
  const isEmpty = report.total.requests === 0 && report.total.cost === null;
  if (isEmpty && !isFiltered(state)) return <NothingServed report={report} onShow={change} />;
  const addressOf = (endpoint: string) => endpointAddress(state, endpoint);
  const ofUnits = units.isPlaceholderData ? null : (units.data ?? null);
  return (
    <>
      {units.data?.generated && <GeneratedBanner generated={units.data.generated} />}
      <Sentence text={report.sentence} after={/(?<=per 1,000\.) /} />
      <Losing report={report} addressOf={addressOf} />
      <Cards cards={viewUnitCards(report, ofUnits?.previous ?? null)} />
      <History query={units} state={state} />
      <section className="panel runs-panel" aria-labelledby="units-title">
        <UnitsControls
          state={state}
          change={change}
          report={report}
          choices={choices.data ?? null}
          groupRef={groupRef}
        />
        <UnitsTable report={report} state={state} change={change} />
      </section>
      <BreakEven
        endpoints={report.endpoints}
        currency={report.currency}
        chosen={state.even}
        onChoose={(even) => change({ even })}
        compared={state}
        onCompare={change}
      />
      <ApiSpend spend={report.apiSpend} currency={report.currency} />
      <Diagnosis report={report} addressOf={addressOf} />
    </>
  );
}

type HistoryProps = Readonly<{ query: ReturnType<typeof useUnits>; state: UnitsState }>;

function History({ query, state }: HistoryProps) {
  const report: UnitsReport | undefined = query.data;
  return (
    <>
      {query.isError && (
        <Failure
          problem={problemFrom(query.error)}
          onRetry={() => query.refetch()}
          isRetrying={query.isFetching}
          isBesideFigures
        />
      )}
      {query.isPending && <GhostPanel title="Day by day" />}
      {report && (
        <div className={query.isPlaceholderData ? 'history is-old' : 'history'}>
          <Trend report={report} csv={() => fetchUnitsCsv(state)} />
          <Drivers report={report} />
        </div>
      )}
    </>
  );
}

function useKeyActions(
  state: UnitsState,
  change: ChangeState<UnitsState>,
  group: () => void,
): readonly KeyAction[] {
  const focus = useRef(group);
  focus.current = group;
  return useMemo(
    () => [
      {
        key: 'b',
        what: 'basis: allocated or used',
        run: () => change({ basis: state.basis === 'used' ? 'allocated' : 'used' }),
      },
      { key: '/', what: 'choose what to group by', run: () => focus.current() },
    ],
    [state.basis, change],
  );
}
