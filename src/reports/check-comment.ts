import type { ChangeSide, CheckReport, CheckViolation, LaunchChange } from '../app/results/check.ts';
import { displayMoney } from '../domain/money/display-money.ts';
import { type Picos, parsePicos } from '../domain/money/picos.ts';
import { costText, launchCount } from './check-text.ts';
import { printCount } from './print-amount.ts';

/** GitHub takes no more of a comment. */
const MOST_CHARACTERS = 65_536;
const MOST_ROWS = 50;

/**
 * A comment for a pull request. Its first line is the same every time, so that the comment can be found again and updated in place. Empty
 * where nothing changed and nothing is new: then there is nothing to say.
 */
export function checkComment(report: CheckReport, tag: string): string {
  const violations = report.violations.filter(({ isNew }) => isNew);
  const isSilent =
    report.base !== null &&
    report.changes.length === 0 &&
    violations.length === 0 &&
    report.unreadable.length === 0;
  if (isSilent) return '';
  const blocks = [
    commentMarker(tag),
    `**${headline(report)}**`,
    report.base === null ? launchTable(report) : changeTable(report),
    violationList(violations),
    unreadableList(report),
    details(report),
    verdict(report, violations),
  ];
  return cut(`${blocks.filter((block) => block !== '').join('\n\n')}\n`);
}

export function commentMarker(tag: string): string {
  return `<!-- tare-check:${tag.replace(/[^\w.-]/g, '-')} -->`;
}

function headline({ base, changes, currency, launches }: CheckReport): string {
  if (base === null) return `${launchCount(launches.length)}, priced before they happen`;
  const months = sumOf(changes, 'month');
  const runs = sumOf(changes, 'run');
  const parts = [
    ...(months === 0n
      ? []
      : [`${direction(months)} by ${displayMoney(magnitude(months), currency)} a month`]),
    ...(runs === 0n ? [] : [`${direction(runs)} by ${displayMoney(magnitude(runs), currency)} a run`]),
  ];
  const unpriced = changes.filter(({ difference }) => difference === null).length;
  const sentence = parts.length === 0 ? 'GPU cost stays the same' : `GPU cost will ${parts.join(' and ')}`;
  return unpriced === 0 ? sentence : `${sentence}; ${printCount(unpriced, 'change')} could not be priced`;
}

function sumOf(changes: readonly LaunchChange[], per: LaunchChange['per']): Picos {
  return changes
    .filter((change) => change.per === per && change.difference !== null)
    .reduce((sum, { difference }) => sum + parsePicos(difference!)!.picos, 0n);
}

function direction(picos: Picos): string {
  return picos > 0n ? 'rise' : 'fall';
}

function magnitude(picos: Picos): Picos {
  return picos < 0n ? -picos : picos;
}

function changeTable({ changes, currency }: CheckReport): string {
  const rows = changes.map((change) => [
    plainText(change.name),
    plainText(sizes(change)),
    change.difference === null ? 'no price' : `${signed(change.difference, currency)} a ${change.per}`,
  ]);
  return rows.length === 0 ? '' : table(['Launch', 'Change', 'Cost~'], rows);
}

function sizes({ change, before, after }: LaunchChange): string {
  const side = (one: ChangeSide | null) => one?.size ?? '';
  if (change === 'added') return `new: ${side(after)}`;
  if (change === 'removed') return `removed: ${side(before)}`;
  return side(before) === side(after) ? side(after) : `${side(before)} → ${side(after)}`;
}

function signed(amount: string, currency: string): string {
  const { picos } = parsePicos(amount)!;
  return `${picos > 0n ? '+' : picos < 0n ? '−' : ''}${displayMoney(magnitude(picos), currency)}`;
}

function launchTable({ launches, currency }: CheckReport): string {
  const rows = launches.map((launch) => [
    plainText(launch.name),
    plainText(launch.size),
    plainText(costText(launch, currency)),
  ]);
  return rows.length === 0 ? '' : table(['Launch', 'GPUs', 'Cost~'], rows);
}

function table(header: readonly string[], rows: readonly (readonly string[])[]): string {
  const shown = rows.slice(0, MOST_ROWS);
  const line = (cells: readonly string[]) => `| ${cells.join(' | ')} |`;
  const more = rows.length - shown.length;
  return [
    line(header),
    line(header.map(() => '---')),
    ...shown.map(line),
    ...(more > 0 ? ['', `and ${more} more`] : []),
  ].join('\n');
}

function violationList(violations: readonly CheckViolation[]): string {
  const shown = violations
    .slice(0, MOST_ROWS)
    .map(
      ({ file, line, launch, policy, severity, message, fix }) =>
        `- ${severity === 'error' ? '❌' : '⚠️'} \`${file}:${line}\` **${plainText(policy)}** ${plainText(launch)}: ${plainText(message)}  \n  ${plainText(fix)}`,
    );
  const more = violations.length - shown.length;
  return [...shown, ...(more > 0 ? [`- and ${more} more`] : [])].join('\n');
}

function unreadableList({ unreadable }: CheckReport): string {
  return unreadable
    .slice(0, MOST_ROWS)
    .map(({ where, message }) => `- ❔ \`${where}\` ${plainText(message)}`)
    .join('\n');
}

function details({ launches }: CheckReport): string {
  const lines = launches.slice(0, MOST_ROWS).flatMap(({ name, priceReferences, assumptions, hours }) => {
    const parts = [...priceReferences, ...assumptions, ...(hours === null ? [] : [`hours: ${hours.detail}`])];
    return parts.length === 0 ? [] : [`- ${plainText(name)}: ${plainText(parts.join('; '))}`];
  });
  if (lines.length === 0) return '';
  return ['<details><summary>How this was computed</summary>', '', ...lines, '', '</details>'].join('\n');
}

function verdict({ passed }: CheckReport, violations: readonly CheckViolation[]): string {
  const errors = violations.filter(({ severity }) => severity === 'error').length;
  const mark = errors > 0 ? '❌' : '✅';
  return `${mark} ${printCount(errors, 'violation')} · ${passed.length} ${passed.length === 1 ? 'policy' : 'policies'} passed`;
}

/** Names and messages come from files of others; none of them may become markup. */
function plainText(text: string): string {
  return text
    .replace(/[\\`*_{}[\]<>|#]/g, '\\$&')
    .replace(/\s*\n\s*/g, ' ')
    .replace(/@(?=\w)/g, '@\u200b');
}

function cut(comment: string): string {
  if (comment.length <= MOST_CHARACTERS) return comment;
  const note = '\n\nThe comment was cut here.\n';
  return `${comment.slice(0, MOST_CHARACTERS - note.length).replace(/\n[^\n]*$/, '')}${note}`;
}
