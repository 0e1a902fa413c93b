import { stringify } from 'yaml';
import type { ChangeFile, LeverRow } from '../app/results/levers.ts';
import { displayMoney } from '../domain/money/display-money.ts';
import { parsePicos } from '../domain/money/picos.ts';
import { protobufText } from './protobuf-text.ts';

const LINE = 110;

/** One change as a file, YAML but for Triton's configuration and templates of Azure: why it is made and what to look at first, then the document. */
export function renderChange(
  { action, aloneSaving, risk }: Pick<LeverRow, 'action' | 'aloneSaving' | 'risk'>,
  change: ChangeFile,
  currency: string,
): string {
  const saves = displayMoney(parsePicos(aloneSaving.expected)!.picos, currency);
  const says = [`${action}. Would have saved ${saves} a month; risk: ${risk}.`, change.comment];
  if (change.file.endsWith('.json')) return jsonText(change.document, says);
  const lines = says.flatMap((text) => wrap(text)).map((line) => `# ${line}`);
  return `${lines.join('\n')}\n${documentText(change)}`;
}

function documentText({ file, document }: ChangeFile): string {
  return file.endsWith('.pbtxt') ? protobufText(document) : stringify(document, { lineWidth: 0 });
}

/** JSON has no comments: what they would say is the description of the whole. */
function jsonText({ $schema, contentVersion, ...document }: ChangeFile['document'], says: readonly string[]) {
  const described = { $schema, contentVersion, metadata: { description: says.join(' ') }, ...document };
  return `${JSON.stringify(described, null, 2)}\n`;
}

function wrap(text: string): string[] {
  const lines: string[] = [];
  for (const word of text.split(' ')) {
    const last = lines.at(-1);
    if (last !== undefined && last.length + word.length < LINE) lines[lines.length - 1] = `${last} ${word}`;
    else lines.push(word);
  }
  return lines;
}
