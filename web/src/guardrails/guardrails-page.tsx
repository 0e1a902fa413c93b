import { useMemo } from 'react';
import type { KeyAction } from '../frame/keys.tsx';
import { PageFrame } from '../frame/page-frame.tsx';
import { usePageState } from '../state/use-page-state.ts';
import { Alerts } from './alerts.tsx';
import { Anomalies } from './anomalies.tsx';
import { Budgets } from './budgets.tsx';
import { Forecast } from './forecast.tsx';
import { readGuardrailsState, writeGuardrailsState } from './guardrails-state.ts';

const GUARDRAILS_STATE = { read: readGuardrailsState, write: writeGuardrailsState };

/** Will we meet the budget, and what cost too much. Each part asks for itself, so that the quick ones do not wait for the slow. */
export default function GuardrailsPage() {
  const [state, change] = usePageState(GUARDRAILS_STATE);
  const keys = useMemo<readonly KeyAction[]>(
    () => [
      { key: 'a', what: 'go to the anomalies', run: () => document.getElementById('anomalies')?.focus() },
      { key: 'l', what: 'go to the alerts', run: () => document.getElementById('alerts')?.focus() },
    ],
    [],
  );
  return (
    <PageFrame
      page="Budgets"
      title="Budgets and anomalies"
      window={state}
      keys={keys}
      isBusy={false}
      status="Budgets, forecast, anomalies and alerts."
    >
      <div className="figures">
        <h1 className="sentence">Will the budgets hold, and what cost too much?</h1>
        <Budgets />
        <Forecast state={state} change={change} />
        <Alerts />
        <Anomalies state={state} change={change} />
      </div>
    </PageFrame>
  );
}
