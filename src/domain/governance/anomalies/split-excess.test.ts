import fc from 'fast-check';
import { expect, it, test } from 'vitest';
import { PICOS_PER_UNIT } from '../../money/picos.ts';
import { TICKS_PER_GPU_HOUR } from '../../units/gpu-time.ts';
import { CAUSES, type Measure, mainCause, type ResourceUse, splitExcess } from './split-excess.ts';

const whole = (amount: number) => BigInt(amount) * PICOS_PER_UNIT;

/** `hours` at `price`, of which `productive` worked. */
function use(
  resource: string,
  hours: number,
  price: number,
  productive: number,
  unobserved = 0,
): ResourceUse {
  return {
    resource,
    ticks: BigInt(hours) * TICKS_PER_GPU_HOUR,
    productiveTicks: BigInt(productive) * TICKS_PER_GPU_HOUR,
    unobservedTicks: BigInt(unobserved) * TICKS_PER_GPU_HOUR,
    costPicos: whole(hours * price),
    tarePicos: whole((hours - productive) * price),
  };
}

const USUAL = { resources: [use('h100', 100, 4, 50), use('l4', 100, 1, 50)], chargesPicos: whole(100) };
const EXPECTED = whole(600);

const nothing = { price: 0n, volume: 0n, mix: 0n, utilisation: 0n, newResource: 0n, charges: 0n };

test.each([
  ['nothing', [use('h100', 100, 4, 50), use('l4', 100, 1, 50)], 100, {}],
  ['a dearer hour', [use('h100', 100, 5, 50), use('l4', 100, 1, 50)], 100, { price: whole(100) }],
  ['twice the work', [use('h100', 200, 4, 100), use('l4', 200, 1, 100)], 100, { volume: whole(500) }],
  [
    'twice the time for the same work',
    [use('h100', 200, 4, 50), use('l4', 200, 1, 50)],
    100,
    { utilisation: whole(500) },
  ],
  ['the dear one instead', [use('h100', 200, 4, 100)], 100, { mix: whole(300) }],
  [
    'another kind',
    [use('h100', 100, 4, 50), use('l4', 100, 1, 50), use('b200', 10, 6, 0)],
    100,
    { newResource: whole(60) },
  ],
  ['storage', [use('h100', 100, 4, 50), use('l4', 100, 1, 50)], 180, { charges: whole(80) }],
  [
    'more time, most of it not observed',
    [use('h100', 200, 4, 10, 150), use('l4', 200, 1, 10, 150)],
    100,
    { volume: whole(500) },
  ],
])('more cost by %s', (_, resources, charges, causes) => {
  const found = splitExcess('cost', { resources, chargesPicos: whole(charges) }, USUAL, EXPECTED);
  expect(found).toEqual({ ...nothing, ...causes });
});

test.each([
  [
    'less work in the same time',
    [use('h100', 100, 4, 25), use('l4', 100, 1, 50)],
    { utilisation: whole(100) },
  ],
  [
    'more time, as wasted as ever',
    [use('h100', 200, 4, 100), use('l4', 200, 1, 100)],
    { volume: whole(250) },
  ],
  ['a dearer hour', [use('h100', 100, 5, 50), use('l4', 100, 1, 50)], { price: whole(50) }],
])('more tare by %s', (_, resources, causes) => {
  const found = splitExcess('tare', { resources, chargesPicos: 0n }, USUAL, whole(250));
  expect(found).toEqual({ ...nothing, ...causes });
});

it('of a unit cost, more time for the same requests is utilisation', () => {
  const found = splitExcess(
    'unitCost',
    { resources: [use('h100', 200, 4, 100), use('l4', 200, 1, 100)], chargesPicos: whole(100) },
    USUAL,
    EXPECTED,
  );
  expect(found).toEqual({ ...nothing, utilisation: whole(500) });
});

it('scales what was usual to what is expected', () => {
  // The reference weeks hold twice the hours: nothing is out of the ordinary.
  const twice = { resources: [use('h100', 200, 4, 100), use('l4', 200, 1, 100)], chargesPicos: whole(200) };
  expect(splitExcess('cost', USUAL, twice, EXPECTED)).toEqual(nothing);
});

it('where nothing was expected of what was there at other hours, all of it is volume', () => {
  const found = splitExcess(
    'cost',
    { resources: [use('h100', 10, 4, 5), use('l4', 10, 1, 5)], chargesPicos: 0n },
    USUAL,
    0n,
  );
  expect(found).toEqual({ ...nothing, volume: whole(50) });
});

it('without anything usual, all of it is new', () => {
  const found = splitExcess('cost', USUAL, { resources: [], chargesPicos: 0n }, 0n);
  expect(found).toEqual({ ...nothing, newResource: whole(500), charges: whole(100) });
  expect(mainCause(found)).toBe('newResource');
});

it('adds up to the excess, to the last digit', () => {
  const amount = fc.bigInt({ min: 0n, max: 10n ** 18n });
  const anyUse = fc
    .record({
      resource: fc.constantFrom('a', 'b', 'c', 'd'),
      ticks: fc.bigInt({ min: 1n, max: 10n ** 15n }),
      productive: fc.nat(100),
      unobserved: fc.nat(100),
      costPicos: amount,
      tare: fc.nat(100),
    })
    .map(({ productive, unobserved, tare, ...rest }) => ({
      ...rest,
      productiveTicks: (rest.ticks * BigInt(productive)) / 100n,
      unobservedTicks: (rest.ticks * BigInt(unobserved)) / 100n,
      tarePicos: (rest.costPicos * BigInt(tare)) / 100n,
    }));
  const uses = fc.record({
    resources: fc.uniqueArray(anyUse, { selector: ({ resource }) => resource, maxLength: 4 }),
    chargesPicos: amount,
  });
  const measure = fc.constantFrom<Measure>('cost', 'tare', 'unitCost');
  fc.assert(
    fc.property(measure, uses, uses, amount, (of, actual, usual, expected) => {
      const byCause = splitExcess(of, actual, usual, expected);
      const total = actual.resources.reduce(
        (sum, one) => sum + (of === 'tare' ? one.tarePicos : one.costPicos),
        of === 'tare' ? 0n : actual.chargesPicos,
      );
      expect(CAUSES.reduce((sum, cause) => sum + byCause[cause], 0n)).toBe(total - expected);
    }),
  );
});
