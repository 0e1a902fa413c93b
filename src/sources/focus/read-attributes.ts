import type { BillWarnings } from './bill-warnings.ts';
import { type BoundColumns, blankToNull } from './bind-columns.ts';
import type { FocusColumn } from './focus-columns.ts';
import { parseTags, type Tags } from './read-tags.ts';
import type { RowReader } from './row-reader.ts';
import { cacheByText } from './text-cache.ts';

export type AttributesReader = (
  row: RowReader,
  named: Readonly<Record<string, string | null>>,
) => Record<string, string>;

/** The first one to name a tag wins: what a cost was split to, the resource, its project. */
const TAG_COLUMNS = [
  'AllocatedTags',
  'Tags',
  'x_Labels',
  'x_Tags',
  'x_ProjectLabels',
] as const satisfies readonly FocusColumn[];

/**
 * Returns the function that gathers what owner rules look up: the named attributes, then tags that were mapped or set, then the
 * tags of the row. The first to name an attribute wins.
 */
export function createAttributesReader(bound: BoundColumns, warnings: BillWarnings): AttributesReader {
  const tagsOf = cacheByText((text) => asAttributes(parseTags(text)));
  return (row, named) => {
    const attributes: Record<string, string> = {};
    for (const name in named) put(attributes, name, named[name]!);
    for (const { name, index } of bound.tagColumns) put(attributes, name, blankToNull(row.cells[index]));
    for (const [name, value] of Object.entries(bound.tagConstants)) put(attributes, name, value);
    for (const column of TAG_COLUMNS) {
      const text = row.text(column);
      if (text === null) continue;
      const tags = tagsOf(text);
      if (tags === undefined) warnings.count('tags-unreadable');
      for (const name in tags) put(attributes, name, tags[name]!);
    }
    return attributes;
  };
}

function asAttributes(tags: Tags | undefined): Tags | undefined {
  return tags && Object.fromEntries(Object.entries(tags).map(([name, value]) => [`tag:${name}`, value]));
}

function put(attributes: Record<string, string>, name: string, value: string | null): void {
  if (value !== null && value !== '' && attributes[name] === undefined) attributes[name] = value;
}
