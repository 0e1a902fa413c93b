import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { readPdf } from '../../../test/support/read-pdf.ts';
import { cell, type TableModel } from '../table-model.ts';
import { documentHtml } from './document-html.ts';
import { documentMarkdown } from './document-markdown.ts';
import { documentPdf } from './document-pdf.ts';
import { documentSvg } from './document-svg.ts';
import { figureTable } from './figure-list.ts';
import { marksOn } from './laid-out.ts';
import { layOut } from './lay-out.ts';
import type { PageModel } from './page-model.ts';

function tableOf(names: readonly string[]): TableModel {
  return {
    title: null,
    headline: null,
    columns: [
      { name: 'name', title: 'name', kind: 'text' },
      { name: 'cost', title: 'cost', kind: 'money' },
    ],
    rows: names.map((name, index) => ({ name: cell(name), cost: cell(`${index}.50`) })),
    rest: null,
    total: { name: cell('Total'), cost: cell(`${names.reduce((sum, _, index) => sum + index + 0.5, 0)}`) },
    footnotes: [],
  };
}

function modelOf(names: readonly string[], isOnePage: boolean): PageModel {
  return {
    title: 'A title',
    subtitle: 'October 2026',
    aside: ['Amounts in USD'],
    stamp: 'Sample: generated data',
    lead: 'October 2026 cost something.',
    blocks: [
      {
        kind: 'cards',
        width: 'full',
        cards: [{ label: 'Spent', value: '$1', note: 'as much as before', tone: 'plain' }],
      },
      { kind: 'table', width: 'full', heading: 'Rows', table: tableOf(names), note: 'a note' },
      { kind: 'text', width: 'half', heading: 'Left', paragraphs: ['A paragraph.'] },
      { kind: 'table', width: 'half', heading: 'Right', table: tableOf(['one']), note: null },
    ],
    method: ['Method: counted.'],
    orientation: 'portrait',
    isOnePage,
    asOf: '2026-11-01T00:00:00Z',
    figures: figureTable([]),
  };
}

const textsOf = (model: PageModel) => {
  const laidOut = layOut(model);
  return Array.from({ length: laidOut.pages }, (_, page) =>
    marksOn(laidOut, page).flatMap((mark) => (mark.kind === 'text' ? [mark.text] : [])),
  );
};
const numbered = (count: number) => Array.from({ length: count }, (_, index) => `row-${index}`);

describe('a document on pages', () => {
  it.each([3, 40, 55])('has %d rows on one page where it must, smaller if need be', (count) => {
    const laidOut = layOut(modelOf(numbered(count), true));
    expect(laidOut.pages).toBe(1);
    expect(laidOut.zoom).toBeLessThanOrEqual(1);
    expect(textsOf(modelOf(numbered(count), true))[0]).toEqual(expect.arrayContaining(numbered(count)));
  });

  it('goes on over pages otherwise, with every row once, in order, under the head of its columns', () => {
    const pages = textsOf(modelOf(numbered(150), false));
    expect(pages.length).toBeGreaterThan(2);
    expect(pages.flat().filter((text) => text.startsWith('row-'))).toEqual(numbered(150));
    for (const [page, texts] of pages.entries()) {
      if (texts.some((text) => text.startsWith('row-'))) expect(texts).toContain('cost');
      expect(texts.at(-1)).toBe(`A title, October 2026: page ${page + 1} of ${pages.length}`);
    }
  });

  it('keeps everything on the paper, whatever things are called', () => {
    const name = fc.string({ minLength: 1, maxLength: 90, unit: fc.constantFrom(...'abcXW-/_ .é') });
    fc.assert(
      fc.property(fc.array(name, { minLength: 1, maxLength: 30 }), fc.boolean(), (names, isOnePage) => {
        const laidOut = layOut(modelOf(names, isOnePage));
        for (let page = 0; page < laidOut.pages; page++)
          for (const mark of marksOn(laidOut, page)) {
            if (mark.kind !== 'text') continue;
            expect(mark.x).toBeGreaterThanOrEqual(0);
            expect(mark.x).toBeLessThanOrEqual(laidOut.width);
            expect(mark.y).toBeGreaterThanOrEqual(0);
            expect(mark.y).toBeLessThanOrEqual(laidOut.height);
          }
      }),
      { numRuns: 25 },
    );
  });

  it('is tagged over all its pages', async () => {
    const pdf = readPdf(await documentPdf(modelOf(numbered(150), false)));
    expect(pdf.pages).toBeGreaterThan(2);
    expect(pdf.untagged).toBe(0);
    expect(pdf.bookmarks).toEqual(['A title, October 2026', 'Rows', 'Left', 'Right']);
    expect(pdf.texts.join('\n').match(/^row-\d+$/gm)).toEqual(numbered(150));
  });
});

describe('names from outside', () => {
  const evil = '</text><script>alert("1")</script> & | `x`';
  it('cannot become markup', () => {
    const model = modelOf([evil], false);
    for (const text of [documentHtml(model), documentSvg(model)]) {
      expect(text).not.toContain('<script');
      expect(text).toContain('&lt;script&gt;alert(&quot;1&quot;)&lt;/script&gt;');
    }
    expect(documentMarkdown(model)).toContain('& \\| `x`');
  });

  it('of other scripts and control characters break nothing', async () => {
    const model = modelOf(['研究\u0000チーム', 'équipe\u001f', '🙂'], false);
    expect(documentSvg(model)).not.toContain('\u0000');
    const pdf = readPdf(await documentPdf(model));
    expect(pdf.texts.join('\n')).toContain('Total');
  });
});
