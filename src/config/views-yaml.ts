import { readFile } from 'node:fs/promises';
import { isMap, isScalar, isSeq, LineCounter, type Node, parseDocument } from 'yaml';
import { TareError } from '../app/errors.ts';

/** `where` is `views.yaml:3:5`, for whoever has to correct it. */
export type ViewEntry = Readonly<{ where: string; name: string; address: string }>;
export type ViewsFile = Readonly<{
  views: readonly ViewEntry[];
  rejects: readonly Readonly<{ where: string; message: string }>[];
}>;

const EXPECTED =
  'expected a list under views:, each entry with a name and an address, as tare views export writes it';

export async function readViewsYaml(path: string): Promise<ViewsFile> {
  let text: string;
  try {
    text = await readFile(path, 'utf8');
  } catch (cause) {
    throw new TareError(
      'fileNotReadable',
      `${path}: ${(cause as Error).message}`,
      'check the path and who may read it',
      cause,
    );
  }
  return parseViewsYaml(text, path);
}

/** What can be saved of a file, and what cannot with its place. Throws where the file as a whole is no list of views. */
export function parseViewsYaml(text: string, path: string): ViewsFile {
  const counter = new LineCounter();
  const document = parseDocument(text, { lineCounter: counter });
  const whereOf = (offset: number): string => {
    const { line, col } = counter.linePos(offset);
    return `${path}:${line}:${col}`;
  };
  const [mistake] = document.errors;
  if (mistake) {
    const said = mistake.message.split('\n')[0]!.replace(/ at line.*$/, '');
    throw badFile(whereOf(mistake.pos[0]), said);
  }
  const list = isMap(document.contents) ? document.contents.get('views', true) : null;
  if (!isSeq(list)) throw badFile(whereOf(0), 'this is no list of views');
  const views: ViewEntry[] = [];
  const rejects: { where: string; message: string }[] = [];
  for (const item of list.items) {
    const node = item as Node;
    const where = whereOf(node.range?.[0] ?? 0);
    const [name, address] = isMap(node)
      ? [textAt(node.get('name', true)), textAt(node.get('address', true))]
      : [null, null];
    if (name !== null && address !== null) views.push({ where, name, address });
    else rejects.push({ where, message: `this entry lacks a name or an address: ${EXPECTED}` });
  }
  return { views, rejects };
}

function textAt(node: unknown): string | null {
  return isScalar(node) && node.value !== null && node.value !== '' ? String(node.value) : null;
}

function badFile(where: string, message: string): TareError {
  return new TareError('badView', `${where}  ${message}`, EXPECTED);
}
