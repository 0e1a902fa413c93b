import type { TableModel } from '../table-model.ts';
import { INK } from './drawing.ts';
import { createMeasure } from './fonts.ts';
import { layOut } from './lay-out.ts';
import { printedTable } from './lay-out-table.ts';
import { escapeXml, marksSvg, SVG_FONT } from './marks-svg.ts';
import type { Block, PageModel } from './page-model.ts';

const HALF = 250;
const FULL = 523;
const LANDSCAPE = 770;

/** The document as one file that needs nothing else: no script, no picture from elsewhere, and one page when a board page is printed. */
export function documentHtml(model: PageModel): string {
  const { title, subtitle, aside, stamp, lead, blocks, method, orientation } = model;
  const full = orientation === 'portrait' ? FULL : LANDSCAPE;
  const head = escapeXml(`${title}, ${subtitle}`);
  return `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light">
<title>${head}</title>
<style>${styleOf(model)}</style>
</head>
<body>
<main>
<header>
<h1>${escapeXml(title)} <span>${escapeXml(subtitle)}</span></h1>
${stamp === null ? '' : `<p class="stamp">${escapeXml(stamp)}</p>`}
<p class="aside">${aside.map(escapeXml).join('<br>')}</p>
</header>
<p class="lead">${escapeXml(lead)}</p>
<div class="blocks">
${blocks.map((block, index) => blockHtml(block, index, full)).join('\n')}
</div>
<footer>
${method.map((line) => `<p>${escapeXml(line)}</p>`).join('\n')}
</footer>
</main>
</body>
</html>
`;
}

function blockHtml(block: Block, index: number, full: number): string {
  if (block.kind === 'cards') return cardsHtml(block.cards);
  const id = `b${index}`;
  return `<section class="${block.width}" aria-labelledby="${id}">
<h2 id="${id}">${escapeXml(block.heading)}</h2>
${bodyHtml(block, full)}
</section>`;
}

function cardsHtml(cards: Extract<Block, { kind: 'cards' }>['cards']): string {
  const items = cards.map(
    ({ label, value, note, tone }) =>
      `<div class="card ${tone}"><dt>${escapeXml(label)}</dt><dd class="value">${escapeXml(value)}</dd><dd>${escapeXml(note)}</dd></div>`,
  );
  return `<dl class="full cards">${items.join('')}</dl>`;
}

function bodyHtml(block: Exclude<Block, { kind: 'cards' }>, full: number): string {
  switch (block.kind) {
    case 'chart': {
      const { width, height, marks } = block.draw(block.width === 'half' ? HALF : full);
      return `<svg viewBox="0 0 ${width} ${height}" role="img" aria-label="${escapeXml(block.summary)}" font-family="${SVG_FONT}">${marksSvg(marks, createMeasure())}</svg>
<details><summary>The figures of this chart</summary>${tableHtml(block.table, block.heading)}</details>`;
    }
    case 'table': {
      const note = block.note === null ? '' : `<p class="note">${escapeXml(block.note)}</p>`;
      return `${tableHtml(block.table, block.heading)}${note}`;
    }
    case 'text':
      return block.paragraphs.map((text) => `<p>${escapeXml(text)}</p>`).join('');
    default:
      return block satisfies never;
  }
}

function tableHtml(model: TableModel, name: string): string {
  const { columns, rows, hasTotal } = printedTable(model);
  const side = (column: number) => (columns[column]!.isText ? '' : ' class="figure"');
  const head = columns.map(({ title }, index) => `<th scope="col"${side(index)}>${escapeXml(title)}</th>`);
  const body = rows.map((row, index) => {
    const cells = row.map((text, column) =>
      column === 0
        ? `<th scope="row"${side(column)}>${escapeXml(text)}</th>`
        : `<td${side(column)}>${escapeXml(text)}</td>`,
    );
    const isTotal = hasTotal && index === rows.length - 1;
    return `<tr${isTotal ? ' class="total"' : ''}>${cells.join('')}</tr>`;
  });
  // A table that is wider than a phone is scrolled by itself, also with keys.
  return `<div class="scroll" role="group" aria-label="${escapeXml(name)}" tabindex="0"><table><thead><tr>${head.join('')}</tr></thead><tbody>${body.join('')}</tbody></table></div>`;
}

/** Whoever prints it may have a wider typeface than the one that the page is laid out with. */
const ROOM_FOR_TYPEFACES = 0.9;

function styleOf(model: PageModel): string {
  const { orientation, isOnePage } = model;
  const zoom = isOnePage ? `zoom: ${(layOut(model).zoom * ROOM_FOR_TYPEFACES).toFixed(3)};` : '';
  const width = orientation === 'portrait' ? '186mm' : '273mm';
  return `
@page { size: A4 ${orientation}; margin: 11mm 12mm; }
* { box-sizing: border-box; }
body { margin: 0; background: #FFFFFF; color: ${INK.text}; font: 8.2pt/1.4 ${SVG_FONT}; font-variant-numeric: tabular-nums; -webkit-print-color-adjust: exact; print-color-adjust: exact; }
main { max-width: ${width}; margin: 0 auto; padding: 8mm 4mm; }
header { display: flex; align-items: baseline; gap: 8pt; border-bottom: 1.6pt solid ${INK.bar}; padding-bottom: 5pt; }
h1 { font-size: 18pt; font-weight: 600; line-height: 1.2; margin: 0; }
h1 span { color: ${INK.muted}; font-weight: 400; }
.aside { margin: 0 0 0 auto; text-align: right; color: ${INK.muted}; font-size: 7.2pt; line-height: 1.35; white-space: nowrap; }
.stamp { margin: 0; color: ${INK.limit}; border: 1pt solid ${INK.limit}; border-radius: 2pt; padding: 1pt 5pt; font-size: 7.2pt; font-weight: 600; }
.lead { font-size: 11.5pt; font-weight: 600; line-height: 1.4; margin: 8pt 0 10pt; }
.blocks { display: grid; grid-template-columns: 1fr 1fr; gap: 12pt 22pt; align-items: start; }
.full { grid-column: 1 / -1; }
section { min-width: 0; break-inside: avoid; }
h2 { font-size: 9.5pt; font-weight: 600; margin: 0 0 4pt; }
.cards { display: grid; grid-template-columns: repeat(4, 1fr); gap: 10pt; margin: 0; }
.card { background: ${INK.panel}; border-left: 2.2pt solid ${INK.bar}; border-radius: 2pt; padding: 5pt 8pt; min-width: 0; }
.card.good { border-color: ${INK.good}; }
.card.bad { border-color: ${INK.limit}; }
.card dt, .card dd { margin: 0; color: ${INK.muted}; font-size: 7.2pt; }
.card .value { color: ${INK.text}; font-size: 16pt; font-weight: 600; line-height: 1.25; }
.card.bad .value { color: ${INK.limit}; }
svg { display: block; width: 100%; height: auto; }
details { font-size: 7.2pt; margin-top: 3pt; }
summary { color: ${INK.muted}; cursor: pointer; padding: 4pt 0; min-height: 24px; }
.scroll { overflow-x: auto; }
table { width: 100%; border-collapse: collapse; font-size: 7.6pt; }
th, td { text-align: left; vertical-align: top; font-weight: 400; padding: 2pt 7pt 2pt 0; border-bottom: 0.4pt solid ${INK.rule}; }
th:last-child, td:last-child { padding-right: 0; }
thead th { color: ${INK.muted}; font-size: 6.9pt; font-weight: 600; border-bottom: 0.8pt solid ${INK.muted}; vertical-align: bottom; }
.figure { text-align: right; white-space: nowrap; }
.total th, .total td { font-weight: 600; border-top: 0.8pt solid ${INK.muted}; border-bottom: 0; }
.note, footer { color: ${INK.muted}; font-size: 6.8pt; }
.note { margin: 3pt 0 0; }
section p { margin: 0 0 3pt; }
footer { margin-top: 12pt; border-top: 0.6pt solid ${INK.rule}; padding-top: 4pt; line-height: 1.35; }
footer p { margin: 0 0 1pt; }
@media print { main { max-width: none; padding: 0; ${zoom} } details { display: none; } .scroll { overflow: visible; } }
@media screen and (max-width: 640px) {
  header { flex-wrap: wrap; }
  .aside { margin-left: 0; text-align: left; white-space: normal; }
  .blocks { grid-template-columns: 1fr; }
  .cards { grid-template-columns: 1fr 1fr; }
}
`;
}
