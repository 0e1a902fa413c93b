import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import type { Weight } from './drawing.ts';

const FILES: Readonly<Record<Weight, string>> = {
  regular: '@expo-google-fonts/inter/400Regular/Inter_400Regular.ttf',
  semibold: '@expo-google-fonts/inter/600SemiBold/Inter_600SemiBold.ttf',
};

export const FONT_FAMILY = 'Inter';

/** The files of the typeface, which come with the package and not from the machine: the same document everywhere. */
export function fontFile(weight: Weight): string {
  return createRequire(import.meta.url).resolve(FILES[weight]);
}

export type MeasureText = (text: string, size: number, weight?: Weight) => number;

/** How wide a text is, in the unit of its size. Kerning is left out: it makes texts a little narrower than this. */
export function createMeasure(): MeasureText {
  const widths = { regular: glyphWidths('regular'), semibold: glyphWidths('semibold') };
  return (text, size, weight = 'regular') => {
    const { widthOf, unitsPerEm } = widths[weight];
    let units = 0;
    for (const character of text) units += widthOf(character.codePointAt(0)!);
    return (units * size) / unitsPerEm;
  };
}

type GlyphWidths = Readonly<{ unitsPerEm: number; widthOf: (codePoint: number) => number }>;

/** Reads the tables `head`, `hhea`, `hmtx` and `cmap` (format 4) of a TrueType file; see the OpenType specification. */
function glyphWidths(weight: Weight): GlyphWidths {
  const file = readFileSync(fontFile(weight));
  const tables = tableOffsets(file);
  const unitsPerEm = file.readUInt16BE(tables.get('head')! + 18);
  const advances = file.readUInt16BE(tables.get('hhea')! + 34);
  const hmtx = tables.get('hmtx')!;
  const glyphOf = characterMap(file, tables.get('cmap')!);
  const known = new Map<number, number>();
  return {
    unitsPerEm,
    widthOf(codePoint) {
      const found = known.get(codePoint);
      if (found !== undefined) return found;
      const glyph = Math.min(glyphOf(codePoint), advances - 1);
      const width = file.readUInt16BE(hmtx + 4 * glyph);
      known.set(codePoint, width);
      return width;
    },
  };
}

function tableOffsets(file: Buffer): Map<string, number> {
  const count = file.readUInt16BE(4);
  const offsets = new Map<string, number>();
  for (let index = 0; index < count; index++) {
    const at = 12 + 16 * index;
    offsets.set(file.toString('latin1', at, at + 4), file.readUInt32BE(at + 8));
  }
  return offsets;
}

function characterMap(file: Buffer, cmap: number): (codePoint: number) => number {
  const count = file.readUInt16BE(cmap + 2);
  for (let index = 0; index < count; index++) {
    const at = cmap + file.readUInt32BE(cmap + 4 + 8 * index + 4);
    if (file.readUInt16BE(at) === 4) return segmentMap(file, at);
  }
  throw new Error('the font has no character map of format 4');
}

function segmentMap(file: Buffer, at: number): (codePoint: number) => number {
  const segments = file.readUInt16BE(at + 6) / 2;
  const ends = at + 14;
  const starts = ends + 2 * segments + 2;
  const deltas = starts + 2 * segments;
  const ranges = deltas + 2 * segments;
  return (codePoint) => {
    for (let index = 0; index < segments; index++) {
      if (file.readUInt16BE(ends + 2 * index) < codePoint) continue;
      const start = file.readUInt16BE(starts + 2 * index);
      if (start > codePoint) return 0;
      const delta = file.readUInt16BE(deltas + 2 * index);
      const range = file.readUInt16BE(ranges + 2 * index);
      if (range === 0) return (codePoint + delta) & 0xffff;
      const glyph = file.readUInt16BE(ranges + 2 * index + range + 2 * (codePoint - start));
      return glyph === 0 ? 0 : (glyph + delta) & 0xffff;
    }
    return 0;
  };
}
