import { type Document, isAlias, isMap, isScalar, isSeq, LineCounter, type Node, parseDocument } from 'yaml';

export type YamlPath = readonly (string | number)[];

/** A YAML file with the way back from each value to the line and column it stands at. */
export type YamlDocument = Readonly<{
  /** Plain values; `readScalar` decided about each text. */
  value: unknown;
  /** `12:5`, 1-based: the value at the path, its key when `isKey`, or the nearest thing around it that exists. */
  position(path: YamlPath, isKey?: boolean): string;
  /** The text of a scalar as the file spells it. */
  sourceText(path: YamlPath): string | undefined;
}>;

export type YamlMistake = Readonly<{ position: string; message: string }>;

/** Called for every scalar: what it stands for. `source` is the text in the file, `value` what YAML reads from it. */
export type ReadScalar = (
  scalar: Readonly<{ path: YamlPath; value: unknown; source: string; position: string }>,
) => unknown;

export function parseYaml(text: string, readScalar: ReadScalar): YamlDocument | YamlMistake {
  const lines = new LineCounter();
  const document = parseDocument(text, { lineCounter: lines, prettyErrors: false });
  const mistake = document.errors[0];
  if (mistake) return { position: positionOf(lines, mistake.pos[0]), message: mistake.message };

  const position = (path: YamlPath, isKey = false) => positionOf(lines, offsetAt(document, path, isKey));
  return {
    value: toPlain(document, document.contents, [], (path, value, source) =>
      readScalar({ path, value, source, position: position(path) }),
    ),
    position,
    sourceText(path) {
      const node = document.getIn(path, true);
      return isScalar(node) ? (node.source ?? String(node.value)) : undefined;
    },
  };
}

function toPlain(
  document: Document,
  node: unknown,
  path: YamlPath,
  read: (path: YamlPath, value: unknown, source: string) => unknown,
): unknown {
  if (isAlias(node)) return toPlain(document, node.resolve(document), path, read);
  if (isSeq(node)) return node.items.map((item, index) => toPlain(document, item, [...path, index], read));
  if (isMap(node)) {
    return Object.fromEntries(
      node.items.map(({ key, value }) => {
        const name = isScalar(key) ? (key.source ?? String(key.value)) : String(key);
        return [name, toPlain(document, value, [...path, name], read)];
      }),
    );
  }
  if (isScalar(node)) return read(path, node.value, node.source ?? String(node.value));
  return null;
}

function offsetAt(document: Document, path: YamlPath, isKey: boolean): number {
  let node: unknown = document.contents;
  let offset = startOf(node) ?? 0;
  for (const [depth, step] of path.entries()) {
    if (isAlias(node)) node = node.resolve(document);
    const pair = isMap(node)
      ? node.items.find(({ key }) => isScalar(key) && (key.source ?? String(key.value)) === String(step))
      : undefined;
    const isLast = depth === path.length - 1;
    if (pair) node = isKey && isLast ? pair.key : (pair.value ?? pair.key);
    else if (isSeq(node) && typeof step === 'number') node = node.items[step];
    else return offset;
    offset = startOf(node) ?? offset;
  }
  return offset;
}

function startOf(node: unknown): number | undefined {
  return (node as Node | null)?.range?.[0];
}

function positionOf(lines: LineCounter, offset: number): string {
  const { line, col } = lines.linePos(offset);
  return `${line}:${col}`;
}
