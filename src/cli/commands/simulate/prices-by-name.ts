import { type Picos, parsePicos } from '../../../domain/money/picos.ts';

/** What `--prices` was given, as exact money; the flag's own check has seen that they are decimals. */
export function toPicosByName(prices: ReadonlyMap<string, string>): ReadonlyMap<string, Picos> {
  return new Map([...prices].map(([name, text]) => [name, parsePicos(text)!.picos]));
}
