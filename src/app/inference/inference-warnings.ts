import type { EndpointFigures, InferenceFigures } from '../results/inference.ts';
import type { WarningFigures } from '../results/results.ts';
import type { Resolved } from './served.ts';

type Row = InferenceFigures & Readonly<Record<string, unknown>>;

/** What a reader should see before the figures: what loses money, and what is missing from them. */
export function inferenceWarnings(
  rows: readonly Row[],
  endpoints: readonly EndpointFigures[],
  { overfullGroups }: Resolved,
  by: readonly string[],
  unpricedHours: number,
): WarningFigures[] {
  const losing = rows.filter(({ isLosingMoney }) => isLosingMoney);
  const unpriced = endpoints.filter(({ cost, requests }) => cost === null && requests > 0);
  const unasked = endpoints.filter(({ cost, requests }) => Number(cost ?? 0) > 0 && requests === 0);
  const calls = rows.filter(({ unpricedRequests, cost }) => unpricedRequests > 0 && cost !== null);
  const names = (list: readonly Row[]) =>
    listed(list.map((row) => by.map((name) => String(row[name])).join(' ')));
  const warnings = [
    {
      code: 'losing-money',
      message: `LOSES MONEY: each request costs more than it earns at ${names(losing)}; more traffic loses more`,
      count: losing.length,
    },
    {
      code: 'cost-unknown',
      message: `requests whose cost nobody knows, at ${listed(unpriced.map(({ endpoint }) => endpoint))}: the ledger has no priced workload of that name, or the calls no price`,
      count: unpriced.length,
    },
    {
      code: 'cost-partly-unknown',
      message: `some calls have no price, at ${names(calls)}; unit costs are of the others`,
      count: calls.reduce((sum, { unpricedRequests }) => sum + unpricedRequests, 0),
    },
    {
      code: 'unpriced-gpu-time',
      message:
        'GPU-hours of endpoints have no price, and are missing from their cost: tare report coverage names them',
      count: Math.ceil(unpricedHours),
    },
    {
      code: 'no-traffic',
      message: `paid for, and nobody was seen asking: ${listed(unasked.map(({ endpoint }) => endpoint))}`,
      count: unasked.length,
    },
    {
      code: 'labels-exceed-counters',
      message:
        'groups in which more calls were traced than their server counted: retries that never reached it, perhaps',
      count: overfullGroups,
    },
  ];
  return warnings.filter(({ count }) => count > 0);
}

const SHOWN = 3;

function listed(names: readonly string[]): string {
  const shown = names.slice(0, SHOWN).join(', ');
  return names.length > SHOWN ? `${shown} and ${names.length - SHOWN} more` : shown;
}
