import { useMemo } from 'react';
import type { KeyAction } from '../frame/keys.tsx';
import { PageFrame } from '../frame/page-frame.tsx';
import { readWindowState } from '../state/url-state.ts';
import { usePageState } from '../state/use-page-state.ts';
import { ActionLogPanel } from './action-log.tsx';
import { readActionsState, writeActionsState } from './actions-state.ts';
import { Admission } from './admission.tsx';
import { IdleNow } from './idle-now.tsx';

const ACTIONS_STATE = { read: readActionsState, write: writeActionsState };

/** What was stopped at the door, what stands still now, what was done about it and how to take it back. Each part asks for itself. */
export default function ActionsPage() {
  const [state, change] = usePageState(ACTIONS_STATE);
  const keys = useMemo<readonly KeyAction[]>(
    () => [
      { key: 'i', what: 'go to what stands still', run: () => document.getElementById('idle-now')?.focus() },
      { key: 'd', what: 'go to what was done', run: () => document.getElementById('done')?.focus() },
    ],
    [],
  );
  return (
    <PageFrame
      page="Actions"
      title="Actions"
      window={readWindowState(new URLSearchParams())}
      keys={keys}
      isBusy={false}
      status="Decisions of the webhook, what stands still, and what was done."
    >
      <div className="figures">
        <h1 className="sentence">What was stopped at the door, and what to give back now?</h1>
        <IdleNow state={state} change={change} />
        <ActionLogPanel />
        <Admission state={state} change={change} />
      </div>
    </PageFrame>
  );
}
