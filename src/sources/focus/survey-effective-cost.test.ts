import { expect, test } from 'vitest';
import { parsePicos } from '../../domain/money/picos.ts';
import { EffectiveCostSurvey } from './survey-effective-cost.ts';

type Row = readonly [billed: string, effective: string | null, category?: string, commitment?: boolean];

const CASES: readonly Readonly<{ name: string; rows: readonly Row[]; expected: string }>[] = [
  { name: 'nothing to compare', rows: [], expected: 'trusted' },
  {
    name: 'effective as billed',
    rows: [
      ['0.10', '0.10'],
      ['1.624', '1.624'],
    ],
    expected: 'trusted',
  },
  {
    name: 'discounted',
    rows: [
      ['0.10', '0.08'],
      ['1.624', '1.30'],
    ],
    expected: 'trusted',
  },
  {
    name: 'all zero',
    rows: [
      ['0.10', '0'],
      ['1.624', '0.00'],
    ],
    expected: 'zero',
  },
  {
    name: 'rounded to whole units',
    rows: [
      ['0.10', '0'],
      ['1.624', '2.0'],
      ['2.2', '2'],
    ],
    expected: 'rounded',
  },
  {
    name: 'mostly rounded',
    rows: [
      ['0.10', '0'],
      ['1.624', '2'],
      ['2.2', '2.2'],
    ],
    expected: 'rounded',
  },
  {
    name: 'half of them whole',
    rows: [
      ['0.10', '0'],
      ['2.2', '2.2'],
    ],
    expected: 'trusted',
  },
  {
    name: 'whole prices',
    rows: [
      ['12', '10'],
      ['98', '90'],
      ['48', '48'],
    ],
    expected: 'trusted',
  },
  { name: 'a prepaid purchase', rows: [['8760.50', '0', 'Purchase']], expected: 'trusted' },
  { name: 'tax on it', rows: [['12.34', '0', 'Tax']], expected: 'trusted' },
  {
    name: 'usage under a commitment',
    rows: [
      ['0.5', '0', 'Usage', true],
      ['0', '1.5', 'Usage', true],
    ],
    expected: 'trusted',
  },
  { name: 'no EffectiveCost at all', rows: [['0.10', null]], expected: 'trusted' },
  {
    name: 'unbilled rows',
    rows: [
      ['0', '490'],
      ['0', '720'],
    ],
    expected: 'trusted',
  },
];

test.each(CASES)('$name → $expected', ({ rows, expected }) => {
  const survey = new EffectiveCostSurvey();
  for (const [billed, effective, category = 'Usage', hasCommitment = false] of rows) {
    survey.look({
      provider: 'AWS',
      chargeCategory: category,
      hasCommitment,
      billedPicos: parsePicos(billed)!.picos,
      effectivePicos: effective === null ? null : parsePicos(effective)!.picos,
    });
  }
  expect(survey.verdict('AWS')).toBe(expected);
  expect(survey.verdict('Microsoft')).toBe('trusted');
});

test('says what it saw', () => {
  const survey = new EffectiveCostSurvey();
  const row = { provider: 'AWS', chargeCategory: 'Usage', hasCommitment: false, billedPicos: 1n };
  survey.look({ ...row, effectivePicos: 0n });
  survey.look({ ...row, effectivePicos: 2_000_000_000_000n });
  expect(survey.warning('AWS', 7)).toEqual({
    code: 'effective-cost-rounded',
    message:
      'AWS: EffectiveCost is a whole number on 2 of the 2 charges compared with their BilledCost (0 on 1), as if rounded, so the ledger counts BilledCost for AWS',
    count: 7,
  });
});
