import fc from 'fast-check';
import { describe, expect, it, test } from 'vitest';
import { digest } from '../../files/digest.ts';
import { fingerprintRun, type RunInputs } from './run-fingerprint.ts';

const fingerprint = (inputs: RunInputs) => fingerprintRun(inputs, digest);

const known = { codeVersion: '9f2c', data: 'd1', parameters: { lr: '0.1', depth: '12' } };

describe('fingerprintRun', () => {
  it('is the same whatever the order of the parameters', () => {
    fc.assert(
      fc.property(fc.dictionary(fc.string(), fc.string()), (parameters) => {
        const turned = Object.fromEntries(Object.entries(parameters).reverse());
        expect(fingerprint({ ...known, parameters: turned })).toBe(fingerprint({ ...known, parameters }));
      }),
    );
  });

  test.each([
    ['other code', { ...known, codeVersion: '9f2d' }],
    ['other data', { ...known, data: 'd2' }],
    ['another value', { ...known, parameters: { lr: '0.2', depth: '12' } }],
    ['one parameter less', { ...known, parameters: { lr: '0.1' } }],
    ['texts that only look alike when joined', { ...known, parameters: { lr: '0.1,depth:12' } }],
  ])('differs for %s', (_, inputs) => {
    expect(fingerprint(inputs)).toMatch(/^[0-9a-f]{32}$/);
    expect(fingerprint(inputs)).not.toBe(fingerprint(known));
  });

  test.each(['codeVersion', 'data', 'parameters'] as const)('is unknown without %s', (name) => {
    expect(fingerprint({ ...known, [name]: null })).toBeNull();
  });
});
