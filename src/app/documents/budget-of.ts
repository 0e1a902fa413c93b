import type { BudgetRow } from '../results/budgets.ts';
import type { DocumentParts } from './document-parts.ts';
import type { DocumentWindow } from './document-window.ts';

/** The budget of all spending of everybody, or of one team, in the period that the known time ends in: the monthly one, where there are several. */
export async function budgetOf(
  { tare }: DocumentParts,
  { asOfMs }: DocumentWindow,
  team: string | null = null,
): Promise<BudgetRow | null> {
  // The last instant of the window: its end belongs to the next period.
  const { rows } = await tare.reportBudgets(asOfMs - 1);
  const own = rows.filter(({ scope, of }) => of === 'total' && covers(scope, team));
  return own.find(({ period }) => period === 'monthly') ?? own[0] ?? null;
}

function covers(scope: BudgetRow['scope'], team: string | null): boolean {
  const names = Object.keys(scope);
  return team === null ? names.length === 0 : names.length === 1 && scope['team'] === team;
}
