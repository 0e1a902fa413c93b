import { isLedgerDimension } from '../app/read-request.ts';
import { checkTimes } from '../app/scheduled-reports/due-times.ts';
import type { ReportSetting } from '../app/scheduled-reports/report-setting.ts';
import { closestWord } from '../domain/text/closest-word.ts';
import { LEDGER_DIMENSIONS, type LedgerDimension } from '../ports/store.ts';
import type { Mistake } from './describe-issue.ts';
import type { RecipientYaml } from './notify-yaml.ts';
import type { ScheduledReportYaml } from './reports-yaml.ts';
import type { YamlPath } from './yaml-document.ts';

/** What a schema cannot say of scheduled reports, and what they are once they are read. */

type Found = (Mistake & { path: YamlPath }) | undefined;

/** Alerts are all that they know. */
const TAKE_NO_DOCUMENTS: readonly RecipientYaml['kind'][] = ['alertmanager', 'pagerduty'];
const UTC = 'UTC';

/** The first thing that is wrong across fields, and with names, times and recipients. */
export function checkReports(
  reports: readonly ScheduledReportYaml[],
  notify: readonly RecipientYaml[],
): Found {
  const names = new Set<string>();
  for (const [index, report] of reports.entries()) {
    const path: YamlPath = ['reports', index];
    const name = nameOf(report);
    if (names.has(name))
      return {
        path,
        message: `two reports are named "${name}"`,
        remedy:
          'give each a name of its own, such as name: board-weekly; the name says what was sent already',
      };
    names.add(name);
    const mistake =
      checkAbout(report, path) ?? checkWhen(report, path) ?? checkRecipients(report, path, notify);
    if (mistake) return mistake;
  }
  return undefined;
}

export function toReport(yaml: ScheduledReportYaml): ReportSetting {
  const { kind, team = null, by = null, at, timeZone = UTC, formats = ['pdf'], to } = yaml;
  return {
    name: nameOf(yaml),
    kind,
    team,
    by: by as LedgerDimension | null, // checked
    at,
    timeZone,
    formats: [...new Set(formats)],
    to: [...new Set(to)],
  };
}

function nameOf({ name, kind, team }: ScheduledReportYaml): string {
  return name ?? (team === undefined ? kind : `${kind}-${team}`);
}

function checkAbout({ kind, team, by }: ScheduledReportYaml, path: YamlPath): Found {
  if (kind === 'showback' && team === undefined)
    return { path, message: 'a showback is about one team, and names none', remedy: 'add team: NAME' };
  if (kind !== 'showback' && team !== undefined)
    return {
      path: [...path, 'team'],
      message: `a ${kind} is about everybody`,
      remedy: 'take team out, or write kind: showback',
    };
  if (kind !== 'chargeback' && by !== undefined)
    return {
      path: [...path, 'by'],
      message: `a ${kind} is not split by anything`,
      remedy: 'take by out, or write kind: chargeback',
    };
  if (by === undefined || isLedgerDimension(by)) return undefined;
  const meant = closestWord(by, LEDGER_DIMENSIONS);
  return {
    path: [...path, 'by'],
    message: `a chargeback cannot be split by "${by}"`,
    remedy: `${meant ? `did you mean ${meant}? ` : ''}write one of ${LEDGER_DIMENSIONS.join(', ')}, or tag:NAME`,
  };
}

function checkWhen({ at, timeZone = UTC }: ScheduledReportYaml, path: YamlPath): Found {
  const mistake = checkTimes({ at, timeZone });
  return mistake && { ...mistake, path: [...path, mistake.field] };
}

function checkRecipients(
  { to }: ScheduledReportYaml,
  path: YamlPath,
  notify: readonly RecipientYaml[],
): Found {
  const known = notify.map((one) => ({ name: one.name ?? one.kind, kind: one.kind }));
  for (const [index, name] of to.entries()) {
    const found = known.find((one) => one.name === name);
    const place: YamlPath = [...path, 'to', index];
    if (found === undefined)
      return {
        path: place,
        ...unknownRecipient(
          name,
          known.map((one) => one.name),
        ),
      };
    if (TAKE_NO_DOCUMENTS.includes(found.kind))
      return {
        path: place,
        message: `"${name}" is a recipient of kind ${found.kind}, which takes no documents`,
        remedy: 'send it to email, slack, webhook or cloudevents',
      };
  }
  return undefined;
}

function unknownRecipient(name: string, names: readonly string[]): Mistake {
  const meant = closestWord(name, names);
  return {
    message: `nobody under notify is named "${name}"`,
    remedy:
      names.length === 0
        ? 'add a recipient under notify:'
        : `${meant ? `did you mean ${meant}? ` : ''}there are: ${names.join(', ')}`,
  };
}
