import { INK, type Mark, type Stroke, type Weight } from './drawing.ts';
import { fontFile } from './fonts.ts';
import type { LaidOut, Placed } from './laid-out.ts';
import { layOut } from './lay-out.ts';
import type { PageModel } from './page-model.ts';

type Pdf = PDFKit.PDFDocument;

/**
 * The document as tagged PDF: structure, language, bookmarks, embedded typeface, text that can be selected. Its dates are those of the data,
 * so that the same data is the same file.
 */
export async function documentPdf(model: PageModel): Promise<Uint8Array> {
  const { default: PDFDocument } = await import('pdfkit');
  const laidOut = layOut(model);
  const pdf = new PDFDocument({
    size: [laidOut.width, laidOut.height],
    margin: 0,
    autoFirstPage: false,
    pdfVersion: '1.7',
    tagged: true,
    lang: 'en',
    displayTitle: true,
    font: fontFile('regular'),
    info: {
      Title: `${model.title}, ${model.subtitle}`,
      Subject: model.lead,
      Creator: 'Tare',
      Producer: 'Tare',
      CreationDate: new Date(model.asOf),
      ModDate: new Date(model.asOf),
    },
  });
  pdf.registerFont('regular', fontFile('regular'));
  pdf.registerFont('semibold', fontFile('semibold'));
  const written = bytesOf(pdf);
  writePages(pdf, laidOut);
  pdf.end();
  return written;
}

function bytesOf(pdf: Pdf): Promise<Uint8Array> {
  return new Promise((resolve, reject) => {
    const chunks: Buffer[] = [];
    pdf.on('data', (chunk: Buffer) => chunks.push(chunk));
    pdf.on('end', () => resolve(Buffer.concat(chunks)));
    pdf.on('error', reject);
  });
}

/** Parts come in the order of reading, which is that of the pages. Feet of pages come last, and are written when their page is. */
function writePages(pdf: Pdf, { parts, pages }: LaidOut): void {
  const root = pdf.struct('Document');
  pdf.addStructure(root);
  for (let page = 0; page < pages; page++) {
    pdf.addPage();
    for (const part of parts.filter((one) => one.page === page)) writePart(pdf, root, part);
  }
  root.end();
}

function writePart(pdf: Pdf, parent: PDFKit.PDFStructureElement, part: Placed): void {
  const { tag, marks, parts, alt, bookmark, scope } = part;
  if (tag === 'Artifact') {
    pdf.markContent('Artifact', { type: 'Layout' });
    drawMarks(pdf, marks);
    pdf.endMarkedContent();
    return;
  }
  if (bookmark !== undefined) pdf.outline.addItem(bookmark);
  const options = { ...(alt !== undefined && { alt }), ...(scope !== undefined && { scope }) };
  const element = pdf.struct(tag, options);
  parent.add(element);
  if (marks.length > 0) element.add(() => drawMarks(pdf, marks));
  for (const one of parts) writePart(pdf, element, one);
  element.end();
}

function drawMarks(pdf: Pdf, marks: readonly Mark[]): void {
  for (const mark of marks) drawMark(pdf, mark);
}

function drawMark(pdf: Pdf, mark: Mark): void {
  switch (mark.kind) {
    case 'rect': {
      const { x, y, width, height, fill, stroke, radius } = mark;
      const shape = () =>
        radius === undefined ? pdf.rect(x, y, width, height) : pdf.roundedRect(x, y, width, height, radius);
      if (fill !== null) shape().fill(fill);
      if (stroke !== undefined) strokeWith(pdf, stroke, shape);
      return;
    }
    case 'path':
      strokeWith(pdf, mark.stroke, () => {
        for (const [first, ...others] of mark.lines) {
          if (first === undefined) continue;
          pdf.moveTo(first[0], first[1]);
          for (const [x, y] of others) pdf.lineTo(x, y);
        }
      });
      return;
    case 'dots':
      for (const [x, y] of mark.points) pdf.circle(x, y, mark.radius);
      pdf.fill(mark.fill);
      return;
    case 'text':
      drawText(pdf, mark);
      return;
    default:
      mark satisfies never;
  }
}

function strokeWith(pdf: Pdf, { color, width, dash }: Stroke, shape: () => void): void {
  pdf.lineWidth(width);
  if (dash === undefined) pdf.undash();
  else pdf.dash(dash[0], { space: dash[1] });
  shape();
  pdf.stroke(color);
}

/** Figures stand under each other where all digits are as wide. In words the same feature would also stretch hyphens. */
function featuresOf(text: string): PDFKit.Mixins.OpenTypeFeatures[] {
  return /\d/.test(text) && !/[A-Za-z]/.test(text) ? ['tnum'] : [];
}

function drawText(pdf: Pdf, mark: Extract<Mark, { kind: 'text' }>): void {
  const { x, y, text, size, weight = 'regular', color = INK.text, anchor = 'start' } = mark;
  pdf
    .font(weight satisfies Weight)
    .fontSize(size)
    .fillColor(color);
  const options = { lineBreak: false, baseline: 'alphabetic' as const, features: featuresOf(text) };
  const width = anchor === 'start' ? 0 : pdf.widthOfString(text, options);
  const left = anchor === 'start' ? x : anchor === 'middle' ? x - width / 2 : x - width;
  pdf.text(text, left, y, options);
}
