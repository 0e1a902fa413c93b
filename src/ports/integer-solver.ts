/** Solves linear programmes with whole numbers to the proven optimum. */
export interface IntegerSolver {
  /** Whose answer it is, for the report: `HiGHS 1.15.3`. */
  readonly name: string;
  solve(programme: IntegerProgramme): Promise<IntegerSolution>;
}

/** Minimise `Σ cost · value` over values from 0 to `most`, so that every rule holds. */
export type IntegerProgramme = Readonly<{
  variables: readonly Readonly<{ cost: number; isWhole: boolean; most: number | null }>[];
  rules: readonly Readonly<{
    terms: readonly Readonly<{ variable: number; factor: number }>[];
    relation: '<=' | '=';
    bound: number;
  }>[];
}>;

export type IntegerSolution =
  | Readonly<{ kind: 'optimal'; values: readonly number[] }>
  | Readonly<{ kind: 'infeasible' }>
  /** The time was over: the best that was found, if anything was, and nobody knows how far from the best there is. */
  | Readonly<{ kind: 'stopped'; values: readonly number[] | null }>;
