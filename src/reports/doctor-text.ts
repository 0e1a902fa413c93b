import type { DoctorReport, Finding } from '../app/results/results.ts';

const SIGNS: Readonly<Record<Finding['status'], string>> = { fine: '✔', look: '!', failing: '✘' };

/** One line per finding, each with what to do, and the sum of it. */
export function doctorText({ findings }: DoctorReport): string {
  const width = Math.max(0, ...findings.map(({ subject }) => subject.length));
  const lines = findings.map(({ status, subject, message, remedy }) => {
    const line = `${SIGNS[status]} ${subject.padEnd(width)}  ${message}`;
    return remedy === null ? line : `${line}\n  ${' '.repeat(width)}  → ${remedy}`;
  });
  return `${lines.join('\n')}\n${sumOf(findings)}\n`;
}

function sumOf(findings: readonly Finding[]): string {
  const count = (status: Finding['status']) => findings.filter((finding) => finding.status === status).length;
  return `${count('fine')} fine, ${count('look')} to look at, ${count('failing')} failing`;
}
