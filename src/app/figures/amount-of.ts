import { type Picos, parsePicos } from '../../domain/money/picos.ts';

/** The exact decimal text of a result as the integer it was made of. */
export function amountOf(text: string): Picos {
  const parsed = parsePicos(text);
  if (!parsed) throw new Error(`"${text}" is no amount`);
  return parsed.picos;
}
