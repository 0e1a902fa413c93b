import type { BudgetRow } from './budgets.ts';
import type { SavingRange } from './levers.ts';
import type { PlanRow } from './plan.ts';
import type {
  Coverage,
  CoverageReport,
  FiguresBefore,
  LedgerFigures,
  Overview,
  ReconciliationFigures,
  WarningFigures,
} from './results.ts';
import type { TakenReport } from './verification.ts';

/**
 * Documents that a company sends. They hold what the reports of the same window say, put together and nothing computed anew; keys may be
 * added, never renamed.
 */
export const DOCUMENT_KINDS = ['board', 'showback', 'chargeback', 'review'] as const;
export type DocumentKind = (typeof DOCUMENT_KINDS)[number];
export type ReportDocument = BoardPage | TeamShowback | ChargebackStatement | MonthlyReview;

/** What a document can be made into. */
export const DOCUMENT_FORMATS = ['json', 'html', 'pdf', 'png', 'svg', 'md', 'csv'] as const;
export type DocumentFormat = (typeof DOCUMENT_FORMATS)[number];

/** What stands on every document. */
type DocumentHead = Readonly<{
  currency: string;
  from: string;
  to: string;
  /** `October 2026`. */
  windowName: string;
  /** Until when the window is known: the date of the document. Before `to` while the window is not over. */
  asOf: string;
  isComplete: boolean;
  /** Set where the facts were made up; the document says so. */
  generated: Overview['generated'];
  sentence: string;
  /** How far the figures can be trusted; as the ledger report has it. */
  coverage: Coverage;
  reconciliation: ReconciliationFigures;
  warnings: readonly WarningFigures[];
}>;

/** One page for those who decide. */
export type BoardPage = Readonly<{ kind: 'board' }> & BoardFigures;

export type BoardFigures = DocumentHead &
  Readonly<{
    total: LedgerFigures;
    /** `productive ÷ gross`; `null` without GPU time. */
    netFraction: number | null;
    /** The month before a month, as much time before anything else; `null` where nothing is known of it. */
    previous: PreviousFigures | null;
    /** That of everything: the monthly one, where there are several. */
    budget: BudgetRow | null;
    /** Up to twelve, oldest first; the last one ends with the window. */
    months: readonly MonthFigures[];
    /** Made with what was known at `asOf`: the month that this lies in, and the next one. */
    forecast: readonly MonthForecast[];
    products: Products;
    plan: PlanFigures;
    /** Every recorded change, whenever it was made. */
    savings: SavingsFigures;
  }>;

/** Also what changed, what was promised and came true, and whether the data can be trusted. */
export type MonthlyReview = Readonly<{ kind: 'review' }> &
  BoardFigures &
  Readonly<{
    changes: Readonly<{
      /** `null` where the ledger does not reach back as long as the window. */
      previous: (FiguresBefore & Readonly<{ from: string; to: string }>) | null;
      /** Largest change first. */
      teams: readonly (FiguresBefore & Readonly<{ team: string; now: string }>)[];
    }>;
    taken: TakenReport['rows'];
    health: Pick<CoverageReport, 'freshness' | 'unpriced' | 'serving'> &
      Readonly<{
        sources: readonly Readonly<{
          kind: string;
          datasets: number;
          facts: number;
          newest: string | null;
          rowsRejected: number;
        }>[];
      }>;
  }>;

export type PreviousFigures = LedgerFigures &
  Readonly<{
    from: string;
    to: string;
    /** `September 2026`. */
    windowName: string;
    netFraction: number | null;
    /** False where the ledger holds only its end: shares can be compared then, sums cannot. */
    isComplete: boolean;
    /** `total.totalCost` − that of this; `null` where it is not complete. */
    change: string | null;
  }>;

export type MonthFigures = LedgerFigures &
  Readonly<{
    /** `2026-10`. */
    month: string;
    /** What of the month is in it. */
    from: string;
    to: string;
    isComplete: boolean;
    netFraction: number | null;
  }>;

export type MonthForecast = Readonly<{
  month: string;
  low: string;
  expected: string;
  high: string;
  /** Days of history that it rests on. */
  days: number;
}>;

/** Endpoints, on the allocated basis, which agrees with the bill. */
export type Products = Readonly<{
  rows: readonly ProductFigures[];
  rest: Readonly<{ rows: number; requests: number; cost: string | null }> | null;
  /** What is compared with: `previous` of the document, as far as it is known. */
  before: Readonly<{ from: string; to: string }> | null;
}>;

export type ProductFigures = Readonly<{
  endpoint: string;
  /** `self_hosted` or `api`. */
  serving: string | null;
  requests: number;
  /** Requests whose cost nobody knows, and is missing here. */
  unpricedRequests: number;
  cost: string | null;
  costPer1kRequests: string | null;
  costPer1mTokens: string | null;
  costPer1kBefore: string | null;
  /** Of the cost of a thousand requests before; `null` where one of both is unknown. */
  changeFraction: number | null;
  marginPer1k: string | null;
  isLosingMoney: boolean;
}>;

/** By the month of 730 hours, as the plan has it. */
export type PlanFigures = Readonly<{
  sentence: string;
  bill: string;
  billAfter: string;
  saving: SavingRange;
  /** Days of history that it rests on. */
  days: number;
  /** The largest; with `others` they add up to the saving. */
  decisions: readonly Decision[];
  others: Readonly<{ rows: number; saving: string }> | null;
}>;

export type Decision = Pick<
  PlanRow,
  'id' | 'lever' | 'target' | 'owner' | 'action' | 'risk' | 'needsQuality' | 'note'
> &
  Readonly<{
    /** In the plan. */
    saving: string;
    aloneSaving: SavingRange;
  }>;

/** By the month, of the changes where both are known. */
export type SavingsFigures = Readonly<{
  sentence: string;
  changes: number;
  /** Of them, those with both a promise and a measured saving. */
  compared: number;
  /** `null` as long as nothing can be compared. */
  promised: string | null;
  realised: string | null;
  drift: string | null;
}>;

/** One team: what it cost, what became of it, and what it can do. */
export type TeamShowback = Readonly<{ kind: 'showback' }> &
  DocumentHead &
  Readonly<{
    team: string;
    total: LedgerFigures;
    netFraction: number | null;
    previous: PreviousFigures | null;
    /** Of everybody. */
    platform: LedgerFigures;
    /** Cost of the team ÷ cost of everybody; `null` where that is nothing. */
    platformFraction: number | null;
    budget: BudgetRow | null;
    months: readonly MonthFigures[];
    /** Of the window, where it is short enough to be drawn by days; otherwise empty. */
    days: readonly (LedgerFigures & Readonly<{ day: string }>)[];
    workloads: readonly (LedgerFigures & Readonly<{ workload: string }>)[];
    restOfWorkloads: (LedgerFigures & Readonly<{ rows: number }>) | null;
    shared: Readonly<{
      rule: 'proportional' | 'even' | 'none';
      /** What the rule gave to the team, of what it gave to everybody. */
      amount: string;
      total: string;
      fraction: number | null;
      /** Where it comes from, dearest first. */
      services: readonly string[];
    }>;
    /** The levers of the plan that are the team's to decide. */
    plan: Omit<PlanFigures, 'sentence' | 'bill' | 'billAfter' | 'saving'> & Readonly<{ saving: string }>;
    /** Of the month that the team's figures end in, and of the next one. */
    forecast: readonly MonthForecast[];
  }>;

/** Who bears what of the bill, to the cent. */
export type ChargebackStatement = Readonly<{ kind: 'chargeback' }> &
  DocumentHead &
  Readonly<{
    /** Of the window and the dimension: the same question gives the same number. */
    number: string;
    by: string;
    /** Largest first; what has no owner comes last. */
    rows: readonly ChargebackLine[];
    /** That of the ledger report: `cost.gross + direct + shared`. */
    total: ChargebackFigures;
    sharedRule: 'proportional' | 'even' | 'none';
    /** `reconciliation.ledger + reconciliation.estimated = total.totalCost`, and the first of them is the bill. */
    agreement: Readonly<{ bill: string; estimated: string; difference: string; total: string }>;
  }>;

export type ChargebackFigures = LedgerFigures &
  Readonly<{
    /** Share of its GPU-hours by where their price came from; `null` without GPU time. */
    pricedBy: Coverage['pricedBy'] | null;
    /** Its GPU cost by the same; adds up to `cost.gross`. */
    costBy: Readonly<Record<keyof Omit<Coverage['pricedBy'], 'unpriced'>, string>>;
  }>;

export type ChargebackLine = ChargebackFigures &
  Readonly<{
    owner: string;
    /** Held by somebody whom no rule names, or by nobody. */
    isUnassigned: boolean;
  }>;
