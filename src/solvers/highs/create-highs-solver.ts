import type { IntegerProgramme, IntegerSolution, IntegerSolver } from '../../ports/integer-solver.ts';
import { toLpText } from './to-lp-text.ts';

const TIME_LIMIT_SECONDS = 30;

/** HiGHS (MIT), compiled to WebAssembly. Loaded with the first programme: it takes a moment, and most commands need none. */
export function createHighsSolver(): IntegerSolver {
  return {
    name: 'HiGHS 1.15.3',
    async solve(programme) {
      const { default: module } = await import('highs');
      // Its types describe CommonJS, where the loader would be one level down.
      const highs = await (module as unknown as typeof module.default)();
      const solution = highs.solve(toLpText(programme), {
        // Without this HiGHS calls a solution optimal that may be 0.01 % off.
        mip_rel_gap: 0,
        time_limit: TIME_LIMIT_SECONDS,
        output_flag: false,
      });
      return toSolution(programme, solution);
    },
  };
}

type HighsAnswer = Readonly<{
  Status: string;
  Columns: Readonly<Record<string, object>>;
}>;

function toSolution(programme: IntegerProgramme, { Status, Columns }: HighsAnswer): IntegerSolution {
  if (Status === 'Infeasible') return { kind: 'infeasible' };
  if (Status === 'Optimal') return { kind: 'optimal', values: valuesOf(programme, Columns)! };
  if (Status === 'Time limit reached') return { kind: 'stopped', values: valuesOf(programme, Columns) };
  throw new Error(`HiGHS ended with "${Status}"`);
}

function valuesOf(programme: IntegerProgramme, columns: HighsAnswer['Columns']): readonly number[] | null {
  const values = programme.variables.map(({ isWhole }, index) => {
    const column = columns[`x${index}`] ?? {};
    const value = 'Primal' in column ? (column.Primal as number) : Number.NaN;
    return isWhole ? Math.round(value) : value;
  });
  return values.some((value) => Number.isNaN(value)) ? null : values;
}
