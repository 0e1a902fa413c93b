import { inflateSync } from 'node:zlib';

export type ReadPdf = Readonly<{
  pages: number;
  /** What can be selected, page by page: texts in the order of drawing, a line each. */
  texts: readonly string[];
  /** Structure elements by type, in the order of the file. */
  structure: readonly string[];
  bookmarks: readonly string[];
  title: string | null;
  /** `D:20261101000000Z`. */
  created: string | null;
  language: string | null;
  isTagged: boolean;
  embeddedFonts: number;
  /** Texts that are drawn outside of any structure and are no artifact either. */
  untagged: number;
}>;

/** Reads what tests look at in PDFs as pdfkit writes them: classic objects, deflated streams, hex strings with a map to Unicode. */
export function readPdf(bytes: Uint8Array): ReadPdf {
  const file = Buffer.from(bytes).toString('latin1');
  const objects = objectsOf(file);
  const pages = [...objects.values()].filter(({ text }) => /\/Type \/Page\b(?!s)/.test(text));
  const information = objects.get(reference(file, 'Info'))?.text ?? '';
  const contents = pages.map((page) => streamOf(objects, reference(page.text, 'Contents')));
  const fonts = new Map([...objects.values()].flatMap(({ text }) => [...fontsOf(text, objects)]));
  return {
    pages: pages.length,
    texts: contents.map((content) => textOf(content, fonts)),
    structure: [...objects.values()].flatMap(
      ({ text }) => /^<<\n\/S \/([A-Z][A-Za-z0-9]*)\n/.exec(text)?.[1] ?? [],
    ),
    bookmarks: [...objects.values()]
      .filter(({ text }) => /\/Parent \d+ 0 R/.test(text) && /\/Title \(/.test(text))
      .map(({ text }) => stringOf(text, 'Title')!),
    title: literalOf(objects.get(reference(information, 'Title'))?.text ?? ''),
    created: literalOf(objects.get(reference(information, 'CreationDate'))?.text ?? ''),
    language: stringOf(file, 'Lang'),
    isTagged: /\/Marked true/.test(file) && file.includes('/StructTreeRoot'),
    embeddedFonts: (file.match(/\/FontFile2 /g) ?? []).length,
    untagged: contents.reduce((sum, content) => sum + untaggedIn(content), 0),
  };
}

type PdfObject = Readonly<{ text: string; stream: Buffer | null }>;

function objectsOf(file: string): Map<string, PdfObject> {
  const objects = new Map<string, PdfObject>();
  for (const [, id, body] of file.matchAll(/(?:^|\n)(\d+) 0 obj\n([\s\S]*?)\nendobj/g)) {
    const [head, ...rest] = body!.split('\nstream\n');
    const data =
      rest.length === 0 ? null : Buffer.from(rest.join('\nstream\n').replace(/\nendstream$/, ''), 'latin1');
    const stream = data && head!.includes('/FlateDecode') ? inflateSync(data) : data;
    objects.set(id!, { text: head!, stream });
  }
  return objects;
}

function reference(text: string, name: string): string {
  return new RegExp(`/${name} (\\d+) 0 R`).exec(text)?.[1] ?? '';
}

function streamOf(objects: ReadonlyMap<string, PdfObject>, id: string): string {
  return objects.get(id)?.stream?.toString('latin1') ?? '';
}

type Decode = (hex: string) => string;

/** Names of fonts of a page's resources, and how their codes are read. */
function fontsOf(text: string, objects: ReadonlyMap<string, PdfObject>): [string, Decode][] {
  const fonts = /\/Font <<([\s\S]*?)>>/.exec(text)?.[1] ?? '';
  return [...fonts.matchAll(/\/(F\d+) (\d+) 0 R/g)].map(([, name, id]) => {
    const font = objects.get(id!)!.text;
    return [name!, decoder(streamOf(objects, reference(font, 'ToUnicode')))];
  });
}

function decoder(map: string): Decode {
  const texts = new Map<number, string>();
  for (const [, start, list] of map.matchAll(/<([0-9a-f]+)> <[0-9a-f]+> \[([^\]]*)\]/gi)) {
    const codes = list!.match(/<[^>]*>/g) ?? [];
    for (const [index, code] of codes.entries())
      texts.set(
        Number.parseInt(start!, 16) + index,
        Buffer.from(code.slice(1, -1).replaceAll(' ', ''), 'hex').swap16().toString('utf16le'),
      );
  }
  return (hex) =>
    (hex.match(/.{4}/g) ?? []).map((code) => texts.get(Number.parseInt(code, 16)) ?? '\ufffd').join('');
}

function textOf(content: string, fonts: ReadonlyMap<string, Decode>): string {
  let decode: Decode = () => '\ufffd';
  const lines: string[] = [];
  for (const [, font, shown] of content.matchAll(/\/(F\d+) [\d.]+ Tf|\[([^\]]*)\] TJ/g)) {
    if (font !== undefined) decode = fonts.get(font) ?? decode;
    else lines.push((shown!.match(/<[0-9a-f]*>/gi) ?? []).map((hex) => decode(hex.slice(1, -1))).join(''));
  }
  return lines.join('\n');
}

function untaggedIn(content: string): number {
  let depth = 0;
  let untagged = 0;
  for (const [word] of content.matchAll(/\b(BDC|BMC|EMC)\b|\] TJ/g)) {
    if (word === 'EMC') depth -= 1;
    else if (word === '] TJ') untagged += depth === 0 ? 1 : 0;
    else depth += 1;
  }
  return untagged;
}

function stringOf(text: string, name: string): string | null {
  return literalOf(new RegExp(`/${name} (\\((?:\\\\.|[^\\\\)])*\\))`, 's').exec(text)?.[1] ?? '');
}

/** A literal string: Latin, or UTF-16 behind its mark. */
function literalOf(text: string): string | null {
  const literal = /^\(([\s\S]*)\)$/.exec(text)?.[1];
  if (literal === undefined) return null;
  const raw = literal.replace(/\\([\s\S])/g, (_, escaped: string) => ESCAPES[escaped] ?? escaped);
  return raw.startsWith('\u00fe\u00ff')
    ? Buffer.from(raw.slice(2), 'latin1').swap16().toString('utf16le')
    : raw;
}

const ESCAPES: Readonly<Record<string, string>> = { n: '\n', r: '\r', t: '\t', b: '\b', f: '\f' };
