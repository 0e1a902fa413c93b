import { describe, expect, it } from 'vitest';
import type { BillPlan } from '../../../src/app/results/plan.ts';
import { readPlanState, writePlanState } from './plan-state.ts';
import { percentText, viewFall } from './plan-view.ts';

it.each([
  '',
  '?spot=no&quality=safe&committed=20&without=spot%2Fpool+a&without=share',
  '?from=2026-10&committed=0&open=pack%2Fpool+b',
  '?growth=3%25&open=share',
  '?growth=history',
])('%s is read and written back', (search) => {
  expect(writePlanState(readPlanState(search))).toBe(search);
});

it.each(['?committed=', '?committed=120', '?committed=many'])('%s is no limit', (search) => {
  expect(readPlanState(search).maxCommitted).toBeNull();
});

it.each(['?growth=', '?growth=fast', '?growth=80%25', '?growth=0.03'])('%s is no growth', (search) => {
  expect(readPlanState(search).growth).toBeNull();
});

describe('a step of the waterfall', () => {
  it.each([
    { name: 'comes second', plan: '400', inPlanSaving: '100', billAfter: '600', before: 0.75, saved: 0.25 },
    { name: 'comes first', plan: '400', inPlanSaving: '300', billAfter: '700', before: 0, saved: 0.75 },
    {
      name: 'is of a plan that saves nothing',
      plan: '0',
      inPlanSaving: '0',
      billAfter: '1000',
      before: 0,
      saved: 0,
    },
  ])('$name', ({ plan: expected, inPlanSaving, billAfter, before, saved }) => {
    const plan = { bill: { total: '1000' }, planSaving: { expected } } as BillPlan;
    expect(viewFall(plan, { inPlanSaving, billAfter })).toEqual({ before, saved });
  });
});

it('says what is unknown', () => {
  expect([percentText(12.34), percentText(null)]).toEqual(['12.3\u00a0%', '–']);
});
