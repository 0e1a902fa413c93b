import { closestWord } from '../../domain/text/closest-word.ts';
import { DAY_MS } from '../../domain/time/window.ts';
import { TareError } from '../errors.ts';
import { amountOf } from '../figures/amount-of.ts';
import { fraction } from '../figures/fraction.ts';
import type { TeamShowback } from '../results/documents.ts';
import type { ChargeReport, LedgerFigures, LedgerReport } from '../results/results.ts';
import { budgetOf } from './budget-of.ts';
import { documentHead } from './document-head.ts';
import type { DocumentParts } from './document-parts.ts';
import type { DocumentWindow } from './document-window.ts';
import { monthFigures, monthForecasts, netOf, previousFigures } from './month-figures.ts';
import { showbackSentence } from './plain-sentence.ts';
import { askPlan, decisionsOf, savingOf } from './plan-figures.ts';

const WORKLOADS = 10;
const SERVICES = 5;
/** More days than this are told by months. */
const MOST_DAYS = 62;

/** One team: what it cost, what became of it, and what it can do. */
export async function teamShowback(
  parts: DocumentParts,
  about: DocumentWindow,
  asked: string | null,
): Promise<TeamShowback> {
  const { tare, settings } = parts;
  const { window } = about;
  const everybody = await tare.reportLedger({ window, by: ['team'], filters: [], top: null });
  const team = knownTeam(asked, everybody, about);
  const filters = [{ dimension: 'team' as const, values: [team] }];
  const isShort = window.toMs - window.fromMs <= MOST_DAYS * DAY_MS;
  const own = await tare.reportLedger({ window, by: ['workload'], filters, top: WORKLOADS });
  const { total } = own;
  const [head, previous, budget, months, forecast, days, charges, plan] = await Promise.all([
    documentHead(parts, about, own),
    previousFigures(parts, about, total, filters),
    budgetOf(parts, about, team),
    monthFigures(parts, about, filters),
    monthForecasts(parts, about, team),
    isShort ? tare.reportLedger({ window, by: ['day'], filters, top: null }) : null,
    tare.reportCharges({ window, by: ['use', 'service'], top: null }),
    askPlan(parts, about),
  ]);
  const ownLevers = plan.rows.filter(({ owner }) => owner === team);
  const page = {
    ...head,
    // Of everything: a bill knows no team.
    warnings: everybody.warnings,
    team,
    total,
    netFraction: netOf(total),
    previous,
    platform: everybody.total,
    platformFraction: fraction(amountOf(total.totalCost), amountOf(everybody.total.totalCost)),
    budget,
    months,
    forecast,
    days: (days?.rows ?? []).map((row) => ({ ...figuresOf(row), day: String(row['day']) })),
    workloads: own.rows.map((row) => ({ ...figuresOf(row), workload: String(row['workload']) })),
    restOfWorkloads: own.rest && { ...figuresOf(own.rest), rows: own.rest.rows },
    shared: {
      rule: settings.shared,
      amount: total.shared,
      total: everybody.total.shared,
      fraction: fraction(amountOf(total.shared), amountOf(everybody.total.shared)),
      services: servicesOf(charges),
    },
    plan: { days: plan.period.days, saving: savingOf(ownLevers), ...decisionsOf(ownLevers) },
  };
  return { kind: 'showback', sentence: showbackSentence(page), ...page };
}

function knownTeam(asked: string | null, { rows }: LedgerReport, { window }: DocumentWindow): string {
  const teams = rows.map((row) => String(row['team']));
  if (asked !== null && teams.includes(asked)) return asked;
  const list = `teams of the window: ${teams.join(', ')}`;
  if (asked === null) throw new TareError('usage', 'a showback is about one team', `name it; ${list}`);
  const meant = closestWord(asked, teams);
  const when = `${new Date(window.fromMs).toISOString().slice(0, 10)} on`;
  throw new TareError(
    'noSuchTeam',
    `nothing is known of a team "${asked}" from ${when}`,
    meant ? `did you mean ${meant}? ${list}` : list,
  );
}

/** Without the name and the comparison that a row of a report may carry. */
function figuresOf(row: LedgerFigures): LedgerFigures {
  const { gpuHours, cost, direct, shared, totalCost, tareFraction, unpricedGpuHours, estimatedCost } = row;
  return { gpuHours, cost, direct, shared, totalCost, tareFraction, unpricedGpuHours, estimatedCost };
}

function servicesOf({ rows }: ChargeReport): string[] {
  return rows
    .filter((row) => row['use'] === 'shared' && amountOf(row.cost) > 0n)
    .slice(0, SERVICES)
    .map((row) => String(row['service']));
}
