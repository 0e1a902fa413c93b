import { describe, expect, it } from 'vitest';
import { readChargeDimensions, readFilters, readLedgerDimensions, readWindow } from './read-request.ts';

const NOW = Date.parse('2026-11-05T12:30:00Z');

describe('readWindow', () => {
  it('reads a month', () => {
    expect(readWindow('2026-10', undefined, NOW)).toEqual({
      fromMs: Date.parse('2026-10-01T00:00:00Z'),
      toMs: Date.parse('2026-11-01T00:00:00Z'),
    });
  });

  it.each([
    ['yesterday', undefined, 'from "yesterday"'],
    ['2026-13', undefined, 'from "2026-13"'],
    ['2026-10', '2026-09', 'from "2026-10" to "2026-09"'],
    [undefined, 'x', 'to "x"'],
  ])('refuses %s … %s', (from, to, message) => {
    expect(() => readWindow(from, to, NOW)).toThrow(`${message} is not a window of time`);
  });
});

describe('dimensions', () => {
  it('reads lists and tags', () => {
    expect(readLedgerDimensions('team, gpuModel,tag:cost-centre')).toEqual([
      'team',
      'gpuModel',
      'tag:cost-centre',
    ]);
    expect(readLedgerDimensions('')).toEqual([]);
    expect(readChargeDimensions('service,sku')).toEqual(['service', 'sku']);
  });

  it.each([
    ['teams', 'did you mean team?'],
    ['tag:', 'dimensions: team'],
    ['colour', 'dimensions: team'],
  ])('refuses %s', (text, remedy) => {
    expect(() => readLedgerDimensions(text)).toThrow(
      expect.objectContaining({ code: 'TARE-2003', remedy: expect.stringContaining(remedy) }),
    );
  });

  it('does not mix up the reports', () => {
    expect(() => readChargeDimensions('gpuModel')).toThrow('"gpuModel" is not a dimension of this report');
  });
});

describe('readFilters', () => {
  it('gathers the values of a dimension', () => {
    expect(readFilters(['team=search', 'team=a=b, c', 'model=x'])).toEqual([
      { dimension: 'team', values: ['search', 'a=b, c'] },
      { dimension: 'model', values: ['x'] },
    ]);
  });

  it.each(['team', '=search', ''])('refuses "%s"', (text) => {
    expect(() => readFilters([text])).toThrow(expect.objectContaining({ code: 'TARE-2001' }));
  });
});
