import { grossOf } from '../domain/ledger/buckets.ts';
import { displayMoney } from '../domain/money/display-money.ts';
import { formatPicos, type Picos } from '../domain/money/picos.ts';
import { formatInstant, type TimeWindow } from '../domain/time/window.ts';
import { TICKS_PER_GPU_HOUR } from '../domain/units/gpu-time.ts';
import type { Clock } from '../ports/clock.ts';
import type { LedgerAggregate } from '../ports/store.ts';
import { groupAggregates, sumAggregates } from './figures/aggregates.ts';
import { fraction } from './figures/fraction.ts';
import { freshness } from './figures/freshness.ts';
import { funnel } from './figures/funnel.ts';
import { keepTop } from './figures/keep-top.ts';
import { LEAK_DIMENSIONS, largestLeaks } from './figures/leaks.ts';
import { isUnpriced, ledgerFigures, totalPicos } from './figures/ledger-figures.ts';
import { moneySentence, percent } from './figures/money-sentence.ts';
import { rowsRejected } from './figures/source-figures.ts';
import { unpricedFigures } from './figures/unpriced-figures.ts';
import { reachesBack, windowBefore } from './figures/window-before.ts';
import { readGeneratedMark } from './generated-mark.ts';
import { type LedgerFacts, readLedgerFacts } from './ledger-facts.ts';
import type { ReportParts } from './report-ledger.ts';
import type { Overview } from './results/results.ts';

const LEAKS_SHOWN = 5;

/** Everything the first page shows, in one answer over the ledger. */
export async function overview(
  { store, settings, clock }: ReportParts & Readonly<{ clock: Clock }>,
  window: TimeWindow,
): Promise<Overview> {
  const nowMs = clock.nowMs();
  const before = windowBefore(window, nowMs);
  const [facts, days, previous, datasets, generated] = await Promise.all([
    readLedgerFacts(store, settings, window, [], LEAK_DIMENSIONS),
    store.ledger({ window, by: ['day'] }),
    store.ledger({ window: before, by: [] }).then((aggregates) => sumAggregates(aggregates)),
    store.datasets(),
    readGeneratedMark(store),
  ]);
  const { total, extent } = facts;
  const known = reachesBack(extent.ledger, before) ? previous : null;
  const sentence = moneySentence({ window, currency: settings.currency, total, extent: extent.ledger });
  return {
    currency: settings.currency,
    from: formatInstant(window.fromMs),
    to: formatInstant(window.toMs),
    generated,
    sentence: known ? `${sentence}${comparison(total, known, settings.currency)}` : sentence,
    total: ledgerFigures(total),
    previous: known && {
      from: formatInstant(before.fromMs),
      to: formatInstant(before.toMs),
      ...ledgerFigures(known),
    },
    unitCost: unitCost(facts),
    funnel: funnel(total),
    days: keepTop(days, ['day'], null).kept.map((day) => ({
      day: day.key['day'] ?? '',
      ...ledgerFigures(day),
    })),
    teams: teamsOf(facts),
    leaks: largestLeaks(groupAggregates(facts.byOwner, LEAK_DIMENSIONS), LEAKS_SHOWN),
    health: {
      coverage: facts.coverage,
      reconciliation: facts.reconciliation,
      freshness: freshness(extent, nowMs),
      unpriced: unpricedFigures(facts.unpriced),
      rowsRejected: datasets.map(rowsRejected).reduce((sum, count) => sum + count, 0),
      warnings: facts.warnings,
    },
    extent: extent.ledger && {
      from: formatInstant(extent.ledger.fromMs),
      to: formatInstant(extent.ledger.toMs),
    },
  };
}

/** ` That is $30,911.00 (7 %) more than in the same time before.`; silent where one of the two has no price. */
function comparison(total: LedgerAggregate, previous: LedgerAggregate, currency: string): string {
  const [now, then] = [totalPicos(total), totalPicos(previous)];
  if (isUnpriced(total) || isUnpriced(previous) || then <= 0n || now <= 0n) return '';
  if (now === then) return ' That is as much as in the same time before.';
  const change = now > then ? now - then : then - now;
  const direction = now > then ? 'more' : 'less';
  const share = percent(fraction(change, then));
  return ` That is ${displayMoney(change, currency)} (${share}) ${direction} than in the same time before.`;
}

/** GPU time without a price is left out of both sides: it would make an hour look cheaper than it is. */
function unitCost({ byOwner }: LedgerFacts): Overview['unitCost'] {
  const priced = sumAggregates(byOwner.filter(({ key }) => key['priceSource'] !== 'unpriced'));
  const gross = grossOf(priced.cost);
  return {
    perProductiveGpuHour: perHour(gross, priced.ticks.productive),
    perPaidGpuHour: perHour(gross, grossOf(priced.ticks)),
  };
}

function perHour(picos: Picos, ticks: bigint): string | null {
  return ticks === 0n ? null : formatPicos((picos * TICKS_PER_GPU_HOUR) / ticks);
}

function teamsOf({ byOwner }: LedgerFacts): Overview['teams'] {
  const teams = keepTop(groupAggregates(byOwner, ['team']), ['team'], null).kept;
  return teams.map((team) => ({ team: team.key['team'] ?? 'none', ...ledgerFigures(team) }));
}
