import type { MonthlyReview } from '../../app/results/documents.ts';
import { nameCell } from '../dimension-columns.ts';
import { cell } from '../table-model.ts';
import { boardBlocks, boardList } from './board-model.ts';
import { type Figure, figureTable } from './figure-list.ts';
import { methodLines, STAMP } from './method-lines.ts';
import type { Block, PageModel } from './page-model.ts';
import { untilText } from './words.ts';

/** The board page and what lies behind it: what changed, what came of promises, how good the data is. */
export function reviewModel(review: MonthlyReview): PageModel {
  return {
    title: 'Review of GPU and ML spend',
    subtitle: review.windowName,
    aside: [`Data until ${untilText(review.asOf)}`, `Amounts in ${review.currency}`],
    stamp: review.generated === null ? null : STAMP,
    lead: review.sentence,
    blocks: [...boardBlocks(review), changesBlock(review), takenBlock(review), ...healthBlocks(review)],
    method: methodLines(review),
    orientation: 'portrait',
    isOnePage: false,
    asOf: review.asOf,
    figures: figureTable([...boardList(review), ...listOf(review)]),
  };
}

function changesBlock({ changes }: MonthlyReview): Block {
  const heading = 'What changed, team by team';
  const { previous } = changes;
  if (previous === null) {
    const paragraph = 'The ledger does not reach back far enough to compare with as much time before.';
    return { kind: 'text', width: 'full', heading, paragraphs: [paragraph] };
  }
  const { from, to } = previous;
  return {
    kind: 'table',
    width: 'full',
    heading,
    note: `Before: ${from.slice(0, 10)} to ${untilText(to)}, as much time as this window.`,
    table: {
      title: null,
      headline: null,
      columns: [
        { name: 'team', title: 'team', kind: 'text' },
        { name: 'before', title: 'before', kind: 'money' },
        { name: 'now', title: 'now', kind: 'money' },
        { name: 'change', title: 'change', kind: 'money' },
      ],
      rows: changes.teams.map(({ team, totalCost, now, change }) => ({
        team: nameCell(team),
        before: cell(totalCost),
        now: cell(now),
        change: cell(change),
      })),
      rest: null,
      total: null,
      footnotes: [],
    },
  };
}

function takenBlock({ taken, savings }: MonthlyReview): Block {
  const heading = 'Promised against realised savings';
  if (taken.length === 0) return { kind: 'text', width: 'full', heading, paragraphs: [savings.sentence] };
  return {
    kind: 'table',
    width: 'full',
    heading,
    note: savings.sentence,
    table: {
      title: null,
      headline: null,
      columns: [
        { name: 'change', title: 'change', kind: 'text' },
        { name: 'at', title: 'since', kind: 'text' },
        { name: 'promised', title: 'promised a month', kind: 'money' },
        { name: 'realised', title: 'realised', kind: 'money' },
        { name: 'drift', title: 'drift', kind: 'money' },
        { name: 'state', title: 'state', kind: 'text' },
      ],
      rows: taken.map((row) => ({
        change: cell(row.change),
        at: cell(row.at.slice(0, 10)),
        promised: cell(row.promised),
        realised: cell(row.realised?.expected ?? null),
        drift: cell(row.drift),
        state: cell(row.state.replaceAll('_', ' ')),
      })),
      rest: null,
      total: null,
      footnotes: [],
    },
  };
}

function healthBlocks({ health }: MonthlyReview): Block[] {
  return [
    {
      kind: 'table',
      width: 'half',
      heading: 'Data: where it comes from',
      note: null,
      table: {
        title: null,
        headline: null,
        columns: [
          { name: 'kind', title: 'source', kind: 'text' },
          { name: 'facts', title: 'facts', kind: 'count' },
          { name: 'rejected', title: 'rejected', kind: 'count' },
          { name: 'newest', title: 'newest', kind: 'text' },
        ],
        rows: health.sources.map((source) => ({
          kind: cell(source.kind),
          facts: cell(source.facts),
          rejected: cell(source.rowsRejected),
          newest: cell(source.newest === null ? null : source.newest.slice(0, 10)),
        })),
        rest: null,
        total: null,
        footnotes: [],
      },
    },
    health.unpriced.length === 0
      ? {
          kind: 'text',
          width: 'half',
          heading: 'Data: what has no price',
          paragraphs: ['Everything that ran has a price.'],
        }
      : {
          kind: 'table',
          width: 'half',
          heading: 'Data: what has no price',
          note: null,
          table: {
            title: null,
            headline: null,
            columns: [
              { name: 'gpuModel', title: 'GPU', kind: 'text' },
              { name: 'lifecycle', title: 'paid as', kind: 'text' },
              { name: 'gpuHours', title: 'GPU-hours', kind: 'hours' },
            ],
            rows: health.unpriced.map((item) => ({
              gpuModel: cell(item.gpuModel),
              lifecycle: cell(item.lifecycle),
              gpuHours: cell(item.gpuHours),
            })),
            rest: null,
            total: null,
            footnotes: [],
          },
        },
  ];
}

function listOf({ changes, taken, health, currency }: MonthlyReview): Figure[] {
  return [
    ...changes.teams.flatMap(({ team, now, totalCost, change }): Figure[] => [
      ['team', team, 'totalCost', now, currency],
      ['team', team, 'before', totalCost, currency],
      ['team', team, 'change', change, currency],
    ]),
    ...taken.flatMap((row): Figure[] => [
      ['taken', row.change, 'promised', row.promised, currency],
      ['taken', row.change, 'realised', row.realised?.expected ?? null, currency],
      ['taken', row.change, 'drift', row.drift, currency],
    ]),
    ...health.sources.map(
      (source): Figure => ['source', source.kind, 'rowsRejected', source.rowsRejected, 'rows'],
    ),
  ];
}
