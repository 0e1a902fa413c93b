import stringWidth from 'string-width';
import type { Explanation } from '../app/results/results.ts';

/** The figure, and under it, as a tree, what it is made of and where each part comes from. */
export function explainText({ title, lines }: Explanation): string {
  const figureWidth = widest(lines.map(({ figure }) => figure));
  const whatWidth = widest(lines.map(({ what }) => what));
  const branches = lines.map(({ figure, what, source }, index) => {
    const branch = index === lines.length - 1 ? '└─' : '├─';
    return `${branch} ${pad(figure, figureWidth)}  ${pad(what, whatWidth)}  ${source}`.trimEnd();
  });
  return `${[title, ...branches].join('\n')}\n`;
}

function pad(text: string, width: number): string {
  return text + ' '.repeat(width - stringWidth(text));
}

function widest(texts: readonly string[]): number {
  return Math.max(0, ...texts.map((text) => stringWidth(text)));
}
