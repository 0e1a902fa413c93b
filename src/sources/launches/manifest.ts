import {
  type Document,
  isAlias,
  isMap,
  isScalar,
  isSeq,
  LineCounter,
  type Node,
  parseAllDocuments,
  type YAMLMap,
} from 'yaml';

export type Path = readonly (string | number)[];

/** One document of a YAML or JSON file: plain values, and the line that each stands in. */
export type Manifest = Readonly<{
  value: unknown;
  /** The line of the value at the path, or of the nearest thing around it that exists. */
  line(path: Path): number;
}>;

export type ManifestText =
  | Readonly<{ kind: 'manifest'; manifest: Manifest }>
  | Readonly<{ kind: 'mistake'; line: number; column: number; message: string }>;

/** A file that refers to its own parts so often is made to fill the memory. */
const MOST_ALIASES = 200;

/** Every document of a file. What is broken is one mistake; the documents before and behind it are read. */
export function readManifests(text: string): readonly ManifestText[] {
  const lines = new LineCounter();
  const documents = parseAll(text, lines);
  if ('kind' in documents) return [documents];
  return documents.flatMap((document): ManifestText[] => {
    const [error] = document.errors;
    if (error) {
      const { line, col } = lines.linePos(error.pos[0]);
      return [{ kind: 'mistake', line, column: col, message: error.message }];
    }
    try {
      const value: unknown = document.toJS({ maxAliasCount: MOST_ALIASES });
      if (value === null || value === undefined) return [];
      const root = document.contents as Node | null;
      const resolve = (node: unknown) => (isAlias(node) ? node.resolve(document) : node);
      return [{ kind: 'manifest', manifest: { value, line: (path) => lineAt(root, path, resolve, lines) } }];
    } catch (thrown) {
      return [{ kind: 'mistake', line: 1, column: 1, message: (thrown as Error).message }];
    }
  });
}

function parseAll(
  text: string,
  lines: LineCounter,
): readonly Document.Parsed[] | (ManifestText & { kind: 'mistake' }) {
  try {
    const parsed = parseAllDocuments(text, { lineCounter: lines, prettyErrors: false, merge: true });
    return Array.isArray(parsed) ? parsed : [];
  } catch (thrown) {
    // Nested so deep that the parser gives up.
    return { kind: 'mistake', line: 1, column: 1, message: (thrown as Error).message };
  }
}

function lineAt(root: unknown, path: Path, resolve: (node: unknown) => unknown, lines: LineCounter): number {
  let node = root;
  let offset = startOf(root) ?? 0;
  for (const step of path) {
    node = resolve(node);
    const pair = isMap(node) ? pairOf(node, step) : undefined;
    if (pair) {
      offset = startOf(pair.key) ?? offset;
      node = pair.value;
    } else if (isSeq(node) && typeof step === 'number' && node.items[step] !== undefined) {
      node = node.items[step];
      offset = startOf(node) ?? offset;
    } else break;
  }
  return lines.linePos(offset).line;
}

function pairOf(node: YAMLMap, step: string | number) {
  return node.items.find(({ key }) => isScalar(key) && String(key.value) === String(step));
}

function startOf(node: unknown): number | undefined {
  return (node as Node | null)?.range?.[0];
}
