import type { BillPlan, CommitmentFigures, PlanRow } from '../app/results/plan.ts';
import { displayAmount } from '../domain/money/display-money.ts';
import { parsePicos } from '../domain/money/picos.ts';
import { type Column, cell, type Row, type TableModel } from './table-model.ts';

const COLUMNS: readonly Column[] = [
  { name: 'lever', title: 'lever', kind: 'text' },
  { name: 'target', title: 'target', kind: 'text' },
  { name: 'owner', title: 'owner', kind: 'text', importance: 3 },
  { name: 'aloneSaving', title: 'alone', kind: 'money', importance: 5 },
  { name: 'range', title: 'range', kind: 'text', importance: 2 },
  { name: 'inPlanSaving', title: 'in plan', kind: 'money' },
  { name: 'billAfter', title: 'bill after', kind: 'money', importance: 6 },
  { name: 'risk', title: 'risk', kind: 'text', importance: 4 },
  { name: 'note', title: '', kind: 'text', importance: 1 },
  { name: 'stage', title: 'stage', kind: 'text', isExportOnly: true },
  { name: 'targetCost', title: 'target cost', kind: 'money', isExportOnly: true },
  { name: 'action', title: 'action', kind: 'text', isExportOnly: true },
];

/** From today's bill to the planned one, and below it the commitments with what a backtest says of them. */
export function planTables(plan: BillPlan): readonly [TableModel, ...TableModel[]] {
  const table: TableModel = {
    title: null,
    headline: plan.sentence,
    columns: COLUMNS,
    rows: plan.rows.map(toCells),
    rest: null,
    total: plan.rows.length === 0 ? null : totalCells(plan),
    footnotes: [
      `${plan.currency} a month of ${plan.period.hoursPerMonth} h, estimated from ${plan.period.days.toFixed(0)} days replayed (${plan.period.from.slice(0, 10)} to ${plan.period.to.slice(0, 10)}); ranges: 10th to 90th percentile. The bill is GPU time (${amount(plan.bill.gpu)})${plan.bill.api === '0.00' ? '' : ` and model APIs (${amount(plan.bill.api)})`}`,
      ...growthNote(plan),
      ...plan.leftOut.map(
        ({ id, aloneSaving, reason }) => `Left out: ${id}, ${amount(aloneSaving)} alone: ${reason}`,
      ),
      ...plan.experiments.map(
        ({ lever, target, mightSave, toMeasure }) =>
          `Experiment: ${lever} ${target}${mightSave === null ? '' : `, might save ${amount(mightSave)}`}: ${toMeasure}`,
      ),
      ...missing(plan),
    ],
  };
  return [
    table,
    ...(plan.commitments.length === 0 ? [] : [commitmentTable(plan)]),
    ...(plan.renewals.length === 0 ? [] : [renewalTable(plan)]),
  ];
}

function growthNote({ growth }: BillPlan): string[] {
  if (growth === null) return [];
  const { percentPerMonth, factor, billBefore, adds, source } = growth;
  const from = source === 'history' ? 'as the ledger shows it' : 'as stated';
  return [
    `Demand is taken to change by ${percentPerMonth.toFixed(1)} % a month, ${from}: ${factor.toFixed(3)} times that of the period in the month after it. A month like the period costs ${amount(billBefore)}, and growth adds ${amount(adds)}; every saving rests on that`,
  ];
}

function toCells(row: PlanRow): Row {
  const whole = (text: string) => displayAmount(parsePicos(text)!.picos, 0);
  return {
    lever: cell(row.lever),
    target: cell(row.target),
    owner: cell(row.owner),
    aloneSaving: cell(row.aloneSaving.expected),
    range: cell(`${whole(row.aloneSaving.low)} – ${whole(row.aloneSaving.high)}`),
    inPlanSaving: cell(row.inPlanSaving),
    billAfter: cell(row.billAfter),
    risk: cell(row.risk),
    note: cell(row.note === null ? '' : `(${row.note})`),
    stage: cell(row.stage),
    targetCost: cell(row.targetCost),
    action: cell(row.action),
  };
}

function totalCells({ planSaving, billAfter }: BillPlan): Row {
  return {
    lever: cell('PLAN'),
    target: cell(''),
    owner: cell(''),
    inPlanSaving: cell(planSaving.expected),
    billAfter: cell(billAfter),
    risk: cell(''),
    note: cell(''),
  };
}

/** The same reason once, with everything that it is about. */
function missing({ missing: list }: BillPlan): string[] {
  const targets = new Map<string, string[]>();
  for (const { lever, target, reason } of list) {
    const key = `${lever === 'all' ? '' : `${lever}: `}${reason}`;
    targets.set(key, [...(targets.get(key) ?? []), ...(target === null ? [] : [target])]);
  }
  return [...targets].map(
    ([reason, of]) => `Not judged${of.length > 0 ? ` (${of.join(', ')})` : ''}: ${reason}`,
  );
}

const COMMITMENT_COLUMNS: readonly Column[] = [
  { name: 'gpuModel', title: 'GPU', kind: 'text' },
  { name: 'provider', title: 'provider', kind: 'text' },
  { name: 'term', title: 'term', kind: 'text' },
  { name: 'rate', title: 'rate', kind: 'percent', importance: 4 },
  { name: 'meanGpus', title: 'mean GPUs', kind: 'hours', importance: 3 },
  { name: 'level', title: 'in plan', kind: 'count' },
  { name: 'levelAlone', title: 'alone', kind: 'count', importance: 5 },
  { name: 'claimed', title: 'claimed', kind: 'percent' },
  { name: 'realised', title: 'backtested', kind: 'percent' },
  { name: 'oracle', title: 'oracle', kind: 'percent' },
  { name: 'unusedHours', title: 'hours unused', kind: 'percent', importance: 2 },
  { name: 'unusedCost', title: 'cost unused', kind: 'percent', importance: 6 },
  { name: 'unusedPerMonth', title: 'unused a month', kind: 'money', importance: 2 },
  { name: 'coverage', title: 'coverage', kind: 'percent', importance: 2 },
  { name: 'held', title: 'held', kind: 'percent', importance: 1 },
];

function commitmentTable(plan: BillPlan): TableModel {
  return {
    title: 'Commitments',
    headline: null,
    columns: COMMITMENT_COLUMNS,
    rows: plan.commitments.map(commitmentCells),
    rest: null,
    total: null,
    footnotes: [
      'Saved, of what the demand costs on demand: claimed and backtested by the level of the first two thirds of the period, on these and on the rest; oracle by the best level for the rest. Unused: of the hours and of the cost of the level in the rest; by the month, on the demand that the other levers start from',
      ...plan.spend.map(
        ({ provider, perHour, saving, savingsPercent }) =>
          `As one commitment to spend at ${provider}: ${amount(perHour)} an hour, would have saved ${amount(saving)} a month${savingsPercent === null ? '' : ` (${savingsPercent.toFixed(1)} %)`} in sample`,
      ),
      ...plan.commitments.flatMap(({ gpuModel, stack }) =>
        stack.length < 2
          ? []
          : [`${gpuModel} by term: ${stack.map(({ term, units }) => `${units} for ${term}`).join(', ')}`],
      ),
    ],
  };
}

function commitmentCells(one: CommitmentFigures): Row {
  const share = (percent: number | null) => cell(percent === null ? null : percent / 100);
  return {
    gpuModel: cell(one.gpuModel),
    provider: cell(one.provider),
    term: cell(one.term),
    rate: cell(one.rate),
    meanGpus: cell(one.meanGpus),
    level: cell(one.level),
    levelAlone: cell(one.levelAlone),
    claimed: share(one.backtest.claimedPercent),
    realised: share(one.backtest.realisedPercent),
    oracle: share(one.backtest.oraclePercent),
    unusedHours: share(one.backtest.hoursUnusedPercent),
    unusedCost: share(one.backtest.costUnusedPercent),
    unusedPerMonth: cell(one.unusedPerMonth),
    coverage: share(one.coveragePercent),
    held: share(one.held.coveragePercent),
  };
}

const RENEWAL_COLUMNS: readonly Column[] = [
  { name: 'at', title: 'from', kind: 'text' },
  { name: 'gpuModel', title: 'GPU', kind: 'text' },
  { name: 'provider', title: 'provider', kind: 'text', importance: 2 },
  { name: 'because', title: 'because', kind: 'text', importance: 1 },
  { name: 'freedGpus', title: 'GPUs freed', kind: 'hours', importance: 3 },
  { name: 'units', title: 'commit to', kind: 'count' },
  { name: 'term', title: 'term', kind: 'text', importance: 4 },
  { name: 'onDemandPerMonth', title: 'a month on demand', kind: 'money' },
  { name: 'renewedPerMonth', title: 'renewed', kind: 'money', importance: 5 },
  { name: 'savesPerMonth', title: 'saves', kind: 'money' },
];

function renewalTable({ renewals, spendRenewals }: BillPlan): TableModel {
  return {
    title: 'When commitments end',
    headline: null,
    columns: RENEWAL_COLUMNS,
    rows: renewals.map((one) => ({
      at: cell(one.at.slice(0, 10)),
      gpuModel: cell(one.gpuModel),
      provider: cell(one.provider),
      because: cell(
        [...one.ending.map((name) => `${name} ends`), ...one.beginning.map((name) => `${name} begins`)].join(
          '; ',
        ),
      ),
      freedGpus: cell(one.freedGpus),
      units: cell(one.units),
      term: cell(one.term),
      onDemandPerMonth: cell(one.onDemandPerMonth),
      renewedPerMonth: cell(one.renewedPerMonth),
      savesPerMonth: cell(one.savesPerMonth),
    })),
    rest: null,
    total: null,
    footnotes: [
      "What nothing covers from then on, on what the plan leaves, beside what the plan commits to. Not in the plan's saving: today's bill still has the committed price",
      ...spendRenewals.map(
        ({ at, provider, perHour, savesPerMonth, ending }) =>
          `As one commitment to spend at ${provider} from ${at.slice(0, 10)}, after ${ending.join(', ')}, for all that nothing covers then: ${amount(perHour)} an hour, would save ${amount(savesPerMonth)} a month`,
      ),
    ],
  };
}

/** What to buy, as a list for whoever buys. */
export function purchaseTable(plan: BillPlan): TableModel {
  return {
    title: null,
    headline: null,
    columns: [
      { name: 'provider', title: 'provider', kind: 'text' },
      { name: 'gpuModel', title: 'GPU', kind: 'text' },
      { name: 'units', title: 'GPUs', kind: 'count' },
      { name: 'term', title: 'term', kind: 'text' },
      { name: 'perGpuHour', title: 'per GPU-hour', kind: 'money' },
      { name: 'onDemandPerGpuHour', title: 'on demand', kind: 'money' },
      { name: 'perMonth', title: 'a month', kind: 'money' },
      { name: 'savesPerMonth', title: 'saves', kind: 'money' },
      { name: 'currency', title: 'currency', kind: 'text' },
    ],
    rows: plan.rows.flatMap(({ purchase, inPlanSaving }) =>
      purchase === null
        ? []
        : [
            {
              provider: cell(purchase.provider),
              gpuModel: cell(purchase.gpuModel),
              units: cell(purchase.units),
              term: cell(purchase.term),
              perGpuHour: cell(purchase.perGpuHour),
              onDemandPerGpuHour: cell(purchase.onDemandPerGpuHour),
              perMonth: cell(purchase.perMonth),
              savesPerMonth: cell(inPlanSaving),
              currency: cell(plan.currency),
            },
          ],
    ),
    rest: null,
    total: null,
    footnotes: [],
  };
}

function amount(text: string): string {
  return displayAmount(parsePicos(text)!.picos);
}
