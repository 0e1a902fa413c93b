import type { Decision } from '../../app/results/documents.ts';
import { nameCell } from '../dimension-columns.ts';
import { cell } from '../table-model.ts';
import type { Block } from './page-model.ts';
import { capitalised } from './words.ts';

export type DecisionsOptions = Readonly<{
  heading: string;
  decisions: readonly Decision[];
  others: Readonly<{ rows: number; saving: string }> | null;
  saving: string;
  /** Said where there is nothing to decide. */
  none: string;
  hasOwner: boolean;
  /** Days of history that it rests on. */
  days: number;
}>;

/** What to do, whose it is, what it is worth a month, and what it risks. The rows add up to the saving. */
export function decisionsBlock(options: DecisionsOptions): Block {
  const { heading, decisions, others, saving, none, hasOwner, days } = options;
  if (decisions.length === 0) return { kind: 'text', width: 'full', heading, paragraphs: [none] };
  return {
    kind: 'table',
    width: 'full',
    heading,
    note: `By the month of 730 hours, replayed on ${Math.round(days * 10) / 10} days of history; each on what the ones above it in the plan leave over.`,
    table: {
      title: null,
      headline: null,
      columns: [
        { name: 'action', title: 'decision', kind: 'text' },
        ...(hasOwner ? [{ name: 'owner', title: 'owner', kind: 'text' as const }] : []),
        { name: 'risk', title: 'risk', kind: 'text' },
        { name: 'saving', title: 'saves a month', kind: 'money' },
      ],
      rows: decisions.map((decision, index) => ({
        action: cell(`${index + 1}. ${capitalised(decision.action)}`),
        owner: nameCell(decision.owner),
        risk: cell(decision.needsQuality ? `${decision.risk}, measure quality` : decision.risk),
        saving: cell(decision.saving),
      })),
      rest:
        others === null
          ? null
          : {
              action: cell(`and ${others.rows} smaller`),
              owner: cell(''),
              risk: cell(''),
              saving: cell(others.saving),
            },
      total: { action: cell('Total'), owner: cell(''), risk: cell(''), saving: cell(saving) },
      footnotes: [],
    },
  };
}
