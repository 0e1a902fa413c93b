import { displayMoney } from '../../domain/money/display-money.ts';
import { parsePicos } from '../../domain/money/picos.ts';
import type { AnomalyCause, AnomalyRow } from '../results/anomalies.ts';

const REASONS: Readonly<Record<AnomalyCause, string>> = {
  price: 'the price of what it holds went up',
  volume: 'it did more of the same work',
  mix: 'it moved to dearer resources',
  utilisation: 'it took more time for the same work',
  newResource: 'it holds resources that it did not hold before',
  charges: 'charges beside the GPUs went up',
};

const MEASURE_NAMES = { cost: 'cost', tare: 'wasted', unitCost: 'paid for its requests' } as const;

/** `team search cost $1,200 more than expected ($800), mostly because …` */
export function anomalyMessage(
  row: Pick<AnomalyRow, 'measure' | 'dimension' | 'owner' | 'excess' | 'expected' | 'cause' | 'resources'>,
  currency: string,
): string {
  const money = (text: string) => displayMoney(parsePicos(text)!.picos, currency);
  const [first] = row.resources;
  const where = first === undefined ? '' : ` (most of it ${first.resource})`;
  return `${row.dimension} ${row.owner} ${MEASURE_NAMES[row.measure]} ${money(row.excess)} more than the expected ${money(row.expected)}: mostly, ${REASONS[row.cause]}${where}`;
}
