import type { RunSums, RunsReport } from '../../../src/app/results/runs.ts';
import { fractionOf, parseDecimal } from '../format/decimal.ts';
import { exactMoney, formatMoney, moneyDecimals, UNKNOWN } from '../format/money.ts';
import { countOf, formatCount, formatPercent, hoursText } from '../format/quantity.ts';
import type { Card, CardLine } from '../frame/cards.tsx';

/** How many runs, what they cost, what was lost of it, and how long they waited: of everything selected, not of the page alone. */
export function viewRunsCards({ total, currency }: RunsReport): readonly Card[] {
  return [runsCard(total), costCard(total, currency), lostCard(total, currency), waitCard(total)];
}

function runsCard(total: RunSums): Card {
  const lost = total.lostAttempts > 0 ? `, ${formatCount(total.lostAttempts)} ended badly` : '';
  return {
    ...plain('Runs', formatCount(total.runs)),
    lines: [
      line(`${countOf(total.attempts, 'attempt')}${lost}`),
      ...(total.unknownRuns > 0
        ? [gap(`? ${countOf(total.unknownRuns, 'run')} of unknown cost, missing in the sums`)]
        : []),
    ],
  };
}

function costCard(total: RunSums, currency: string): Card {
  const beside = money(sumOf(total.direct, total.shared), currency);
  const repeated = total.duplicates;
  return {
    ...plain('Cost', money(total.cost, currency)),
    exact: exactMoney(total.cost, currency),
    isEstimate: total.isEstimated,
    lines: [
      line(
        `${hoursText(total.gpuHours)} GPU-hours for ${money(total.gpuCost, currency)}, ${beside} beside them`,
      ),
      ...(repeated.runs > 0
        ? [
            line(
              `${money(repeated.cost, currency)} for ${countOf(repeated.runs, 'run')} that repeat earlier ones`,
            ),
          ]
        : []),
      ...(total.unpricedGpuHours > 0
        ? [gap(`? ${hoursText(total.unpricedGpuHours)} GPU-hours unpriced, missing here`)]
        : []),
    ],
  };
}

function lostCard({ lostCost, gpuCost, failed }: RunSums, currency: string): Card {
  const [lost, whole] = [parseDecimal(lostCost), parseDecimal(gpuCost)];
  const share = lost === null || whole === null ? null : fractionOf(lost, whole);
  return {
    ...plain('Lost', money(lostCost, currency)),
    exact: exactMoney(lostCost, currency),
    aside: share === null ? null : formatPercent(share, 1),
    lines: [
      line('of the GPU cost: work after the last checkpoint'),
      line(`${countOf(failed.runs, 'run')} ended badly and cost ${money(failed.cost, currency)} as a whole`),
    ],
  };
}

function waitCard({ waitHours, runs }: RunSums): Card {
  const mean = runs === 0 ? null : waitHours / runs;
  return {
    ...plain('Waited', `${hoursText(waitHours)}\u00a0h`),
    lines: [line('from queued to started; costs nothing'), line(`${hoursText(mean)} h for a run on average`)],
  };
}

function plain(title: string, value: string): Card {
  return { title, value, exact: value, isEstimate: false, aside: null, lines: [], tone: 'plain' };
}

function line(text: string): CardLine {
  return { text, direction: null, isGap: false };
}

function gap(text: string): CardLine {
  return { text, direction: null, isGap: true };
}

function money(amount: string | bigint | null, currency: string): string {
  const picos = typeof amount === 'bigint' ? amount : parseDecimal(amount);
  return picos === null ? UNKNOWN : formatMoney(picos, currency, moneyDecimals(picos));
}

function sumOf(direct: string, shared: string): bigint {
  return (parseDecimal(direct) ?? 0n) + (parseDecimal(shared) ?? 0n);
}
