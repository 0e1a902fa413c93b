import { documentSvg } from './document-svg.ts';
import { FONT_FAMILY, fontFile } from './fonts.ts';
import type { PageModel } from './page-model.ts';

/** Pixels for each point: 200 to the inch, as sharp as a chat shows and a page prints. */
const SCALE = 200 / 72;

/** The same picture as pixels, in the typeface that comes along: nothing of the machine is in it. */
export async function documentPng(model: PageModel): Promise<Uint8Array> {
  const { Resvg } = await import('@resvg/resvg-js');
  const image = new Resvg(documentSvg(model), {
    fitTo: { mode: 'zoom', value: SCALE },
    background: '#FFFFFF',
    font: {
      loadSystemFonts: false,
      fontFiles: [fontFile('regular'), fontFile('semibold')],
      defaultFontFamily: FONT_FAMILY,
    },
  });
  return image.render().asPng();
}
