import { createMeasure } from './fonts.ts';
import { marksOn } from './laid-out.ts';
import { layOut } from './lay-out.ts';
import { escapeXml, marksSvg, SVG_FONT } from './marks-svg.ts';
import type { PageModel } from './page-model.ts';

/** The document as one picture; several pages lie under each other. */
export function documentSvg(model: PageModel): string {
  const laidOut = layOut(model);
  const { width, height, pages } = laidOut;
  const tall = height * pages;
  const measure = createMeasure();
  const sheets = Array.from({ length: pages }, (_, page) => {
    const edge = page === 0 ? '' : `<path d="M0 0H${width}" stroke="#D5D9DE" stroke-width="1"/>`;
    return `<g transform="translate(0 ${page * height})">${edge}${marksSvg(marksOn(laidOut, page), measure)}</g>`;
  });
  return [
    `<svg xmlns="http://www.w3.org/2000/svg" width="${width}" height="${tall}" viewBox="0 0 ${width} ${tall}" font-family="${SVG_FONT}" role="img" lang="en">`,
    `<title>${escapeXml(`${model.title}, ${model.subtitle}`)}</title><desc>${escapeXml(model.lead)}</desc>`,
    `<rect width="${width}" height="${tall}" fill="#FFFFFF"/>`,
    ...sheets,
    '</svg>\n',
  ].join('\n');
}
