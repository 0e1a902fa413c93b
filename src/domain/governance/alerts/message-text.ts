import { formatInstant } from '../../time/window.ts';
import type { Alert, Severity } from './alert.ts';
import type { Digest } from './digest.ts';
import type { SentReport } from './sent-report.ts';

/** A message in words, for notifiers that show text. */
export type MessageText = Readonly<{ title: string; paragraphs: readonly Paragraph[] }>;
export type Paragraph = Readonly<{ heading: string; lines: readonly string[]; severity: Severity | null }>;

type Told =
  | Readonly<{
      kind: 'alerts';
      notices: readonly Readonly<{ event: 'firing' | 'resolved'; alert: Alert }>[];
      unsure: readonly string[];
    }>
  | Readonly<{ kind: 'digest'; digest: Digest }>
  | Readonly<{ kind: 'report'; report: SentReport; unsure: readonly string[] }>
  | Readonly<{ kind: 'test' }>;

export function messageText(message: Told): MessageText {
  switch (message.kind) {
    case 'alerts':
      return { title: alertsTitle(message.notices), paragraphs: alertParagraphs(message) };
    case 'digest':
      return {
        title: message.digest.title,
        paragraphs: message.digest.sections.map((section) => ({ ...section, severity: null })),
      };
    case 'report':
      return { title: `Tare: ${message.report.title}`, paragraphs: reportParagraphs(message) };
    case 'test':
      return {
        title: 'Tare: a test message',
        paragraphs: [{ heading: 'It works', lines: ['Alerts will arrive here.'], severity: null }],
      };
    default:
      return message satisfies never;
  }
}

/** As plain text, for mails and fallbacks. */
export function plainText({ paragraphs }: MessageText): string {
  return paragraphs.map(({ heading, lines }) => [heading, ...lines].join('\n')).join('\n\n');
}

function alertsTitle(notices: Extract<Told, { kind: 'alerts' }>['notices']): string {
  const [first] = notices;
  if (notices.length === 1 && first)
    return `${first.event === 'firing' ? 'Tare' : 'Tare, over'}: ${first.alert.title}`;
  const count = (event: string) => notices.filter((notice) => notice.event === event).length;
  const parts = [
    ...(count('firing') > 0 ? [`${count('firing')} new`] : []),
    ...(count('resolved') > 0 ? [`${count('resolved')} over`] : []),
  ];
  return `Tare: ${parts.join(', ')}`;
}

function alertParagraphs({ notices, unsure }: Extract<Told, { kind: 'alerts' }>): Paragraph[] {
  const paragraphs = notices.map(({ event, alert }): Paragraph => {
    const since = `since ${minute(alert.startMs)}`;
    const until = alert.endMs === null ? '' : ` until ${minute(alert.endMs)}`;
    return {
      heading: event === 'firing' ? `${alert.severity}: ${alert.title}` : `over: ${alert.title}`,
      lines: [alert.text, `${since}${until} UTC`],
      severity: event === 'firing' ? alert.severity : null,
    };
  });
  return [...paragraphs, ...unsureParagraphs(unsure)];
}

function reportParagraphs({ report, unsure }: Extract<Told, { kind: 'report' }>): Paragraph[] {
  const { sentence, figures, notes, link } = report;
  const lines = figures.map(({ label, value, note }) => `${label}: ${value}${note ? ` (${note})` : ''}`);
  return [
    { heading: sentence, lines, severity: null },
    ...(link === null ? [] : [{ heading: 'To read it', lines: [link], severity: null }]),
    ...(notes.length === 0 ? [] : [{ heading: 'Mind', lines: notes, severity: null }]),
    ...unsureParagraphs(unsure),
  ];
}

/** For those who cannot tell a repeated message: what may be missing is said, since it is not sent again. */
export function unsureParagraphs(unsure: readonly string[]): Paragraph[] {
  if (unsure.length === 0) return [];
  return [
    {
      heading: 'An earlier message may not have arrived',
      lines: unsure.map((title) => `It was about: ${title}`),
      severity: null,
    },
  ];
}

function minute(ms: number): string {
  return formatInstant(ms).slice(0, 16).replace('T', ' ');
}
