import type { ApiSpendFigures, EndpointFigures, SelfHostOption } from '../app/results/inference.ts';
import { type Column, cell, type Row, type TableModel } from './table-model.ts';
import { measureCell, unitCell } from './unit-cells.ts';

/** Each self-hosted endpoint against each model that was asked for. */
export function comparisonTables(endpoints: readonly EndpointFigures[]): TableModel[] {
  const rows = endpoints.flatMap(({ endpoint, comparisons }) =>
    comparisons.map(
      (one, index): Row => ({
        endpoint: cell(index === 0 ? endpoint : ''),
        model: cell(one.model),
        ownPer1k: unitCell(one.current.selfHostedPer1kRequests),
        apiPer1k: unitCell(one.apiCostPer1kRequests),
        requestsPerHour: measureCell(one.current.requestsPerHour),
        breakEvenPerHour: measureCell(one.requestsPerHour),
        utilisation: measureCell(one.utilisation),
        cheaper: cell(sideOf(one.cheaper)),
      }),
    ),
  );
  if (rows.length === 0) return [];
  return [
    {
      title: 'self-host or API',
      headline: null,
      columns: COMPARISON_COLUMNS,
      rows,
      rest: null,
      total: null,
      footnotes: [
        'the same requests at the published price; above its break-even an endpoint of your own is cheaper, if it can do that much (a share above 1 is more than its busiest slot)',
        ...referencesOf(endpoints),
      ],
    },
  ];
}

const COMPARISON_COLUMNS: readonly Column[] = [
  { name: 'endpoint', title: 'endpoint', kind: 'text' },
  { name: 'model', title: 'against', kind: 'text' },
  { name: 'ownPer1k', title: 'own per 1k', kind: 'count' },
  { name: 'apiPer1k', title: 'API per 1k', kind: 'count' },
  { name: 'requestsPerHour', title: 'now/h', kind: 'count' },
  { name: 'breakEvenPerHour', title: 'break-even/h', kind: 'count' },
  { name: 'utilisation', title: 'of capacity', kind: 'count' },
  { name: 'cheaper', title: 'cheaper', kind: 'text' },
];

function referencesOf(endpoints: readonly EndpointFigures[]): string[] {
  const all = endpoints.flatMap(({ comparisons }) => comparisons);
  const prices = [...new Set(all.map(({ priceReference }) => priceReference))].sort();
  const assumed = [...new Set(all.flatMap(({ assumptions }) => assumptions))].sort();
  return [`prices: ${prices.join('; ')}`, ...assumed.map((text) => `assumed: ${text}`)];
}

/** Paid calls, and the cheapest server of one's own that could answer them. */
export function apiSpendTables(spend: readonly ApiSpendFigures[]): TableModel[] {
  if (spend.length === 0) return [];
  return [
    {
      title: 'paid calls, and what servers of your own would cost',
      headline: null,
      columns: SPEND_COLUMNS,
      rows: spend.flatMap(spendRows),
      rest: null,
      total: null,
      footnotes: [
        'as many replicas as the busiest hour needs, day and night, at what the like of it costs in this fleet; whether its model answers as well is yours to judge',
      ],
    },
  ];
}

const SPEND_COLUMNS: readonly Column[] = [
  { name: 'endpoint', title: 'API', kind: 'text' },
  { name: 'model', title: 'model', kind: 'text' },
  { name: 'team', title: 'team', kind: 'text', importance: 2 },
  { name: 'requests', title: 'requests', kind: 'count', importance: 3 },
  { name: 'cost', title: 'cost', kind: 'money' },
  { name: 'apiPerHour', title: 'API/h', kind: 'count' },
  { name: 'ownPerHour', title: 'own/h', kind: 'count' },
  { name: 'like', title: 'if served like', kind: 'text' },
  { name: 'on', title: 'on', kind: 'text' },
  { name: 'utilisation', title: 'used', kind: 'percent', importance: 1 },
  { name: 'cheaper', title: 'cheaper', kind: 'text' },
];

const SHOWN_OPTIONS = 3;

/** The spend with its first option, and the others below it. */
function spendRows(one: ApiSpendFigures): Row[] {
  const [first = null, ...others] = one.options.slice(0, SHOWN_OPTIONS);
  const spent = {
    endpoint: cell(one.endpoint),
    model: cell(one.model),
    team: cell(one.team),
    requests: cell(one.requests),
    cost: cell(one.cost, one.unpricedRequests > 0 ? '?' : undefined),
    apiPerHour: unitCell(one.costPerHour),
  };
  const blank = Object.fromEntries(Object.keys(spent).map((name) => [name, cell('')]));
  return [
    { ...spent, ...optionCells(first) },
    ...others.map((option) => ({ ...blank, ...optionCells(option) })),
  ];
}

function optionCells(option: SelfHostOption | null): Row {
  return {
    ownPerHour: unitCell(option?.costPerHour ?? null),
    like: cell(option && `${option.like}, ${option.basis}`),
    on: cell(option && hardwareOf(option)),
    utilisation: cell(option?.utilisation ?? null),
    cheaper: cell(sideOf(option?.cheaper ?? null)),
  };
}

function hardwareOf({ replicas, gpusPerReplica, gpuModel }: SelfHostOption): string {
  return `${replicas} × ${gpusPerReplica} ${gpuModel}`;
}

function sideOf(cheaper: string | null): string | null {
  return cheaper?.replace('_', '-') ?? null;
}
