import type { BillPlan } from '../../../src/app/results/plan.ts';
import { formatMoney } from '../format/money.ts';
import { Panel } from '../frame/panel.tsx';
import { leverName } from '../savings/lever-names.ts';
import { viewUnjudged } from './plan-view.ts';

/** Experiments, levers that were left out, and those that could not be judged: none of them is in the sum. */
export function NotCounted({ plan }: Readonly<{ plan: BillPlan }>) {
  const { experiments, leftOut, missing, currency } = plan;
  if (experiments.length + leftOut.length + missing.length === 0) return null;
  return (
    <Panel id="not-counted" title="Not counted" note="and why">
      {experiments.length > 0 && (
        <>
          <h3>Experiments: they would save if quality holds</h3>
          <ul className="plain-list">
            {experiments.map(({ lever, target, mightSave, toMeasure }) => (
              <li key={`${lever}/${target}`}>
                {leverName(lever)} {target}
                {mightSave !== null && `, might save ${formatMoney(mightSave, currency, 0)}`}: {toMeasure}
              </li>
            ))}
          </ul>
        </>
      )}
      {leftOut.length > 0 && (
        <>
          <h3>Left out of the plan</h3>
          <ul className="plain-list">
            {leftOut.map(({ id, aloneSaving, reason }) => (
              <li key={id}>
                {id}, {formatMoney(aloneSaving, currency, 0)} alone: {reason}
              </li>
            ))}
          </ul>
        </>
      )}
      {missing.length > 0 && (
        <>
          <h3>Not judged</h3>
          <ul className="plain-list">
            {viewUnjudged(plan).map(({ text, targets }) => (
              <li key={text}>
                {text}
                {targets.length > 0 && <span className="quiet"> ({targets.join(', ')})</span>}
              </li>
            ))}
          </ul>
        </>
      )}
    </Panel>
  );
}
