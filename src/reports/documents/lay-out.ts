import { INK, type Mark, moved, scaled, type Weight } from './drawing.ts';
import { createMeasure, type MeasureText } from './fonts.ts';
import type { LaidOut, Placed, Tag } from './laid-out.ts';
import { layOutTable, printedTable, type TableRow } from './lay-out-table.ts';
import type { Block, Card, PageModel } from './page-model.ts';
import { wrapText } from './wrap-text.ts';

/** A4 in points. */
const SHORT = 595.28;
const LONG = 841.89;
const MARGIN = 36;
const COLUMN_GAP = 22;
const BLOCK_GAP = 18;

/** A document on pages: every text and mark in its place. What has to stand on one page is made smaller until it does. */
export function layOut(model: PageModel): LaidOut {
  const measure = createMeasure();
  let laidOut = layOutAt(1, model, measure);
  for (const zoom of ZOOMS) {
    if (!model.isOnePage || laidOut.pages === 1) break;
    laidOut = layOutAt(zoom, model, measure);
  }
  return laidOut;
}

const ZOOMS = [0.95, 0.9, 0.85, 0.8, 0.75, 0.7];

function layOutAt(zoom: number, model: PageModel, measure: MeasureText): LaidOut {
  const [width, height] = model.orientation === 'portrait' ? [SHORT, LONG] : [LONG, SHORT];
  const page = new Pages(width / zoom, height / zoom, measure);
  page.add(headerOf(model, page));
  for (const blocks of rowsOf(model.blocks)) addRow(page, blocks);
  addMethod(page, model.method);
  const parts = page.finish(model);
  return { width, height, zoom, pages: page.count, parts: zoom === 1 ? parts : zoomed(parts, zoom) };
}

function zoomed(parts: readonly Placed[], zoom: number): Placed[] {
  return parts.map((part) => ({
    ...part,
    marks: scaled(part.marks, zoom),
    parts: zoomed(part.parts, zoom),
  }));
}

/** Something laid out from y = 0, with places where a page may end. */
type Piece = Readonly<{ height: number; parts: readonly Placed[] }>;

/** Where the next piece goes. Parts are placed from the top left of the content. */
class Pages {
  readonly contentWidth: number;
  readonly measure: MeasureText;
  readonly #bottom: number;
  readonly #parts: Placed[] = [];
  readonly #width: number;
  readonly #height: number;
  #page = 0;
  #y = MARGIN;

  constructor(width: number, height: number, measure: MeasureText) {
    this.#width = width;
    this.#height = height;
    this.contentWidth = width - 2 * MARGIN;
    this.#bottom = height - MARGIN;
    this.measure = measure;
  }

  get count(): number {
    return this.#page + 1;
  }

  get left(): number {
    // A hundredth of a point more is no reason for another page.
    return this.#bottom - this.#y + 0.01;
  }

  add(piece: Piece, gap = 0): void {
    if (piece.height > this.left) this.turn();
    this.#parts.push(...placeAll(piece.parts, MARGIN, this.#y, this.#page));
    this.#y += piece.height + gap;
  }

  turn(): void {
    if (this.#y === MARGIN) return;
    this.#page += 1;
    this.#y = MARGIN;
  }

  space(gap: number): void {
    this.#y += gap;
  }

  get page(): number {
    return this.#page;
  }

  get y(): number {
    return this.#y;
  }

  /** With the number of each page at its foot, where there are several. */
  finish({ title, subtitle }: PageModel): readonly Placed[] {
    if (this.count === 1) return this.#parts;
    const feet = Array.from({ length: this.count }, (_, page) => {
      const text = `${title}, ${subtitle}: page ${page + 1} of ${this.count}`;
      const x = this.#width - MARGIN;
      const mark: Mark = {
        kind: 'text',
        x,
        y: this.#height - MARGIN / 2,
        text,
        size: 6.5,
        color: INK.muted,
        anchor: 'end',
      };
      return { tag: 'Artifact' as const, page, marks: [mark], parts: [] };
    });
    return [...this.#parts, ...feet];
  }
}

function placeAll(parts: readonly Placed[], dx: number, dy: number, page: number): Placed[] {
  return parts.map((part) => ({
    ...part,
    page,
    marks: moved(part.marks, dx, dy),
    parts: placeAll(part.parts, dx, dy, page),
  }));
}

function leaf(tag: Tag, marks: readonly Mark[], more: Partial<Placed> = {}): Placed {
  return { tag, page: 0, marks, parts: [], ...more };
}

function parent(tag: Tag, parts: readonly Placed[]): Placed {
  return { tag, page: 0, marks: [], parts };
}

function textMarks(
  lines: readonly string[],
  { x, y, size, line, weight = 'regular', color = INK.text }: TextLook,
): Mark[] {
  return lines.map((text, index) => ({ kind: 'text', x, y: y + line * index, text, size, weight, color }));
}

type TextLook = Readonly<{
  x: number;
  y: number;
  size: number;
  line: number;
  weight?: Weight;
  color?: string;
}>;

function headerOf(
  { title, subtitle, aside, stamp, lead }: PageModel,
  { contentWidth, measure }: Pages,
): Piece {
  const lines = wrapText(lead, contentWidth, LEAD, measure, 'semibold');
  const top = 16;
  const asideMarks = aside.map((text, index): Mark => {
    const y = 8 + 9.5 * index;
    return { kind: 'text', x: contentWidth, y, text, size: 7.2, color: INK.muted, anchor: 'end' };
  });
  const ruleY = Math.max(26, 8 + 9.5 * aside.length);
  const titleMarks: Mark[] = [
    { kind: 'text', x: 0, y: top, text: title, size: 19, weight: 'semibold' },
    {
      kind: 'text',
      x: measure(title, 19, 'semibold') + 8,
      y: top,
      text: subtitle,
      size: 19,
      color: INK.muted,
    },
  ];
  const leadY = ruleY + 22;
  const height = leadY + LEAD_LINE * (lines.length - 1) + 18;
  return {
    height,
    parts: [
      leaf('Artifact', [{ kind: 'rect', x: 0, y: ruleY, width: contentWidth, height: 1.6, fill: INK.bar }]),
      leaf('H1', titleMarks, { bookmark: `${title}, ${subtitle}` }),
      ...(stamp === null ? [] : [stampPart(stamp, measure)]),
      leaf('P', asideMarks),
      leaf('P', textMarks(lines, { x: 0, y: leadY, size: LEAD, line: LEAD_LINE, weight: 'semibold' })),
    ],
  };
}

const LEAD = 12;
const LEAD_LINE = 17;

/** In the margin, so that it crowds nothing out. */
function stampPart(text: string, measure: MeasureText): Placed {
  const width = measure(text, 7.2, 'semibold') + 10;
  return leaf('P', [
    {
      kind: 'rect',
      x: 0,
      y: -20,
      width,
      height: 13,
      fill: null,
      stroke: { color: INK.limit, width: 0.9 },
      radius: 2,
    },
    { kind: 'text', x: 5, y: -10.9, text, size: 7.2, weight: 'semibold', color: INK.limit },
  ]);
}

/** Halves in pairs, everything else by itself. */
function rowsOf(blocks: readonly Block[]): (readonly Block[])[] {
  const rows: Block[][] = [];
  for (const block of blocks) {
    const last = rows.at(-1);
    if (block.width === 'half' && last?.length === 1 && last[0]!.width === 'half') last.push(block);
    else rows.push([block]);
  }
  return rows;
}

function addRow(pages: Pages, blocks: readonly Block[]): void {
  const [first, second] = blocks;
  if (first!.width === 'full' && first!.kind === 'table') {
    addTable(pages, first!);
    return;
  }
  const width = first!.width === 'half' ? (pages.contentWidth - COLUMN_GAP) / 2 : pages.contentWidth;
  const pieces = [first!, ...(second ? [second] : [])].map((block) => pieceOf(block, width, pages));
  const height = Math.max(...pieces.map((piece) => piece.height));
  const parts = pieces.flatMap((piece, index) => placeAll(piece.parts, index * (width + COLUMN_GAP), 0, 0));
  pages.add({ height, parts }, BLOCK_GAP);
}

function pieceOf(block: Block, width: number, pages: Pages): Piece {
  const { measure } = pages;
  switch (block.kind) {
    case 'cards':
      return cardsPiece(block.cards, width, measure);
    case 'chart': {
      const drawing = block.draw(width);
      return {
        height: HEADING + drawing.height,
        parts: [
          headingPart(block.heading),
          leaf('Figure', moved(drawing.marks, 0, HEADING), { alt: block.summary }),
        ],
      };
    }
    case 'text': {
      const lines = block.paragraphs.flatMap((text) => wrapText(text, width, BODY, measure));
      return {
        height: HEADING + BODY_LINE * lines.length,
        parts: [
          headingPart(block.heading),
          leaf('P', textMarks(lines, { x: 0, y: HEADING + 8, size: BODY, line: BODY_LINE })),
        ],
      };
    }
    case 'table': {
      const { head, rows } = layOutTable(printedTable(block.table), width, measure);
      const placed = tableParts(head, rows, width, HEADING - 3);
      const note = notePart(block.note, width, placed.bottom, measure);
      return {
        height: placed.bottom + note.height,
        parts: [headingPart(block.heading), ...placed.rules, parent('Table', placed.rows), ...note.parts],
      };
    }
    default:
      return block satisfies never;
  }
}

const HEADING = 18;
const BODY = 8;
const BODY_LINE = 11.5;

function headingPart(text: string): Placed {
  return leaf('H2', [{ kind: 'text', x: 0, y: 9, text, size: 10, weight: 'semibold' }], { bookmark: text });
}

const NOTE = 6.8;
const NOTE_LINE = 9;

function notePart(note: string | null, width: number, y: number, measure: MeasureText): Piece {
  if (note === null) return { height: 0, parts: [] };
  const lines = wrapText(note, width, NOTE, measure);
  const marks = textMarks(lines, { x: 0, y: y + 9.5, size: NOTE, line: NOTE_LINE, color: INK.muted });
  return { height: 4 + NOTE_LINE * lines.length, parts: [leaf('P', marks)] };
}

const CARD_GAP = 10;
const CARD_HEIGHT = 52;

function cardsPiece(cards: readonly Card[], width: number, measure: MeasureText): Piece {
  const each = (width - CARD_GAP * (cards.length - 1)) / cards.length;
  const parts = cards.flatMap(({ label, value, note, tone }, index): Placed[] => {
    const x = index * (each + CARD_GAP);
    const inner = x + 9;
    const room = each - 14;
    const shrunk = (text: string, size: number, weight: Weight = 'regular') =>
      Math.min(size, (size * room) / Math.max(1, measure(text, size, weight)));
    return [
      leaf('Artifact', [
        { kind: 'rect', x, y: 0, width: each, height: CARD_HEIGHT, fill: INK.panel, radius: 2 },
        { kind: 'rect', x, y: 0, width: 2.2, height: CARD_HEIGHT, fill: TONES[tone] },
      ]),
      leaf('P', [
        { kind: 'text', x: inner, y: 13, text: label, size: shrunk(label, 7.4), color: INK.muted },
        {
          kind: 'text',
          x: inner,
          y: 32,
          text: value,
          size: shrunk(value, 18, 'semibold'),
          weight: 'semibold',
          color: tone === 'bad' ? INK.limit : INK.text,
        },
        { kind: 'text', x: inner, y: 45, text: note, size: shrunk(note, 7.4), color: INK.muted },
      ]),
    ];
  });
  return { height: CARD_HEIGHT, parts };
}

const TONES = { plain: INK.bar, good: INK.good, bad: INK.limit } as const;

type TableParts = Readonly<{ rules: readonly Placed[]; rows: readonly Placed[]; bottom: number }>;

/** Heading and rows under each other from `top` on, with the lines between them. */
function tableParts(head: TableRow, rows: readonly TableRow[], width: number, top: number): TableParts {
  const placed: Placed[] = [];
  const rules: Placed[] = [];
  const rule = (y: number, isStrong: boolean) =>
    rules.push(
      leaf('Artifact', [
        {
          kind: 'rect',
          x: 0,
          y,
          width,
          height: isStrong ? 0.8 : 0.4,
          fill: isStrong ? INK.muted : INK.rule,
        },
      ]),
    );
  let y = top;
  for (const [index, row] of [head, ...rows].entries()) {
    if (row.isTotal) rule(y, true);
    placed.push(
      parent(
        'TR',
        row.cells.map((marks, column) => {
          const isHead = index === 0 || column === 0;
          const scope = index === 0 ? ('Column' as const) : ('Row' as const);
          return leaf(isHead ? 'TH' : 'TD', moved(marks, 0, y), isHead ? { scope } : {});
        }),
      ),
    );
    y += row.height;
    if (index === 0) rule(y, true);
    else if (index < rows.length && !rows[index]!.isTotal) rule(y, false);
  }
  return { rules, rows: placed, bottom: y };
}

/** A table as wide as the page goes on over as many pages as it needs, its heading on each. */
function addTable(pages: Pages, block: Extract<Block, { kind: 'table' }>): void {
  const { contentWidth: width, measure } = pages;
  const { head, rows } = layOutTable(printedTable(block.table), width, measure);
  const whole = HEADING - 3 + head.height + rows.reduce((sum, { height }) => sum + height, 0);
  const least = HEADING + head.height + (rows[0]?.height ?? 0);
  if (whole > pages.left && (least > pages.left || whole < 200)) pages.turn();
  let rest = rows;
  let isFirst = true;
  while (rest.length > 0 || isFirst) {
    const top = isFirst ? HEADING - 3 : 0;
    const fitting = fittingRows(rest, pages.left - top - head.height);
    const placed = tableParts(head, rest.slice(0, fitting), width, top);
    const heading = isFirst ? [headingPart(block.heading)] : [];
    pages.add({ height: placed.bottom, parts: [...heading, ...placed.rules, parent('Table', placed.rows)] });
    rest = rest.slice(fitting);
    isFirst = false;
    if (rest.length > 0) pages.turn();
  }
  pages.add(notePart(block.note, width, 0, measure), BLOCK_GAP);
}

/** At least one, however tall it is. */
function fittingRows(rows: readonly TableRow[], room: number): number {
  let [count, height] = [0, 0];
  for (const row of rows) {
    if (height + row.height > room) break;
    height += row.height;
    count += 1;
  }
  return rows.length === 0 ? 0 : Math.max(1, count);
}

const METHOD = 6.6;
const METHOD_LINE = 8.8;

function addMethod(pages: Pages, lines: readonly string[]): void {
  const { contentWidth: width, measure } = pages;
  const wrapped = lines.flatMap((text) => wrapText(text, width, METHOD, measure));
  const height = 8 + METHOD_LINE * wrapped.length;
  if (height <= pages.left) pages.space(pages.left - height - 0.01);
  const marks = textMarks(wrapped, { x: 0, y: 12, size: METHOD, line: METHOD_LINE, color: INK.muted });
  const rule: Mark = { kind: 'rect', x: 0, y: 0, width, height: 0.6, fill: INK.rule };
  pages.add({ height, parts: [leaf('Artifact', [rule]), leaf('P', marks)] });
}
