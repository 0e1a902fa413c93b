import { expect, test } from 'vitest';
import { formatMs, msText } from './latency.ts';
import { formatUnitChange, formatUnitMoney } from './unit-money.ts';

test.each([
  [null, '–'],
  ['2.631883', '$2.6319'],
  ['0.000814', '$0.0008'],
  ['9.99999', '$10.0000'],
  ['10.00', '$10.00'],
  ['467.834745', '$467.83'],
  ['-0.437', '−$0.4370'],
])('%s for a unit is %s, as on the command line', (amount, text) => {
  expect(formatUnitMoney(amount, 'USD')).toBe(text);
});

test.each([
  ['0.0037', '+$0.0037'],
  ['-12.345', '−$12.34'],
  ['0.00', '±$0.0000'],
  ['0.000001', '+<$0.0001'],
  ['-0.000001', '−<$0.0001'],
  ['x', '–'],
])('a change of %s is %s', (amount, text) => {
  expect(formatUnitChange(amount, 'USD')).toBe(text);
});

test('latency has three digits', () => {
  expect([msText(null), msText(0.9512), msText(27_222.7)]).toEqual(['–', '0.951', '27,200']);
  expect(formatMs(150.771)).toBe('151\u00a0ms');
});
