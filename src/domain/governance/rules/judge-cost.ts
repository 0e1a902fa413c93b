import { displayMoney } from '../../money/display-money.ts';
import type { Picos } from '../../money/picos.ts';
import type { JudgedLaunch, Objection } from '../judged-launch.ts';
import type { PolicyRule } from '../policy.ts';
import { objection } from './objection.ts';

/** A ceiling of a run is also held against the time limit of a run whose hours are unknown: that much it may cost. */
export function judgeCost(
  { perRun, perHour, perMonth }: Extract<PolicyRule, { rule: 'max-cost' }>,
  { estimate, currency }: JudgedLaunch,
): readonly Objection[] {
  const check = (ceiling: Picos | null, cost: Picos | undefined, unit: string, how: string) => {
    if (ceiling === null || cost === undefined || cost <= ceiling) return [];
    const message = `${unit} costs ${displayMoney(cost, currency)}, and at most ${displayMoney(ceiling, currency)} is allowed`;
    return [objection('gpus', message, how)];
  };
  const detail = estimate.hours === null ? '' : ` (${estimate.hours.detail})`;
  return [
    ...check(
      perRun,
      estimate.perRun?.expected,
      `a run${detail}`,
      'ask for fewer or cheaper GPUs, or spot capacity, or split the run',
    ),
    ...check(perHour, estimate.perHour?.high, 'an hour', 'ask for fewer or cheaper GPUs, or spot capacity'),
    ...check(
      perMonth,
      estimate.perMonth?.high,
      'a month at the most',
      'lower the largest number of replicas, or use cheaper GPUs',
    ),
  ];
}
