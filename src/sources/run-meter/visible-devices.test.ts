import { expect, test } from 'vitest';
import { visibleDevices } from './visible-devices.ts';

const CARDS = [
  { deviceId: 'GPU-1f0a', uuid: 'GPU-1f0a', index: 0, isSlice: false },
  { deviceId: 'GPU-1f9c', uuid: 'GPU-1f9c', index: 1, isSlice: false },
  { deviceId: 'GPU-77:gi2', uuid: 'MIG-5c6e', index: 2, isSlice: true },
  { deviceId: 'GPU-77:gi9', uuid: 'MIG-9d10', index: 2, isSlice: true },
];

test.each([
  ['0', ['GPU-1f0a']],
  ['1,0', ['GPU-1f9c', 'GPU-1f0a']],
  [' 0 , 1 ', ['GPU-1f0a', 'GPU-1f9c']],
  ['0,0', ['GPU-1f0a']],
  ['GPU-1f0a', ['GPU-1f0a']],
  ['gpu-1f9', ['GPU-1f9c']],
  ['MIG-9d10', ['GPU-77:gi9']],
  ['MIG-GPU-77/9/0', ['GPU-77:gi9']],
  ['2', ['GPU-77:gi2']],
  ['GPU-77', ['GPU-77:gi2']],
  ['', []],
  ['-1', []],
  ['NoDevFiles', []],
  ['0,-1,1', ['GPU-1f0a']],
])('%j gives %j', (variable, deviceIds) => {
  expect(visibleDevices(variable, CARDS)).toEqual({ kind: 'set', deviceIds, unknown: null });
});

test.each([
  ['0,9,1', ['GPU-1f0a'], '9'],
  ['GPU-1f', [], 'GPU-1f'],
  ['MIG-none', [], 'MIG-none'],
])('%j ends at the entry that names nothing', (variable, deviceIds, unknown) => {
  expect(visibleDevices(variable, CARDS)).toEqual({ kind: 'set', deviceIds, unknown });
});

test('not set is something else than empty', () => {
  expect(visibleDevices(undefined, CARDS)).toEqual({ kind: 'unset' });
});
