import { describe, expect, it, test } from 'vitest';
import { HOUR_MS } from '../../time/window.ts';
import { type AnomalyJudgement, anomalyId, judgementOf, parseAnomalyId, precisionOf } from './judgement.ts';

const NINE = Date.UTC(2026, 9, 14, 9);
const SEARCH = { measure: 'cost', dimension: 'team', owner: 'search' } as const;

function judgement(given: Partial<AnomalyJudgement>): AnomalyJudgement {
  return {
    ...SEARCH,
    fromMs: NINE,
    toMs: NINE + 5 * HOUR_MS,
    verdict: 'acknowledged',
    note: null,
    by: null,
    atMs: NINE,
    ...given,
  };
}

describe('the id of an anomaly', () => {
  test.each([
    [{ ...SEARCH, fromMs: NINE }, 'cost/team/search@2026-10-14T09'],
    [
      { measure: 'unitCost', dimension: 'endpoint', owner: 'a/b@c', fromMs: NINE } as const,
      'unitCost/endpoint/a/b@c@2026-10-14T09',
    ],
    [
      { measure: 'tare', dimension: 'tag:centre', owner: '', fromMs: NINE } as const,
      'tare/tag:centre/@2026-10-14T09',
    ],
  ])('says whose and when', (subject, id) => {
    expect(anomalyId(subject)).toBe(id);
    expect(parseAnomalyId(id)).toEqual(subject);
  });

  test.each([
    '',
    'cost/team',
    'cost/team/search',
    'price/team/search@2026-10-14T09',
    'cost/team/x@yesterday',
  ])('%j is none', (text) => {
    expect(parseAnomalyId(text)).toBeUndefined();
  });
});

describe('what was said', () => {
  const anomaly = { ...SEARCH, fromMs: NINE, toMs: NINE + 5 * HOUR_MS };

  test.each([
    ['of the same hours', {}, 'acknowledged'],
    ['of a start that has moved', { fromMs: NINE - 2 * HOUR_MS }, 'acknowledged'],
    ['of other hours', { fromMs: NINE - 9 * HOUR_MS, toMs: NINE }, null],
    ['of another owner', { owner: 'ads' }, null],
    ['of another figure', { measure: 'tare' as const }, null],
  ])('%s', (_, given, verdict) => {
    expect(judgementOf(anomaly, [judgement(given)])?.verdict ?? null).toBe(verdict);
  });

  it('last counts', () => {
    const said = [judgement({ verdict: 'falseAlarm', atMs: NINE + 2 }), judgement({ atMs: NINE + 1 })];
    expect(judgementOf(anomaly, said)!.verdict).toBe('falseAlarm');
  });

  it('is the precision', () => {
    const verdicts = ['acknowledged', 'expected', 'acknowledged', 'falseAlarm'] as const;
    expect(precisionOf(verdicts.map((verdict) => ({ verdict })))).toEqual({
      judged: 4,
      acknowledged: 2,
      expected: 1,
      falseAlarms: 1,
      precision: 0.75,
    });
    expect(precisionOf([]).precision).toBeNull();
  });
});
