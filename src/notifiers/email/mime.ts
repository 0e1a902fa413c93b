import type { ReportFile } from '../../domain/governance/alerts/sent-report.ts';

/** Parts of a mail (RFC 2045, 2046, 2183): headers, an empty line, content. Everything is base64, so that no line needs care. */

export function textPart(type: 'text/plain' | 'text/html', text: string): string {
  return part([`Content-Type: ${type}; charset=utf-8`], Buffer.from(text, 'utf8'));
}

/** A file to save. Its name has no character that a header would have to quote. */
export function filePart({ name, type, content }: ReportFile): string {
  const safe = name.replace(/[^A-Za-z0-9._-]+/g, '-');
  return part([`Content-Type: ${type}`, `Content-Disposition: attachment; filename="${safe}"`], content);
}

/** `alternative`: the same several times, the best last. `mixed`: one after the other. */
export function multipart(kind: 'alternative' | 'mixed', boundary: string, parts: readonly string[]): string {
  return [
    `Content-Type: multipart/${kind}; boundary="${boundary}"`,
    '',
    ...parts.map((one) => `--${boundary}\r\n${one}`),
    `--${boundary}--`,
    '',
  ].join('\r\n');
}

function part(headers: readonly string[], content: Uint8Array): string {
  const base64 = Buffer.from(content).toString('base64');
  const lines = base64.match(/.{1,76}/g) ?? [];
  return [...headers, 'Content-Transfer-Encoding: base64', '', ...lines].join('\r\n');
}
