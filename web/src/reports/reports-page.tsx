import { NativeSelect, SegmentedControl } from '@mantine/core';
import { keepPreviousData, useQuery } from '@tanstack/react-query';
import { useMemo } from 'react';
import { fetchDocument } from '../api/fetch-documents.ts';
import { fetchLedger } from '../api/fetch-ledger.ts';
import { fetchOverview } from '../api/fetch-overview.ts';
import { problemFrom } from '../api/problem.ts';
import { Command } from '../frame/command.tsx';
import { Failure } from '../frame/failure.tsx';
import { GhostPanel } from '../frame/ghost-panel.tsx';
import { PageFrame } from '../frame/page-frame.tsx';
import { Panel } from '../frame/panel.tsx';
import { readPageState, readWindowState } from '../state/url-state.ts';
import type { ChangeState } from '../state/use-page-state.ts';
import { usePageState } from '../state/use-page-state.ts';
import { monthChoices } from '../state/window-choices.ts';
import { DocumentPreview } from './document-preview.tsx';
import {
  CHARGEBACK_DIMENSIONS,
  documentPath,
  exportCommand,
  KINDS,
  type ReportsState,
  readReportsState,
  writeReportsState,
} from './reports-state.ts';
import { Schedule } from './schedule.tsx';

const REPORTS_STATE = { read: readReportsState, write: writeReportsState };
const NO_WINDOW = readWindowState(new URLSearchParams());

/** What is sent, to whom: documents with a preview of exactly the file that is sent. */
export default function ReportsPage() {
  const [state, change] = usePageState(REPORTS_STATE);
  const path = documentPath(state, 'json');
  const query = useQuery({
    queryKey: ['document', path],
    queryFn: ({ signal }) => fetchDocument(path!, signal),
    placeholderData: keepPreviousData,
    enabled: path !== null,
    staleTime: 300_000,
  });
  const shown = path === null || query.isError ? null : (query.data ?? null);
  const { title, isFor } = KINDS.find(({ kind }) => kind === state.kind)!;
  return (
    <PageFrame
      page="Reports"
      title={shown ? `${title}, ${shown.windowName}` : title}
      window={NO_WINDOW}
      keys={[]}
      isBusy={query.isFetching}
      status={shown?.sentence ?? ''}
    >
      <div className="figures">
        <h1 className="sentence">{shown?.sentence ?? isFor}</h1>
        <DocumentChoice state={state} change={change} />
        {path === null && <p className="quiet">Choose the team that the showback is about.</p>}
        {path !== null && query.isPending && (
          <>
            <p className="quiet">
              Making the document: the plan is replayed on the month, which can take some seconds the first
              time…
            </p>
            <GhostPanel title={title} />
          </>
        )}
        {path !== null && query.isError && (
          <Failure
            problem={problemFrom(query.error)}
            onRetry={() => query.refetch()}
            isRetrying={query.isFetching}
            isBesideFigures
          />
        )}
        {shown && (
          <div className={query.isPlaceholderData ? 'is-old' : ''}>
            <DocumentPreview document={shown} state={state} />
          </div>
        )}
        <Schedule />
        <Panel id="terminal" title="The same in a terminal" note="The ending says what it is made into.">
          <Command text={exportCommand(state)} />
        </Panel>
      </div>
    </PageFrame>
  );
}

type ChoiceProps = Readonly<{ state: ReportsState; change: ChangeState<ReportsState> }>;

function DocumentChoice({ state, change }: ChoiceProps) {
  return (
    <div className="filters">
      <SegmentedControl
        size="xs"
        aria-label="Document"
        value={state.kind}
        onChange={(value) => change({ kind: KINDS.find(({ kind }) => kind === value)?.kind ?? 'board' })}
        data={KINDS.map(({ kind, label }) => ({ value: kind, label }))}
      />
      <MonthChoice state={state} change={change} />
      {state.kind === 'showback' && <TeamChoice state={state} change={change} />}
      {state.kind === 'chargeback' && (
        <NativeSelect
          size="xs"
          label="By"
          value={state.by}
          onChange={({ currentTarget }) =>
            change({ by: CHARGEBACK_DIMENSIONS.find((name) => name === currentTarget.value) ?? 'team' })
          }
          data={[...CHARGEBACK_DIMENSIONS]}
        />
      )}
    </div>
  );
}

function MonthChoice({ state, change }: ChoiceProps) {
  const window = useMemo(() => readPageState(''), []);
  const overview = useQuery({
    queryKey: ['overview', window],
    queryFn: ({ signal }) => fetchOverview(window, signal),
  });
  const months = monthChoices(overview.data?.extent ?? null).map(({ value, label }) => ({ value, label }));
  const isListed = state.month === null || months.some(({ value }) => value === state.month);
  return (
    <NativeSelect
      size="xs"
      label="Month"
      value={state.month ?? ''}
      onChange={({ currentTarget }) => change({ month: currentTarget.value || null })}
      data={[
        { value: '', label: 'Last whole month' },
        ...months,
        ...(isListed ? [] : [{ value: state.month!, label: state.month! }]),
      ]}
    />
  );
}

/** Owners of the month, those of the largest cost first. */
function TeamChoice({ state, change }: ChoiceProps) {
  const selection = {
    from: state.month,
    to: null,
    by: ['team'] as const,
    selected: [],
    isCompared: false,
  };
  const teams = useQuery({
    queryKey: ['teams', state.month],
    queryFn: ({ signal }) => fetchLedger(selection, signal),
  });
  const names = (teams.data?.rows ?? []).map((row) => String(row['team']));
  const all = state.team === null || names.includes(state.team) ? names : [state.team, ...names];
  return (
    <NativeSelect
      size="xs"
      label="Team"
      value={state.team ?? ''}
      onChange={({ currentTarget }) => change({ team: currentTarget.value || null })}
      data={[{ value: '', label: 'Choose…' }, ...all]}
    />
  );
}
