import type { IntegerProgramme } from '../../ports/integer-solver.ts';

/** Terms to a line: the format limits how long a line may be. */
const TERMS_PER_LINE = 8;

/** A programme in the CPLEX LP format, with variables `x0`, `x1`, … and rules `r0`, `r1`, …. */
export function toLpText({ variables, rules }: IntegerProgramme): string {
  const objective = variables.map(({ cost }, variable) => ({ variable, factor: cost }));
  return [
    'Minimize',
    ` obj: ${sumText(objective)}`,
    'Subject To',
    ...rules.map(
      ({ terms, relation, bound }, index) => ` r${index}: ${sumText(terms)} ${relation} ${numberText(bound)}`,
    ),
    'Bounds',
    ...variables.map(({ most }, index) =>
      most === null ? ` x${index} >= 0` : ` 0 <= x${index} <= ${numberText(most)}`,
    ),
    'General',
    ...variables.flatMap(({ isWhole }, index) => (isWhole ? [` x${index}`] : [])),
    'End',
    '',
  ].join('\n');
}

function sumText(terms: readonly Readonly<{ variable: number; factor: number }>[]): string {
  return terms
    .map(({ variable, factor }, index) => {
      const lineBreak = index > 0 && index % TERMS_PER_LINE === 0 ? '\n  ' : '';
      return `${lineBreak}${factor < 0 ? '-' : '+'} ${numberText(Math.abs(factor))} x${variable}`;
    })
    .join(' ');
}

function numberText(value: number): string {
  return String(value);
}
