import type { PolicyPreview, PolicyPreviewRow, StoppedLaunch } from '../../../src/app/results/policies.ts';
import { formatMoney } from '../format/money.ts';
import { countOf } from '../format/quantity.ts';
import { pathBelow } from '../frame/page-list.ts';

/** The first line of the page. */
export function previewSentence(preview: PolicyPreview): string {
  const { launches, stopped, currency, dataUntil } = preview;
  if (dataUntil === null) return 'The ledger is empty: no launch is known to judge.';
  if (preview.rows.length === 0) return 'No policy is written: nothing would have been stopped.';
  if (stopped.launches === 0)
    return `Nothing would have been stopped of ${countOf(launches, 'launch', 'launches')}.`;
  return `${stopped.launches} of ${countOf(launches, 'launch', 'launches')} would have been stopped, and ${formatMoney(stopped.cost, currency, 2)} not been spent, ${formatMoney(stopped.idleCost, currency, 2)} of it on idle GPUs.`;
}

/** What a policy came to, in a word and a sign. */
export function verdictOf({ stopped, warned, judged, notJudged }: PolicyPreviewRow) {
  if (stopped > 0) return { sign: '✕', text: `${stopped} stopped`, tone: 'missing' } as const;
  if (warned > 0) return { sign: '▲', text: `${warned} warned`, tone: 'late' } as const;
  if (judged > 0) {
    const text = notJudged > 0 ? `${judged} kept to it` : 'all kept to it';
    return { sign: '●', text, tone: 'current' } as const;
  }
  return notJudged > 0
    ? ({ sign: '?', text: 'cannot be judged', tone: 'late' } as const)
    : ({ sign: '●', text: 'about no launch', tone: 'current' } as const);
}

/** The page that shows what the launch cost; `null` where there is none of its own. */
export function receiptAddress({ receipt }: StoppedLaunch, search: string): string {
  if (receipt.kind === 'run') return pathBelow('Runs', receipt.name);
  if (receipt.kind === 'endpoint') return `${pathBelow('Units', receipt.name)}${search}`;
  const query = new URLSearchParams(search);
  query.set('by', 'day');
  query.append('filter', `workload=${receipt.name}`);
  return `/explore?${query}`;
}

/** Adds an example to a text of policies, at its end, in the manner of the list that is there. */
export function insertPolicy(text: string, example: string): string {
  const trimmed = text.trimEnd();
  if (trimmed === '') return `policies:\n${indented(example, 2)}\n`;
  const [, indent = ''] = /^( *)- /m.exec(trimmed) ?? [];
  const width = trimmed.includes('- ') ? indent.length : 2;
  return `${trimmed}\n${indented(example, width)}\n`;
}

function indented(text: string, width: number): string {
  return text
    .split('\n')
    .map((line) => `${' '.repeat(width)}${line}`)
    .join('\n');
}

/** As it would stand in tare.yaml: a list by itself is put under its key. */
export function snippetOf(text: string): string {
  const body = text.trimEnd();
  if (body === '' || /^policies\s*:/m.test(body)) return `${body}\n`;
  return `policies:\n${indented(body, 2)}\n`;
}

/** The offset in a text of a line and column, from 1. */
export function offsetOf(text: string, line: number, column: number): number {
  const before = text.split('\n').slice(0, line - 1);
  return Math.min(text.length, before.reduce((sum, { length }) => sum + length + 1, 0) + column - 1);
}
