import type { InferenceFigures, InferenceReport } from '../../../src/app/results/inference.ts';
import type { UnitsReport } from '../../../src/app/results/units.ts';
import { parseDecimal } from '../format/decimal.ts';
import { formatMs, threeDigits } from '../format/latency.ts';
import { exactMoney, UNKNOWN } from '../format/money.ts';
import { formatCount, formatPercent } from '../format/quantity.ts';
import { formatUnitMoney } from '../format/unit-money.ts';
import type { Card, CardLine } from '../frame/cards.tsx';
import { isLessBetter, preferredScores } from './preferred-scores.ts';

/** What a unit costs, how fast and good it is, and what it earns: of everything selected. The time before may still be on its way. */
export function viewUnitCards(
  { total, currency }: Pick<InferenceReport, 'total' | 'currency'>,
  previous: UnitsReport['previous'],
): readonly Card[] {
  return [
    requestsCard(total, previous, currency),
    tokensCard(total, previous, currency),
    latencyCard(total, previous),
    sloCard(total, previous),
    qualityCard(total, previous),
    goodCard(total, currency),
    marginCard(total, currency),
    workCard(total, previous),
  ];
}

type Before = UnitsReport['previous'];

function requestsCard(total: InferenceFigures, before: Before, currency: string): Card {
  return {
    ...plain('Cost of 1,000 requests', formatUnitMoney(total.costPer1kRequests, currency)),
    exact: exactMoney(total.costPer1kRequests, currency),
    lines: [
      ...compared(before, 'costPer1kRequests', total, (text) => formatUnitMoney(text, currency)),
      line(`${formatCount(total.requests)} requests`),
      ...(total.unpricedRequests > 0
        ? [gap(`? ${formatCount(total.unpricedRequests)} of them unpriced, not in it`)]
        : []),
    ],
  };
}

/** Where some requests have no tokens, or come from APIs, input and output cannot be told apart. */
function tokensCard(total: InferenceFigures, before: Before, currency: string): Card {
  const { costPer1mInputTokens: input, costPer1mOutputTokens: output, costPer1mTokens } = total;
  if (input === null && output === null) {
    return {
      ...plain('Cost of 1M tokens', formatUnitMoney(costPer1mTokens, currency)),
      exact: exactMoney(costPer1mTokens, currency),
      lines: [
        ...compared(before, 'costPer1mTokens', total, (text) => formatUnitMoney(text, currency)),
        line(
          total.inputTokens === null
            ? 'nobody counted tokens'
            : 'input and output of all this cannot be told apart; choose an endpoint',
        ),
      ],
    };
  }
  return {
    ...plain('1M tokens, in and out', formatUnitMoney(input, currency)),
    exact: exactMoney(input, currency),
    aside: formatUnitMoney(output, currency),
    lines: [
      ...compared(before, 'costPer1mOutputTokens', total, (text) => `${formatUnitMoney(text, currency)} out`),
      line(splitText(total)),
    ],
  };
}

function splitText({ tokenSplit, cachedFraction }: InferenceFigures): string {
  const cached = cachedFraction === null ? '' : `; ${formatPercent(cachedFraction)} of input from the cache`;
  if (tokenSplit === null) return `split unknown${cached}`;
  const how = tokenSplit.method === 'measured' ? 'by measured time' : `by weight ${tokenSplit.weight}`;
  return `split ${how}${cached}`;
}

function latencyCard({ latencyMs, timeToFirstTokenMs }: InferenceFigures, before: Before): Card {
  const { p50, p95, p99 } = latencyMs;
  return {
    ...plain('Latency, 95th percentile', formatMs(p95)),
    lines: [
      ...moved(p95, before?.latencyMs.p95 ?? null, formatMs),
      line(p95 === null ? 'nothing was timed' : `half within ${formatMs(p50)}, p99 ${formatMs(p99)}`),
      ...(timeToFirstTokenMs.p95 === null ? [] : [line(`first token ${formatMs(timeToFirstTokenMs.p95)}`)]),
    ],
  };
}

function sloCard({ slo }: InferenceFigures, before: Before): Card {
  if (slo === null) {
    return { ...plain('Within the limit', UNKNOWN), lines: [line('no limit is set: state one below')] };
  }
  const earlier = before?.slo?.attained ?? null;
  return {
    ...plain('Within the limit', formatPercent(slo.attained, 1)),
    exact: slo.attained === null ? 'unknown' : String(slo.attained),
    lines: [
      ...moved(slo.attained, earlier, (share) => formatPercent(share, 1)),
      line(`of timed requests took at most ${formatMs(slo.latencyMs)}`),
    ],
  };
}

function qualityCard({ quality }: InferenceFigures, before: Before): Card {
  const [first, ...others] = preferredScores(quality);
  if (!first) return { ...plain('Quality', UNKNOWN), lines: [line('no scores: import them as `scores`')] };
  const earlier = before?.quality.find(({ score }) => score === first.score)?.mean ?? null;
  return {
    ...plain('Quality', threeDigits(first.mean)),
    exact: String(first.mean),
    aside: first.score,
    lines: [
      ...moved(first.mean, earlier, threeDigits),
      line(
        first.passing === null
          ? `mean of ${formatCount(first.scored)} scores${isLessBetter(first) ? ', less is better' : ''}`
          : `${formatPercent(first.passing)} of ${formatCount(first.scored)} pass`,
      ),
      ...others.map(({ score, mean }) => line(`${score} ${threeDigits(mean)}`)),
    ],
  };
}

function goodCard(total: InferenceFigures, currency: string): Card {
  const { costPer1kGood, goodRequests, requests } = total;
  const share = goodRequests === null || requests === 0 ? null : goodRequests / requests;
  return {
    ...plain('Cost of 1,000 good ones', formatUnitMoney(costPer1kGood, currency)),
    exact: exactMoney(costPer1kGood, currency),
    lines: [
      line(
        goodRequests === null
          ? 'nothing says which were good'
          : `${formatPercent(share, 1)} were good: no error, within limit and bar`,
      ),
    ],
  };
}

function marginCard(total: InferenceFigures, currency: string): Card {
  const { marginPer1k, revenuePer1k, isLosingMoney, trainingPer1k } = total;
  return {
    ...plain('Margin of 1,000', formatUnitMoney(marginPer1k, currency)),
    exact: exactMoney(marginPer1k, currency),
    tone: isLosingMoney ? 'alarm' : 'plain',
    lines: [
      line(
        revenuePer1k === null
          ? 'nobody says what they earn: import `revenue`'
          : `${formatUnitMoney(revenuePer1k, currency)} earned, of those that earn`,
      ),
      ...(isLosingMoney ? [line('LOSES MONEY with each request')] : []),
      ...(trainingPer1k === null
        ? []
        : [line(`${formatUnitMoney(trainingPer1k, currency)} of training in it`)]),
    ],
  };
}

function workCard({ utilisation, batchSize, gpuHours }: InferenceFigures, before: Before): Card {
  const earlier = before?.utilisation ?? null;
  return {
    ...plain('At work', formatPercent(utilisation)),
    exact: utilisation === null ? 'unknown' : String(utilisation),
    lines: [
      ...moved(utilisation, earlier, (share) => formatPercent(share)),
      line(
        gpuHours === null
          ? 'APIs are paid by the call'
          : `of the allocated cost, ${formatCount(Math.round(gpuHours))} GPU-hours`,
      ),
      ...(batchSize === null ? [] : [line(`mean batch ${threeDigits(batchSize)}`)]),
    ],
  };
}

type MoneyKey = 'costPer1kRequests' | 'costPer1mTokens' | 'costPer1mOutputTokens';

function compared(
  before: Before,
  key: MoneyKey,
  total: InferenceFigures,
  print: (text: string) => string,
): readonly CardLine[] {
  const [then, now] = [parseDecimal(before?.[key]), parseDecimal(total[key])];
  if (then === null || now === null) return [];
  const [earlier, later] = [print(before![key]!), print(total[key]!)];
  const direction = earlier === later ? 'same' : directionOf(now, then);
  return [{ text: direction === 'same' ? 'as before' : `from ${earlier}`, direction, isGap: false }];
}

/** What reads the same has not moved. */
function moved(
  now: number | null,
  then: number | null,
  print: (value: number) => string,
): readonly CardLine[] {
  if (now === null || then === null) return [];
  const direction = print(now) === print(then) ? 'same' : directionOf(now, then);
  return [{ text: direction === 'same' ? 'as before' : `from ${print(then)}`, direction, isGap: false }];
}

function directionOf<T extends number | bigint>(now: T, then: T): NonNullable<CardLine['direction']> {
  return now > then ? 'up' : now < then ? 'down' : 'same';
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
