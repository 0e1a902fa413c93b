import type { ChargebackStatement, ReportDocument } from '../../app/results/documents.ts';
import type { ReportFigure } from '../../domain/governance/alerts/sent-report.ts';
import { displayMoney } from '../../domain/money/display-money.ts';
import { documentModel } from './document-model.ts';
import { picosOf } from './words.ts';

const LARGEST_OWNERS = 3;

/** The few figures of a document that stand in a message: those of its cards, of a statement the total and who bears most of it. */
export function reportFigures(document: ReportDocument): readonly ReportFigure[] {
  if (document.kind === 'chargeback') return statementFigures(document);
  return documentModel(document).blocks.flatMap((block) =>
    block.kind === 'cards' ? block.cards.map(({ label, value, note }) => ({ label, value, note })) : [],
  );
}

function statementFigures({ number, rows, total, currency }: ChargebackStatement): readonly ReportFigure[] {
  const money = (text: string) => displayMoney(picosOf(text), currency);
  return [
    { label: 'Total', value: money(total.totalCost), note: number },
    ...rows
      .slice(0, LARGEST_OWNERS)
      .map(({ owner, totalCost }) => ({ label: owner, value: money(totalCost), note: '' })),
  ];
}
