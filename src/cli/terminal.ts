import { styleText } from 'node:util';

/** Where a command writes, and what may be written there. Data goes to stdout alone, everything else to stderr. */
export type Terminal = Readonly<{
  /** Data: tables, JSON, CSV. Each text ends its line, here and below. */
  write(text: string): void;
  /** Sentences, footers, warnings, progress. Silent with `--quiet`. */
  note(text: string): void;
  /** Errors; never silent. */
  fail(text: string): void;
  isStdoutTerminal: boolean;
  isStderrTerminal: boolean;
  /** Columns of stdout; 100 when it is no terminal. */
  width: number;
  isAscii: boolean;
  isQuiet: boolean;
  /** Whether stdout takes colour. */
  hasColor: boolean;
  style(style: Style, text: string): string;
}>;

export type Style = 'bold' | 'dim' | 'red' | 'yellow' | 'green' | 'cyan';
export type TerminalOptions = Readonly<{ isQuiet: boolean; isAscii: boolean; isPlain: boolean }>;

const WIDTH_WHEN_PIPED = 100;

export function createTerminal({ isQuiet, isAscii, isPlain }: TerminalOptions): Terminal {
  const { stdout, stderr, env } = process;
  const isDumb = env['TERM'] === 'dumb';
  const mayStyle = !isPlain && !isDumb && !env['NO_COLOR'];
  const isStyled = stderr.isTTY === true && mayStyle;
  return {
    write: (text) => void stdout.write(ended(text)),
    note: (text) => {
      if (!isQuiet) stderr.write(ended(text));
    },
    fail: (text) => void stderr.write(ended(text)),
    isStdoutTerminal: stdout.isTTY === true,
    isStderrTerminal: stderr.isTTY === true && !isDumb,
    width: stdout.columns ?? WIDTH_WHEN_PIPED,
    isAscii: isAscii || isDumb,
    isQuiet,
    hasColor: stdout.isTTY === true && mayStyle,
    style: (style, text) => (isStyled ? styleText(style, text) : text),
  };
}

function ended(text: string): string {
  return text.endsWith('\n') ? text : `${text}\n`;
}
