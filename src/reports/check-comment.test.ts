import { describe, expect, it } from 'vitest';
import type { CheckReport } from '../app/results/check.ts';
import { checkComment } from './check-comment.ts';

const change = {
  file: 'a.yaml',
  line: 1,
  name: 'serve',
  change: 'changed' as const,
  before: { size: '4 × L4', cost: '10.00' },
  after: { size: '8 × L4', cost: '20.00' },
  per: 'month' as const,
  difference: '10.00',
};

function report(given: Partial<CheckReport> = {}): CheckReport {
  return {
    currency: 'USD',
    files: 1,
    base: { reference: 'main', commit: 'abc' },
    violations: [],
    launches: [],
    changes: [],
    unreadable: [],
    passed: ['a', 'b'],
    budgets: null,
    warnings: [],
    ...given,
  };
}

const headline = (given: Partial<CheckReport>) => checkComment(report(given), 'check').split('\n')[2];

describe('the comment', () => {
  it('is empty when nothing changed, and not without a base', () => {
    expect(checkComment(report(), 'check')).toBe('');
    expect(checkComment(report({ base: null }), 'check')).toContain('0 launches, priced before they happen');
  });

  it.each([
    [{ changes: [change] }, '**GPU cost will rise by $10.00 a month**'],
    [{ changes: [{ ...change, difference: '-10.00' }] }, '**GPU cost will fall by $10.00 a month**'],
    [{ changes: [{ ...change, difference: '0.00' }] }, '**GPU cost stays the same**'],
    [
      { changes: [change, { ...change, difference: null }] },
      '**GPU cost will rise by $10.00 a month; 1 change could not be priced**',
    ],
  ])('says it first: %#', (given, expected) => {
    expect(headline(given)).toBe(expected);
  });

  it('takes no markup from names', () => {
    const comment = checkComment(
      report({ changes: [{ ...change, name: '<img src=x> | **@everyone** `x`' }] }),
      'check',
    );
    expect(comment).toContain('\\<img src=x\\> \\| \\*\\*@\u200beveryone\\*\\* \\`x\\`');
  });

  it('is never longer than a code host takes', () => {
    const violations = Array.from({ length: 500 }, (_, index) => ({
      file: `${'deep/'.repeat(300)}${index}.yaml`,
      line: 1,
      launch: 'x',
      rule: 'max-gpus',
      policy: 'max-gpus',
      severity: 'error' as const,
      message: 'too many'.repeat(100),
      fix: 'ask for fewer',
      estimatedCost: null,
      estimatedCostPer: null,
      isNew: true,
    }));
    const comment = checkComment(report({ violations }), 'check');
    expect(comment.length).toBeLessThanOrEqual(65_536);
    expect(comment).toMatch(/The comment was cut here\.\n$/);
  });
});
