import { toTareError } from '../app/errors.ts';
import type { Terminal } from './terminal.ts';

/** Three lines: what and where, what to do, where to read more. The stack only when `TARE_DEBUG` asks for it. Returns the exit code. */
export function reportError(thrown: unknown, terminal: Terminal): number {
  const error = toTareError(thrown);
  const label = error.exitCode === 130 ? terminal.style('yellow', 'stopped') : terminal.style('red', 'error');
  const indent = ' '.repeat(error.exitCode === 130 ? 9 : 7);
  terminal.fail(`${label}  ${error.code}  ${oneLine(error.message)}`);
  terminal.fail(`${indent}${oneLine(error.remedy)}`);
  terminal.fail(`${indent}${terminal.style('dim', `docs/reference/errors.md#${error.code.toLowerCase()}`)}`);
  if (process.env['TARE_DEBUG'] && thrown instanceof Error) terminal.fail(thrown.stack ?? '');
  return error.exitCode;
}

function oneLine(text: string): string {
  return text.replace(/\s*\n\s*/g, ' ');
}
