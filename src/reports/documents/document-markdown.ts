import { renderMarkdown } from '../markdown.ts';
import type { Block, PageModel } from './page-model.ts';

/** The document as GitHub and chats read it: every chart as its table. */
export function documentMarkdown(model: PageModel): string {
  const { title, subtitle, stamp, aside, lead, blocks, method } = model;
  return [
    `# ${title}, ${subtitle}`,
    ...(stamp === null ? [] : [`> **${stamp}**`]),
    `**${lead}**`,
    aside.join(' · '),
    ...blocks.flatMap(blockText),
    ...method.map((line) => `_${line}_`),
  ]
    .map((text) => `${text.trimEnd()}\n`)
    .join('\n');
}

function blockText(block: Block): string[] {
  switch (block.kind) {
    case 'cards':
      return [block.cards.map(({ label, value, note }) => `- ${label}: **${value}** (${note})`).join('\n')];
    case 'chart':
      return [`## ${block.heading}`, block.summary, renderMarkdown(block.table)];
    case 'table':
      return [
        `## ${block.heading}`,
        renderMarkdown(block.table),
        ...(block.note === null ? [] : [block.note]),
      ];
    case 'text':
      return [`## ${block.heading}`, ...block.paragraphs];
    default:
      return block satisfies never;
  }
}
