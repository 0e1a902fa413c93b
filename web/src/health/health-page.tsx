import { keepPreviousData, useQuery } from '@tanstack/react-query';
import { useMemo, useState } from 'react';
import type { HealthReport } from '../../../src/app/results/health.ts';
import { fetchHealth } from '../api/fetch-health.ts';
import { problemFrom } from '../api/problem.ts';
import { formatWindow } from '../format/dates.ts';
import { countOf } from '../format/quantity.ts';
import { Cards } from '../frame/cards.tsx';
import { Failure } from '../frame/failure.tsx';
import type { KeyAction } from '../frame/keys.tsx';
import type { ChartLook } from '../frame/look-switch.tsx';
import { PageFrame } from '../frame/page-frame.tsx';
import { Sentence } from '../frame/sentence.tsx';
import type { ChangeState } from '../state/use-page-state.ts';
import { usePageState } from '../state/use-page-state.ts';
import { yearBefore } from '../state/window-choices.ts';
import { BillDays } from './bill-days.tsx';
import { Calendar } from './calendar.tsx';
import { Contradictory } from './contradictory.tsx';
import { Covered } from './covered.tsx';
import { DayServices } from './day-services.tsx';
import type { HealthState } from './health-state.ts';
import { readHealthState, writeHealthState } from './health-state.ts';
import { viewHealthCards } from './health-views.ts';
import { Imports } from './imports.tsx';
import { Problems } from './problems.tsx';
import { Rejects } from './rejects.tsx';
import { Sources } from './sources.tsx';
import { HealthLoading, NothingToTrust } from './states.tsx';
import { Unpriced } from './unpriced.tsx';

const HEALTH_STATE = { read: readHealthState, write: writeHealthState };

/** Can I trust these numbers? Everything that speaks for or against them, each with what to do about it. */
export default function HealthPage() {
  const [state, change] = usePageState(HEALTH_STATE);
  const [look, setLook] = useState<ChartLook>('chart');
  const query = useQuery({
    queryKey: ['health', state.from, state.to],
    queryFn: ({ signal }) => fetchHealth(state, signal),
    placeholderData: keepPreviousData,
  });
  const report = query.data ?? null;
  const window = report && formatWindow(report.from, report.to);
  return (
    <PageFrame
      page="Health"
      title={window ? `Data health, ${window}` : 'Data health'}
      window={state}
      shown={report && { from: report.from, to: report.to, extent: yearBefore(report.to) }}
      onWindow={change}
      keys={useKeyActions(state, change, report, look, setLook)}
      isBusy={query.isFetching}
      status={
        report && window ? `Showing ${window}: ${countOf(report.problems.length, 'thing')} to look at.` : ''
      }
    >
      {query.isError && (
        <Failure
          problem={problemFrom(query.error)}
          onRetry={() => query.refetch()}
          isRetrying={query.isFetching}
          isBesideFigures={report !== null}
        />
      )}
      {query.isPending && <HealthLoading />}
      {report && (
        <div className={query.isPlaceholderData ? 'figures is-old' : 'figures'}>
          <Content report={report} state={state} change={change} look={look} onLook={setLook} />
        </div>
      )}
    </PageFrame>
  );
}

type ContentProps = Readonly<{
  report: HealthReport;
  state: HealthState;
  change: ChangeState<HealthState>;
  look: ChartLook;
  onLook: (look: ChartLook) => void;
}>;

function Content({ report, state, change, look, onLook }: ContentProps) {
  if (report.imports.length === 0) return <NothingToTrust report={report} />;
  return (
    <>
      <Sentence text={report.sentence} after={/(?<=(?:look at|numbers|trusted)\.) /} />
      <Cards cards={viewHealthCards(report)} />
      <Problems report={report} />
      <BillDays report={report} state={state} change={change} look={look} onLook={onLook} />
      {state.day && <DayServices key={state.day} day={state.day} state={state} change={change} />}
      <Calendar report={report} change={change} />
      <Covered report={report} />
      <Sources report={report} />
      <Unpriced report={report} />
      <Rejects report={report} />
      <Contradictory report={report} />
      <Imports report={report} />
    </>
  );
}

function useKeyActions(
  state: HealthState,
  change: ChangeState<HealthState>,
  report: HealthReport | null,
  look: ChartLook,
  setLook: (look: ChartLook) => void,
): readonly KeyAction[] {
  return useMemo(() => {
    const days = report?.byDay.map(({ day }) => day) ?? [];
    const step = (by: number) => {
      const at = state.day === null ? (by > 0 ? -1 : days.length) : days.indexOf(state.day);
      const day = days[at + by];
      if (day) change({ day, service: null });
    };
    return [
      {
        key: 't',
        what: 'days as chart or table',
        run: () => setLook(look === 'chart' ? 'table' : 'chart'),
      },
      { key: ']', what: 'services of the next day', run: () => step(1) },
      { key: '[', what: 'services of the day before', run: () => step(-1) },
    ];
  }, [state.day, change, report, look, setLook]);
}
