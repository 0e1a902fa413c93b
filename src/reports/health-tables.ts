import type { CostSource, HealthReport, ServiceDifference } from '../app/results/health.ts';
import { displayPercent } from '../domain/units/display-percent.ts';
import { basisPart } from './coverage-note.ts';
import { printAmount } from './print-amount.ts';
import { UNKNOWN } from './print-cells.ts';
import { type Column, cell, type TableModel } from './table-model.ts';

/** The answer to whether the figures can be trusted, as tables one below the other; days for CSV are in `healthByDay`. */
export function healthTables(report: HealthReport): readonly [TableModel, ...TableModel[]] {
  return [
    problemTable(report),
    healthByDay(report),
    serviceTable(report),
    pricedTable(report),
    sourceTable(report),
    ...(report.rejects.length > 0 ? [rejectTable(report)] : []),
    ...(report.unpriced.length > 0 ? [unpricedTable(report)] : []),
    ...(report.contradictory.length > 0 ? [contradictoryTable(report)] : []),
    importTable(report),
  ];
}

function table(title: string | null, columns: readonly Column[], rows: TableModel['rows']): TableModel {
  return { title, headline: null, columns, rows, rest: null, total: null, footnotes: [] };
}

function problemTable({ sentence, problems }: HealthReport): TableModel {
  const columns: Column[] = [
    { name: 'status', title: '', kind: 'text' },
    { name: 'title', title: 'problem', kind: 'text' },
    { name: 'remedy', title: 'do this', kind: 'text', importance: 2 },
    { name: 'command', title: 'with', kind: 'text', importance: 3 },
  ];
  const rows = problems.map(({ status, title, remedy, command }) => ({
    status: { value: status, printed: status === 'failing' ? '✘' : '!' },
    title: cell(title),
    remedy: cell(remedy),
    command: cell(command),
  }));
  return {
    ...table(null, problems.length === 0 ? [] : columns, rows),
    headline: sentence,
    footnotes: [problems.length === 0 ? 'Nothing to look at.' : ''],
  };
}

/** The bill against the ledger, day by day. */
export function healthByDay({
  byDay,
  reconciliation,
  coverage,
  billExplained,
  currency,
}: HealthReport): TableModel {
  const columns: Column[] = [
    { name: 'day', title: 'day', kind: 'text' },
    { name: 'bill', title: 'bill', kind: 'money' },
    { name: 'ledger', title: 'ledger', kind: 'money' },
    { name: 'difference', title: 'difference', kind: 'money' },
    { name: 'estimated', title: 'not billed yet', kind: 'money', importance: 2 },
    { name: 'observed', title: 'observed', kind: 'percent', importance: 1 },
  ];
  const { bill, ledger, difference, estimated, estimatedBefore, billedOfEstimated, trueUp } = reconciliation;
  const rows = byDay.map((day) => ({
    day: cell(day.day),
    bill: cell(day.bill),
    ledger: cell(day.ledger),
    difference: cell(day.difference),
    estimated: cell(day.estimated),
    observed: cell(day.observed),
  }));
  return {
    ...table('The bill against the ledger', columns, rows),
    total: {
      day: cell('TOTAL'),
      bill: cell(bill),
      ledger: cell(ledger),
      difference: cell(difference),
      estimated: cell(estimated),
      observed: cell(coverage.observed),
    },
    footnotes: [
      `${currency} · bill explains ${share(billExplained)} · ${basisPart(coverage)}`,
      `estimated before ${printAmount(estimatedBefore)}, billed ${printAmount(billedOfEstimated)}: true-up ${printAmount(trueUp)}`,
      `cost with an owner: ${Object.entries(coverage.owned)
        .map(([name, owned]) => `${name} ${share(owned)}`)
        .join(', ')}`,
    ],
  };
}

const USES: Readonly<Record<ServiceDifference['use'], string>> = {
  gpu: 'GPU time',
  direct: 'beside it',
  shared: 'shared by all',
};

function serviceTable({ services }: HealthReport): TableModel {
  const columns: Column[] = [
    { name: 'service', title: 'service', kind: 'text' },
    { name: 'use', title: 'for', kind: 'text' },
    { name: 'bill', title: 'bill', kind: 'money' },
    { name: 'ledger', title: 'ledger', kind: 'money' },
    { name: 'difference', title: 'difference', kind: 'money' },
  ];
  const rows = services.map((line) => ({
    service: { value: line.service, printed: line.service ?? '(several)' },
    use: { value: line.use, printed: USES[line.use] },
    bill: cell(line.bill),
    ledger: cell(line.ledger),
    difference: cell(line.difference),
  }));
  return table('By service, whole days', columns, rows);
}

const SOURCE_NAMES: Readonly<Record<CostSource, string>> = {
  bill: 'the bill',
  contract: 'your contract',
  priceBook: 'the price book',
  ownership: 'cost of ownership',
};

function pricedTable({ pricedBy }: HealthReport): TableModel {
  const columns: Column[] = [
    { name: 'source', title: 'priced by', kind: 'text' },
    { name: 'cost', title: 'cost', kind: 'money' },
    { name: 'fraction', title: 'share', kind: 'percent' },
  ];
  const rows = pricedBy.map(({ source, cost, fraction }) => ({
    source: { value: source, printed: SOURCE_NAMES[source] },
    cost: cell(cost),
    fraction: cell(fraction),
  }));
  return table('Where prices come from', columns, rows);
}

function sourceTable({ sources, freshness }: HealthReport): TableModel {
  const columns: Column[] = [
    { name: 'kind', title: 'source', kind: 'text' },
    { name: 'datasets', title: 'datasets', kind: 'count', importance: 1 },
    { name: 'facts', title: 'facts', kind: 'count', importance: 2 },
    { name: 'rowsRead', title: 'rows', kind: 'count' },
    { name: 'rowsRejected', title: 'rejected', kind: 'count' },
    { name: 'newest', title: 'newest', kind: 'text' },
    { name: 'lag', title: 'lag', kind: 'text' },
    { name: 'interval', title: 'comes every', kind: 'text', importance: 3 },
    { name: 'state', title: 'state', kind: 'text' },
  ];
  const rows = sources.map((source) => ({
    kind: cell(source.kind),
    datasets: cell(source.datasets),
    facts: cell(source.facts),
    rowsRead: cell(source.rowsRead),
    rowsRejected: cell(source.rowsRejected),
    newest: cell(source.newest),
    lag: cell(durationText(source.lagSeconds)),
    interval: cell(durationText(source.intervalSeconds)),
    state: { value: source.state, printed: source.state === 'unknown' ? UNKNOWN : source.state },
  }));
  const facts = freshness.map(
    ({ fact, newest, state }) => `${fact} ${newest ?? 'none'}${state === 'late' ? ' (late)' : ''}`,
  );
  return { ...table('Sources', columns, rows), footnotes: [`newest: ${facts.join(', ')}`] };
}

function rejectTable({ rejects, rejectsNotListed }: HealthReport): TableModel {
  const columns: Column[] = [
    { name: 'file', title: 'file', kind: 'text' },
    { name: 'line', title: 'first line', kind: 'count' },
    { name: 'column', title: 'column', kind: 'text' },
    { name: 'message', title: 'what is wrong', kind: 'text' },
    { name: 'count', title: 'rows', kind: 'count' },
    { name: 'command', title: 'after correcting it', kind: 'text', importance: 1 },
  ];
  const rows = rejects.map(({ file, line, column, message, count, command }) => ({
    file: cell(file),
    line: cell(line),
    column: cell(column),
    message: cell(message),
    count: cell(count),
    command: cell(command),
  }));
  const more =
    rejectsNotListed > 0 ? `${rejectsNotListed.toLocaleString('en-US')} more rows are not listed` : '';
  return { ...table('Rejected rows', columns, rows), footnotes: [more] };
}

function unpricedTable({ unpriced }: HealthReport): TableModel {
  const columns: Column[] = [
    { name: 'gpuModel', title: 'without a price', kind: 'text' },
    { name: 'provider', title: 'provider', kind: 'text', importance: 2 },
    { name: 'lifecycle', title: 'lifecycle', kind: 'text', importance: 3 },
    { name: 'gpuHours', title: 'GPU-hours', kind: 'hours' },
    { name: 'costAtRisk', title: 'cost at risk', kind: 'money' },
    { name: 'remedy', title: 'do this', kind: 'text', importance: 1 },
    { name: 'command', title: 'with', kind: 'text', importance: 4 },
  ];
  const rows = unpriced.map((item) => ({
    gpuModel: cell(item.gpuModel),
    provider: cell(item.provider),
    lifecycle: cell(item.lifecycle),
    gpuHours: cell(item.gpuHours),
    costAtRisk: cell(item.costAtRisk, item.costAtRisk === null ? undefined : '~'),
    remedy: cell(item.remedy),
    command: cell(item.command),
  }));
  return table('Unpriced', columns, rows);
}

function contradictoryTable({ contradictory }: HealthReport): TableModel {
  const columns: Column[] = [
    { name: 'device', title: 'device', kind: 'text' },
    { name: 'node', title: 'node', kind: 'text' },
    { name: 'gpuModel', title: 'GPU model', kind: 'text', importance: 1 },
    { name: 'contradictoryGpuHours', title: 'not believed', kind: 'hours' },
    { name: 'gpuHours', title: 'GPU-hours', kind: 'hours' },
  ];
  const rows = contradictory.map((one) => ({
    device: cell(one.device),
    node: cell(one.node),
    gpuModel: cell(one.gpuModel),
    contradictoryGpuHours: cell(one.contradictoryGpuHours),
    gpuHours: cell(one.gpuHours),
  }));
  return table('Devices that contradict themselves', columns, rows);
}

const IMPORTS_PRINTED = 10;

function importTable({ imports, importsNotListed }: HealthReport): TableModel {
  const columns: Column[] = [
    { name: 'importedAt', title: 'imported', kind: 'text' },
    { name: 'dataset', title: 'dataset', kind: 'text' },
    { name: 'rowsRead', title: 'rows', kind: 'count' },
    { name: 'rowsRejected', title: 'rejected', kind: 'count' },
    { name: 'facts', title: 'facts', kind: 'count' },
    { name: 'from', title: 'from', kind: 'text', importance: 1 },
    { name: 'to', title: 'to', kind: 'text', importance: 2 },
  ];
  const rows = imports.slice(0, IMPORTS_PRINTED).map((one) => ({
    importedAt: cell(one.importedAt),
    dataset: cell(one.dataset),
    rowsRead: cell(one.rowsRead),
    rowsRejected: cell(one.rowsRejected),
    facts: cell(one.facts),
    from: cell(one.from),
    to: cell(one.to),
  }));
  const more = imports.length - rows.length + importsNotListed;
  const note = more > 0 ? `(${more.toLocaleString('en-US')} more)` : '';
  return { ...table('Imports', columns, rows), footnotes: [note] };
}

function share(value: number | null): string {
  return value === null ? UNKNOWN : displayPercent(value);
}

function durationText(seconds: number | null): string | null {
  if (seconds === null) return null;
  if (seconds < 3_600) return `${Math.round(seconds / 60)} min`;
  return seconds < 172_800 ? `${Math.round(seconds / 3_600)} h` : `${Math.round(seconds / 86_400)} d`;
}
