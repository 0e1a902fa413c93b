import type { BoardPage } from '../results/documents.ts';
import { budgetOf } from './budget-of.ts';
import { documentHead } from './document-head.ts';
import type { DocumentParts } from './document-parts.ts';
import type { DocumentWindow } from './document-window.ts';
import { monthFigures, monthForecasts, netOf, previousFigures } from './month-figures.ts';
import { boardSentence } from './plain-sentence.ts';
import { askPlan, planFigures, savingsFigures } from './plan-figures.ts';
import { productFigures } from './product-figures.ts';

/** One page for those who decide: what it cost, what became of it, what can be done. */
export async function boardPage(parts: DocumentParts, about: DocumentWindow): Promise<BoardPage> {
  const { tare } = parts;
  const ledger = await tare.reportLedger({ window: about.window, by: [], filters: [], top: null });
  const { total } = ledger;
  const [head, previous, budget, months, forecast, products, plan, taken] = await Promise.all([
    documentHead(parts, about, ledger),
    previousFigures(parts, about, total),
    budgetOf(parts, about),
    monthFigures(parts, about),
    monthForecasts(parts, about),
    productFigures(parts, about),
    askPlan(parts, about),
    tare.reportTaken(),
  ]);
  const page = {
    ...head,
    total,
    netFraction: netOf(total),
    previous,
    budget,
    months,
    forecast,
    products,
    plan: planFigures(plan),
    savings: savingsFigures(taken),
  };
  return { kind: 'board', sentence: boardSentence(page), ...page };
}
