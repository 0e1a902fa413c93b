import type { CoverageReport, ServingCoverage } from '../app/results/results.ts';
import { displayPercent } from '../domain/units/display-percent.ts';
import { basisPart } from './coverage-note.ts';
import { printAmount, printHours } from './print-amount.ts';
import { UNKNOWN } from './print-cells.ts';
import { type Column, cell, type TableModel } from './table-model.ts';

/** Whether the figures can be trusted, as tables one below the other; the first (the bill by day) is the one for CSV. */
export function coverageTables(report: CoverageReport): readonly [TableModel, ...TableModel[]] {
  return [
    billByDay(report),
    unpricedItems(report),
    freshnessOfFacts(report),
    ...(report.serving === null ? [] : [servingKnown(report.serving)]),
    sourcesRead(report),
  ];
}

function billByDay({ byDay, reconciliation, coverage, currency }: CoverageReport): TableModel {
  const columns: Column[] = [
    { name: 'day', title: 'day', kind: 'text' },
    { name: 'bill', title: 'bill', kind: 'money' },
    { name: 'ledger', title: 'ledger', kind: 'money' },
    { name: 'difference', title: 'difference', kind: 'money' },
    { name: 'estimated', title: 'not billed yet', kind: 'money', importance: 2 },
    { name: 'observed', title: 'observed', kind: 'percent', importance: 1 },
  ];
  const { bill, ledger, difference, estimated, trueUp } = reconciliation;
  return {
    title: 'The bill against the ledger',
    headline: null,
    columns,
    rows: byDay.map((day) => ({
      day: cell(day.day),
      bill: cell(day.bill),
      ledger: cell(day.ledger),
      difference: cell(day.difference),
      estimated: cell(day.estimated),
      observed: cell(day.observed),
    })),
    rest: null,
    total: {
      day: cell('TOTAL'),
      bill: cell(bill),
      ledger: cell(ledger),
      difference: cell(difference),
      estimated: cell(estimated),
      observed: cell(coverage.observed),
    },
    footnotes: [
      `${currency} · billed over estimated ${printAmount(trueUp)} · ${basisPart(coverage)}`,
      pricedByNote(coverage),
      ownedNote(coverage),
      coverage.contradictoryGpuHours > 0
        ? `${printHours(coverage.contradictoryGpuHours)} GPU-hours contradicted themselves and were not believed`
        : '',
    ],
  };
}

type Trust = CoverageReport['coverage'];

function pricedByNote({ pricedBy }: Trust): string {
  const names = [
    ['bill', pricedBy.bill],
    ['contract', pricedBy.contract],
    ['price book', pricedBy.priceBook],
    ['ownership', pricedBy.ownership],
    ['unpriced', pricedBy.unpriced],
  ] as const;
  const used = names
    .filter(([, share]) => share > 0)
    .map(([name, share]) => `${name} ${displayPercent(share)}`);
  return used.length === 0 ? '' : `priced by: ${used.join(', ')} of the GPU-hours`;
}

function ownedNote({ owned }: Trust): string {
  const shares = Object.entries(owned).map(
    ([name, share]) => `${name} ${share === null ? UNKNOWN : displayPercent(share)}`,
  );
  return `cost with an owner: ${shares.join(', ')}`;
}

function unpricedItems({ unpriced }: CoverageReport): TableModel {
  return {
    title: 'Without a price',
    headline: unpriced.length === 0 ? 'Every GPU-hour has a price.' : null,
    columns:
      unpriced.length === 0
        ? []
        : [
            { name: 'gpuModel', title: 'GPU model', kind: 'text' },
            { name: 'provider', title: 'provider', kind: 'text', importance: 3 },
            { name: 'instanceType', title: 'instance type', kind: 'text', importance: 2 },
            { name: 'lifecycle', title: 'lifecycle', kind: 'text', importance: 4 },
            { name: 'gpuHours', title: 'GPU-hours', kind: 'hours' },
            { name: 'remedy', title: 'do this', kind: 'text', importance: 1 },
          ],
    rows: unpriced.map((item) => ({
      gpuModel: cell(item.gpuModel),
      provider: cell(item.provider),
      instanceType: cell(item.instanceType),
      lifecycle: cell(item.lifecycle),
      gpuHours: cell(item.gpuHours),
      remedy: cell(item.remedy),
    })),
    rest: null,
    total: null,
    footnotes: [],
  };
}

function freshnessOfFacts({ freshness }: CoverageReport): TableModel {
  return {
    title: 'Newest facts',
    headline: null,
    columns: [
      { name: 'fact', title: 'fact', kind: 'text' },
      { name: 'newest', title: 'newest', kind: 'text' },
      { name: 'age', title: 'age', kind: 'text' },
    ],
    rows: freshness.map(({ fact, newest, ageSeconds }) => ({
      fact: cell(fact),
      newest: cell(newest),
      age: cell(ageSeconds === null ? null : ageName(ageSeconds)),
    })),
    rest: null,
    total: null,
    footnotes: [],
  };
}

const NAMES_SHOWN = 5;

function servingKnown(serving: ServingCoverage): TableModel {
  const { withoutTraffic, costWithTraffic, paidCalls, unpricedCalls, unpricedModels } = serving;
  const share = costWithTraffic === null ? UNKNOWN : displayPercent(costWithTraffic);
  const models = unpricedModels
    .slice(0, NAMES_SHOWN)
    .map(({ model, calls }) => `${model} ${calls.toLocaleString('en-US')}`);
  return {
    title: 'Serving',
    headline: `${share} of what serving cost has traffic beside it.`,
    columns:
      withoutTraffic.length === 0
        ? []
        : [
            { name: 'endpoint', title: 'endpoint without traffic', kind: 'text' },
            { name: 'cost', title: 'cost of those days', kind: 'money' },
          ],
    rows: withoutTraffic
      .slice(0, NAMES_SHOWN)
      .map(({ endpoint, cost }) => ({ endpoint: cell(endpoint), cost: cell(cost) })),
    rest: null,
    total: null,
    footnotes: [
      unpricedCalls > 0
        ? `${unpricedCalls.toLocaleString('en-US')} of ${paidCalls.toLocaleString('en-US')} paid calls have no price: ${models.join(', ')}`
        : '',
    ],
  };
}

function ageName(seconds: number): string {
  if (seconds < 3_600) return `${Math.round(seconds / 60)} min`;
  return seconds < 172_800 ? `${Math.round(seconds / 3_600)} h` : `${Math.round(seconds / 86_400)} d`;
}

const REJECTS_SHOWN = 10;

function sourcesRead({ sources }: CoverageReport): TableModel {
  const rejects = sources.flatMap((source) => source.rejects);
  const warnings = sources.flatMap((source) => source.warnings);
  return {
    title: 'What was imported',
    headline: sources.length === 0 ? 'Nothing imported yet.' : null,
    columns:
      sources.length === 0
        ? []
        : [
            { name: 'kind', title: 'kind', kind: 'text' },
            { name: 'datasets', title: 'datasets', kind: 'count' },
            { name: 'facts', title: 'facts', kind: 'count' },
            { name: 'rowsRejected', title: 'rejected', kind: 'count' },
            { name: 'newest', title: 'newest', kind: 'text' },
          ],
    rows: sources.map((source) => ({
      kind: cell(source.kind),
      datasets: cell(source.datasets),
      facts: cell(source.facts),
      rowsRejected: cell(source.rowsRejected),
      newest: cell(source.newest),
    })),
    rest: null,
    total: null,
    footnotes: [
      ...rejects.slice(0, REJECTS_SHOWN).map(({ where, message }) => `rejected  ${where}  ${message}`),
      rejects.length > REJECTS_SHOWN
        ? `… ${rejects.length - REJECTS_SHOWN} more: --format json lists all`
        : '',
      ...warnings.map(({ message, count }) => `warning: ${message} (${count})`),
    ],
  };
}
