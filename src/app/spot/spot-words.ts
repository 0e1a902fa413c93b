import type { SpotVerdict } from '../results/spot.ts';
import type { SpotPiece } from './spot-rows.ts';

/** Why something could not have run on spot, as a heading for all that share it. */
export const VERDICT_MEANINGS: Readonly<Record<SpotVerdict, string>> = {
  could: 'kept checkpoints, or was short enough to be done again',
  'no-checkpoint': 'keeps no checkpoint that is known: on spot it would begin again',
  deadline: 'would end after its deadline',
  'no-price': 'no spot price is known where it runs',
  'not-cheaper': 'spot costs no less there',
  serving: 'answers requests: never on spot',
  interactive: 'somebody works in it',
  'paid-anyway': 'on committed or owned machines, which are paid either way',
  'on-spot': 'ran on spot already',
};

export function whyText(
  { verdict, judged }: Pick<SpotPiece, 'verdict' | 'judged'>,
  times: Readonly<{
    checkpoints: number;
    spotHours: number | null;
    deadlineHours: number | null;
  }>,
): string {
  const { checkpoints, spotHours, deadlineHours } = times;
  switch (verdict) {
    case 'could':
      return checkpoints > 0 ? `kept ${checkpoints} checkpoints` : 'short enough to be done again';
    case 'deadline':
      return spotHours === null || deadlineHours === null
        ? VERDICT_MEANINGS.deadline
        : `would take ${spotHours.toFixed(1)} h on spot, and has ${deadlineHours.toFixed(1)} h`;
    case 'no-price':
      return `no spot price of ${judged!.pool.gpuModel} is known where it runs`;
    default:
      return VERDICT_MEANINGS[verdict];
  }
}
