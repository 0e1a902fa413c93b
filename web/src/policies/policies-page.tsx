import { keepPreviousData, useQuery } from '@tanstack/react-query';
import { useEffect, useMemo, useState } from 'react';
import type { PoliciesReport } from '../../../src/app/results/policies.ts';
import { fetchPolicies, previewPolicies, readPolicies } from '../api/fetch-policies.ts';
import { problemFrom } from '../api/problem.ts';
import { Command } from '../frame/command.tsx';
import { Failure } from '../frame/failure.tsx';
import { GhostPanel } from '../frame/ghost-panel.tsx';
import type { KeyAction } from '../frame/keys.tsx';
import { PageFrame } from '../frame/page-frame.tsx';
import type { ChangeState } from '../state/use-page-state.ts';
import { usePageState } from '../state/use-page-state.ts';
import { yearBefore } from '../state/window-choices.ts';
import type { PoliciesState } from './policies-state.ts';
import { isShareable, readPoliciesState, writePoliciesState } from './policies-state.ts';
import { insertPolicy, previewSentence } from './policies-view.ts';
import { PolicyChanges } from './policy-changes.tsx';
import { PolicyEditor } from './policy-editor.tsx';
import { PolicyPreviewPanel } from './policy-preview.tsx';
import { RuleList } from './rule-list.tsx';
import { useSettled } from './use-settled.ts';

const POLICIES_STATE = { read: readPoliciesState, write: writePoliciesState };

/** What other policies would have stopped, before anybody is bound by them. */
export default function PoliciesPage() {
  const [state, change] = usePageState(POLICIES_STATE);
  const query = useQuery({ queryKey: ['policies'], queryFn: ({ signal }) => fetchPolicies(signal) });
  if (query.data) return <Desk report={query.data} state={state} change={change} />;
  return (
    <PageFrame page="Policies" title="Policies" window={state} keys={[]} isBusy={query.isFetching} status="">
      {query.isError ? (
        <Failure
          problem={problemFrom(query.error)}
          onRetry={() => query.refetch()}
          isRetrying={query.isFetching}
          isBesideFigures={false}
        />
      ) : (
        <div className="loading">
          <h1 className="sentence">Reading the policies in force…</h1>
          <GhostPanel title="Policies" />
        </div>
      )}
    </PageFrame>
  );
}

type DeskProps = Readonly<{
  report: PoliciesReport;
  state: PoliciesState;
  change: ChangeState<PoliciesState>;
}>;

const TYPING_MS = 350;

function Desk({ report, state, change }: DeskProps) {
  const [text, setText] = useText(report, state, change);
  const settled = useSettled(text, TYPING_MS);
  const reading = useQuery({
    queryKey: ['policy-reading', settled],
    queryFn: () => readPolicies(settled),
    placeholderData: keepPreviousData,
  });
  const isRight = reading.data !== undefined && reading.data.mistakes.length === 0;
  const isCurrent = !reading.isPlaceholderData && settled === text;
  const window = { from: state.from, to: state.to };
  const preview = useQuery({
    queryKey: ['policy-preview', settled, window],
    queryFn: () => previewPolicies(settled, window),
    placeholderData: keepPreviousData,
    enabled: isRight && isCurrent,
    // It replays weeks; nothing of them moves while the page is looked at.
    staleTime: 300_000,
  });
  const shown = preview.data ?? null;
  return (
    <PageFrame
      page="Policies"
      title="Policies"
      window={state}
      shown={shown && { from: shown.from, to: shown.to, extent: yearBefore(shown.to) }}
      onWindow={change}
      keys={KEYS}
      isBusy={preview.isFetching}
      status={shown ? previewSentence(shown) : ''}
    >
      {preview.isError && (
        <Failure
          problem={problemFrom(preview.error)}
          onRetry={() => preview.refetch()}
          isRetrying={preview.isFetching}
          isBesideFigures
        />
      )}
      <h1 className="sentence">{shown ? previewSentence(shown) : 'Replaying the launches of the window…'}</h1>
      <div className="policy-desk">
        <div className="figures">
          <PolicyEditor
            text={text}
            onText={setText}
            onReset={() => setText(report.text)}
            reading={reading.data ?? null}
            isReading={reading.isFetching}
            path={report.path}
          />
          {reading.data && <PolicyChanges changes={reading.data.changes} />}
        </div>
        <RuleList report={report} onInsert={(example) => setText(insertPolicy(text, example))} />
      </div>
      <div className={preview.isPlaceholderData || !isRight || !isCurrent ? 'figures is-old' : 'figures'}>
        {shown && (
          <PolicyPreviewPanel
            preview={shown}
            window={window}
            open={state.open}
            onOpen={(open) => change({ open })}
          />
        )}
      </div>
      <p className="note">The same in a terminal:</p>
      <Command text="tare policies preview --file policies.yaml" />
    </PageFrame>
  );
}

const KEYS: readonly KeyAction[] = [
  { key: 'e', what: 'write in the policies', run: () => focusOn('#editor textarea') },
  { key: 'v', what: 'go to the verdicts', run: () => focusOn('#preview') },
];

function focusOn(selector: string): void {
  document.querySelector<HTMLElement>(selector)?.focus();
}

/** The text on the page; in the address where it is short enough, and unlike what is in force. */
function useText(
  { text: inForce }: PoliciesReport,
  state: PoliciesState,
  change: ChangeState<PoliciesState>,
): readonly [string, (text: string) => void] {
  const [long, setLong] = useState<string | null>(null);
  const given = state.text;
  // A link or the back button has come: what was too long for an address is left for it.
  useEffect(() => {
    if (given !== null) setLong(null);
  }, [given]);
  return useMemo(
    () => [
      long ?? given ?? inForce,
      (text: string) => {
        const fits = isShareable(text);
        setLong(fits ? null : text);
        change({ text: fits && text !== inForce ? text : null, open: null }, 'typing');
      },
    ],
    [long, given, inForce, change],
  );
}
