import { expect, it } from 'vitest';
import { createHighsSolver } from './create-highs-solver.ts';
import { toLpText } from './to-lp-text.ts';

/** Three coins of 2 and one of 5 make 11; most in coins that weigh little. */
const coins = {
  variables: [
    { cost: 3, isWhole: true, most: 4 },
    { cost: 5.5, isWhole: true, most: null },
    { cost: 100, isWhole: false, most: null },
  ],
  rules: [
    {
      terms: [
        { variable: 0, factor: 2 },
        { variable: 1, factor: 5 },
        { variable: 2, factor: 1 },
      ],
      relation: '=' as const,
      bound: 11,
    },
    { terms: [{ variable: 1, factor: 1 }], relation: '<=' as const, bound: 2 },
  ],
};

it('writes a programme as text', () => {
  expect(toLpText(coins)).toMatchInlineSnapshot(`
    "Minimize
     obj: + 3 x0 + 5.5 x1 + 100 x2
    Subject To
     r0: + 2 x0 + 5 x1 + 1 x2 = 11
     r1: + 1 x1 <= 2
    Bounds
     0 <= x0 <= 4
     x1 >= 0
     x2 >= 0
    General
     x0
     x1
    End
    "
  `);
});

it('is solved to the optimum', async () => {
  expect(await createHighsSolver().solve(coins)).toEqual({ kind: 'optimal', values: [3, 1, 0] });
});

it('says when nothing solves it', async () => {
  const rules = [{ terms: [{ variable: 0, factor: 1 }], relation: '=' as const, bound: 5 }];
  expect(await createHighsSolver().solve({ ...coins, rules })).toEqual({ kind: 'infeasible' });
});
