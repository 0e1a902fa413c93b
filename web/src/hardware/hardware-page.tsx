import { keepPreviousData, useQuery } from '@tanstack/react-query';
import { useMemo } from 'react';
import type { HardwareReport } from '../../../src/app/results/hardware.ts';
import { fetchHardware } from '../api/fetch-fit.ts';
import { problemFrom } from '../api/problem.ts';
import { formatWindow } from '../format/dates.ts';
import { Cards } from '../frame/cards.tsx';
import { Command } from '../frame/command.tsx';
import { Failure } from '../frame/failure.tsx';
import { GhostPanel } from '../frame/ghost-panel.tsx';
import type { KeyAction } from '../frame/keys.tsx';
import { PageFrame } from '../frame/page-frame.tsx';
import { Panel } from '../frame/panel.tsx';
import { asSentence } from '../savings/lever-names.ts';
import type { ChangeState } from '../state/use-page-state.ts';
import { usePageState } from '../state/use-page-state.ts';
import { yearBefore } from '../state/window-choices.ts';
import type { HardwarePartProps } from './hardware-part.ts';
import type { HardwareState } from './hardware-state.ts';
import { readHardwareState, writeHardwareState } from './hardware-state.ts';
import { keyOf, viewHardwareCards } from './hardware-view.ts';
import { PriceList } from './price-list.tsx';
import { SideBySide } from './side-by-side.tsx';
import { TargetsTable } from './targets-table.tsx';

const HARDWARE_STATE = { read: readHardwareState, write: writeHardwareState };

/** The kinds of GPU that each job and endpoint could run on, side by side. */
export default function HardwarePage() {
  const [state, change] = usePageState(HARDWARE_STATE);
  const { look: _, open: __, ...asked } = state;
  const query = useQuery({
    queryKey: ['hardware', asked],
    queryFn: ({ signal }) => fetchHardware(state, signal),
    placeholderData: keepPreviousData,
    staleTime: 300_000,
  });
  const report = query.data ?? null;
  const window = report && formatWindow(report.from, report.to);
  return (
    <PageFrame
      page="Hardware"
      title={window ? `Hardware, ${window}` : 'Hardware'}
      window={state}
      shown={report && { from: report.from, to: report.to, extent: yearBefore(report.to) }}
      onWindow={(next) => change({ ...next, page: 1 })}
      keys={useKeyActions(state, change, report)}
      isBusy={query.isFetching}
      status={report ? report.sentence : ''}
    >
      {query.isError && (
        <Failure
          problem={problemFrom(query.error)}
          onRetry={() => query.refetch()}
          isRetrying={query.isFetching}
          isBesideFigures={report !== null}
        />
      )}
      {query.isPending && (
        <div className="loading">
          <h1 className="sentence">Trying every kind of GPU…</h1>
          <GhostPanel title="Workloads" />
          <GhostPanel title="Side by side" />
        </div>
      )}
      {report && (
        <div className={query.isPlaceholderData ? 'figures is-old' : 'figures'}>
          <Content report={report} state={state} change={change} />
        </div>
      )}
    </PageFrame>
  );
}

function Content({ report, state, change }: HardwarePartProps) {
  const open = report.rows.find((row) => keyOf(row) === state.open) ?? report.rows[0];
  if (open === undefined && report.missing.length === 0) {
    return (
      <section className="empty" aria-labelledby="empty-title">
        <h1 id="empty-title">{report.sentence}</h1>
        <p>
          Machines, who held them, samples of memory and activity, and prices are needed: collect more of
          them, or choose another window.
        </p>
        <Command text="tare collect --from 30d" />
      </section>
    );
  }
  return (
    <>
      <h1 className="sentence">{report.sentence}</h1>
      <Cards cards={viewHardwareCards(report)} />
      <TargetsTable report={report} state={state} change={change} openKey={open ? keyOf(open) : null} />
      {open && <SideBySide report={report} target={open} state={state} change={change} />}
      {open && <PriceList report={report} target={open} />}
      <NotCompared report={report} />
    </>
  );
}

function NotCompared({ report: { missing } }: Readonly<{ report: HardwareReport }>) {
  if (missing.length === 0) return null;
  const byReason = new Map<string, Set<string>>();
  for (const { reason, workload } of missing)
    byReason.set(reason, (byReason.get(reason) ?? new Set()).add(workload));
  return (
    <Panel id="not-compared" title="Not compared" note="and why">
      <ul className="plain-list">
        {[...byReason].map(([reason, workloads]) => (
          <li key={reason}>
            {asSentence(reason)}
            <span className="quiet"> ({[...workloads].join(', ')})</span>
          </li>
        ))}
      </ul>
    </Panel>
  );
}

function useKeyActions(
  state: HardwareState,
  change: ChangeState<HardwareState>,
  report: HardwareReport | null,
): readonly KeyAction[] {
  return useMemo(() => {
    const keys = report?.rows.map(keyOf) ?? [];
    const at = Math.max(0, keys.indexOf(state.open ?? ''));
    const step = (by: number) => () => {
      const next = keys[at + by];
      if (next !== undefined) change({ open: next });
    };
    return [
      { key: 'j', what: 'the next workload', run: step(1) },
      { key: 'k', what: 'the workload before', run: step(-1) },
      {
        key: 'l',
        what: 'chart or table',
        run: () => change({ look: state.look === 'chart' ? 'table' : 'chart' }),
      },
    ];
  }, [state.open, state.look, change, report]);
}
