import type { MessageText, Paragraph } from '../../domain/governance/alerts/message-text.ts';
import type { ReportFigure, SentReport } from '../../domain/governance/alerts/sent-report.ts';

const FONT = 'font-family:system-ui,-apple-system,Segoe UI,Helvetica,Arial,sans-serif';
const SMALL = 'font-size:13px;color:#555';

/** A report as mail programs show it: no style sheet, no script, nothing to load. */
export function reportHtml(
  { title, sentence, figures, link }: SentReport,
  { paragraphs }: MessageText,
): string {
  // The first paragraph is the sentence and its figures, the link has one of its own.
  const rest = paragraphs.slice(link === null ? 1 : 2);
  return [
    '<!doctype html>',
    `<html lang="en"><head><meta charset="utf-8"><title>${escaped(title)}</title></head>`,
    `<body style="${FONT};font-size:15px;line-height:1.5;color:#111;max-width:640px">`,
    `<h1 style="font-size:18px;margin:0 0 12px">${escaped(title)}</h1>`,
    `<p style="margin:0 0 16px">${escaped(sentence)}</p>`,
    `<table style="border-collapse:collapse;margin:0 0 16px">${figures.map(rowOf).join('')}</table>`,
    ...(link === null ? [] : [`<p><a href="${escaped(link)}">${escaped(title)}</a></p>`]),
    ...rest.map(paragraph),
    '</body></html>',
    '',
  ].join('\n');
}

function rowOf({ label, value, note }: ReportFigure): string {
  const cell = 'padding:4px 16px 4px 0;vertical-align:top';
  return [
    `<tr><th scope="row" style="${cell};text-align:left;font-weight:normal">${escaped(label)}</th>`,
    `<td style="${cell};text-align:right;font-weight:600">${escaped(value)}</td>`,
    `<td style="${cell};${SMALL}">${escaped(note)}</td></tr>`,
  ].join('');
}

function paragraph({ heading, lines }: Paragraph): string {
  return `<p style="margin:0 0 12px;${SMALL}">${[heading, ...lines].map(escaped).join('<br>')}</p>`;
}

function escaped(text: string): string {
  return text
    .replaceAll('&', '&amp;')
    .replaceAll('<', '&lt;')
    .replaceAll('>', '&gt;')
    .replaceAll('"', '&quot;');
}
