import { describe, expect, test } from 'vitest';
import { parseExpression } from '../expression/parse-expression.ts';
import { EXPRESSION_NAMES } from '../policy.ts';
import { celOfExpression } from './cel-of-expression.ts';

const OWNERS = {
  team: ['label:team', 'namespace'],
  model: ['mlflow:experiment'],
  environment: ['label:env'],
};

function celOf(source: string) {
  const parsed = parseExpression(source, Object.keys(EXPRESSION_NAMES));
  if (parsed.kind !== 'expression') throw new Error(parsed.mistake.message);
  return celOfExpression(parsed.expression, OWNERS);
}

describe('an expression in CEL', () => {
  test.each([
    ['gpus > 4', '(double(variables.gpus * variables.copies) > 4.0)'],
    // What is unknown is neither true nor false.
    ["region == 'eu'", `(variables.region != '' && variables.region == "eu")`],
    ["region != 'eu'", `(variables.region != '' && !(variables.region == "eu"))`],
    ['region == null', `!(variables.region != '')`],
    ["not (kind == 'batch' and isSpot)", '((!(variables.kind == "batch")) || !variables.isSpot)'],
    [
      "team in ['a', null]",
      `((variables.owner_team != '' && variables.owner_team == "a") || (variables.owner_team != '' && false && variables.owner_team == ''))`,
    ],
    [
      'limitHours / nodes > 1',
      '((size(variables.limits) > 0 && double(variables.nodes) != 0.0) && ((variables.limits.min() / 3600.0) / double(variables.nodes)) > 1.0)',
    ],
    ["model == 'x'", `(false && '' == "x")`],
    ['null', 'false'],
  ])('%s', (source, isTrue) => {
    expect(celOf(source)).toMatchObject({ isTrue });
  });

  test.each([
    ['costPerRun > 5', 'costPerRun takes prices'],
    ["'H100' in gpuModels", 'gpuModels takes the catalogue'],
    ['isAutoscaled', 'isAutoscaled takes an autoscaler, which is another object'],
    ['gpus + name == 3', 'a text stands where a number is expected'],
    ['gpus', 'a number stands where something true or false is expected'],
    ['gpus % 2 == 0', 'CEL has no remainder of numbers with a point'],
    ['label(name) == "x"', 'label() is given something that is computed'],
  ])('%s is left to tare check', (source, why) => {
    expect(celOf(source)).toEqual({ why });
  });
});
