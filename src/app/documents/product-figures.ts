import { formatInstant, type TimeWindow } from '../../domain/time/window.ts';
import { amountOf } from '../figures/amount-of.ts';
import { fraction } from '../figures/fraction.ts';
import type { ProductFigures, Products } from '../results/documents.ts';
import type { InferenceReport } from '../results/inference.ts';
import type { DocumentParts } from './document-parts.ts';
import { comparedWindow, type DocumentWindow } from './document-window.ts';

const SHOWN = 6;

/** What a thousand requests of each endpoint cost, beside the time before, as far as that is known. */
export async function productFigures(parts: DocumentParts, about: DocumentWindow): Promise<Products> {
  const compared = comparedWindow(about);
  const [now, before] = await Promise.all([
    askInference(parts, about.window, SHOWN),
    compared && askInference(parts, compared, null),
  ]);
  const costBefore = new Map(before?.rows.map((row) => [row['endpoint'], row.costPer1kRequests]));
  return {
    rows: now.rows.map((row) => productOf(row, now, costBefore.get(row['endpoint']) ?? null)),
    rest: now.rest && { rows: now.rest.rows, requests: now.rest.requests, cost: now.rest.cost },
    before: compared && { from: formatInstant(compared.fromMs), to: formatInstant(compared.toMs) },
  };
}

function askInference({ tare }: DocumentParts, window: TimeWindow, top: number | null) {
  return tare.reportInference({
    window: { fromMs: window.fromMs, toMs: window.toMs },
    by: ['endpoint'],
    filters: [],
    top,
    basis: 'allocated',
    sloMs: null,
    minQuality: [],
    tokenWeight: null,
    apiPrice: null,
    training: [],
  });
}

function productOf(
  row: InferenceReport['rows'][number],
  { endpoints }: InferenceReport,
  costPer1kBefore: string | null,
): ProductFigures {
  const endpoint = String(row['endpoint']);
  return {
    endpoint,
    serving: endpoints.find((one) => one.endpoint === endpoint)?.serving ?? null,
    requests: row.requests,
    unpricedRequests: row.unpricedRequests,
    cost: row.cost,
    costPer1kRequests: row.costPer1kRequests,
    costPer1mTokens: row.costPer1mTokens,
    costPer1kBefore,
    changeFraction: changeOf(row.costPer1kRequests, costPer1kBefore),
    marginPer1k: row.marginPer1k,
    isLosingMoney: row.isLosingMoney,
  };
}

function changeOf(now: string | null, before: string | null): number | null {
  if (now === null || before === null) return null;
  return fraction(amountOf(now) - amountOf(before), amountOf(before));
}
