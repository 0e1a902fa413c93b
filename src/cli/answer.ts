import type { ActionLog, ActionReport } from '../app/results/actions.ts';
import type { AdmissionReport } from '../app/results/admission.ts';
import type { AlertReport } from '../app/results/alerts.ts';
import type { AnomalyReport } from '../app/results/anomalies.ts';
import type { BudgetReport } from '../app/results/budgets.ts';
import type { CheckReport } from '../app/results/check.ts';
import type { CommitmentReport } from '../app/results/commitments.ts';
import type { ForecastReport } from '../app/results/forecast.ts';
import type { HardwareReport } from '../app/results/hardware.ts';
import type { HealthReport } from '../app/results/health.ts';
import type { InferenceReport } from '../app/results/inference.ts';
import type { LeversReport } from '../app/results/levers.ts';
import type { BillPlan } from '../app/results/plan.ts';
import type { PolicyPreview } from '../app/results/policies.ts';
import type { PriceReport } from '../app/results/prices.ts';
import type {
  ChargeReport,
  CoverageReport,
  DoctorReport,
  Explanation,
  IdleReport,
  ImportResult,
  LedgerReport,
} from '../app/results/results.ts';
import type { CadenceReport, RunReceipt, RunsReport } from '../app/results/runs.ts';
import type { ReportSending, ScheduledReports } from '../app/results/scheduled-reports.ts';
import type { SearchResult, ViewList } from '../app/results/search.ts';
import type { SizeReport } from '../app/results/size.ts';
import type { SpotReport } from '../app/results/spot.ts';
import type { UnitsReport } from '../app/results/units.ts';
import type { TakenRecord, TakenReport, VerificationReport } from '../app/results/verification.ts';
import type { CollectResult } from '../app/tare.ts';
import type { TableModel } from '../reports/table-model.ts';

/** What a command answers, by name: the name decides how it is laid out. */
export type Answer =
  | Readonly<{ name: 'ledger'; result: LedgerReport }>
  | Readonly<{ name: 'charges'; result: ChargeReport }>
  | Readonly<{ name: 'idle'; result: IdleReport }>
  | Readonly<{ name: 'coverage'; result: CoverageReport }>
  | Readonly<{ name: 'commitments'; result: CommitmentReport }>
  | Readonly<{ name: 'health'; result: HealthReport }>
  | Readonly<{ name: 'inference'; result: InferenceReport }>
  | Readonly<{ name: 'units'; result: UnitsReport }>
  | Readonly<{ name: 'budgets'; result: BudgetReport }>
  | Readonly<{ name: 'anomalies'; result: AnomalyReport }>
  | Readonly<{ name: 'forecast'; result: ForecastReport }>
  | Readonly<{ name: 'alerts'; result: AlertReport }>
  | Readonly<{ name: 'reports'; result: ScheduledReports }>
  | Readonly<{ name: 'report-sending'; result: ReportSending }>
  | Readonly<{ name: 'check'; result: CheckReport }>
  | Readonly<{ name: 'policy-preview'; result: PolicyPreview }>
  | Readonly<{ name: 'actions'; result: ActionReport }>
  | Readonly<{ name: 'action-log'; result: ActionLog }>
  | Readonly<{ name: 'admission'; result: AdmissionReport }>
  | Readonly<{ name: 'names'; result: SearchResult }>
  | Readonly<{ name: 'views'; result: ViewList }>
  | Readonly<{ name: 'prices'; result: PriceReport }>
  | Readonly<{ name: 'size'; result: SizeReport }>
  | Readonly<{ name: 'levers'; result: LeversReport }>
  | Readonly<{ name: 'plan'; result: BillPlan }>
  | Readonly<{ name: 'spot'; result: SpotReport }>
  | Readonly<{ name: 'hardware'; result: HardwareReport }>
  | Readonly<{ name: 'verification'; result: VerificationReport }>
  | Readonly<{ name: 'taken'; result: TakenReport }>
  | Readonly<{ name: 'take'; result: TakenRecord }>
  | Readonly<{ name: 'simulation'; result: object; tables: readonly [TableModel, ...TableModel[]] }>
  | Readonly<{ name: 'import'; result: ImportResult; currency: string }>
  | Readonly<{ name: 'collect'; result: CollectResult; currency: string }>
  | Readonly<{ name: 'explain'; result: Explanation }>
  | Readonly<{ name: 'runs'; result: RunsReport }>
  | Readonly<{ name: 'receipt'; result: RunReceipt }>
  | Readonly<{ name: 'cadence'; result: CadenceReport }>
  | Readonly<{ name: 'doctor'; result: DoctorReport }>;
