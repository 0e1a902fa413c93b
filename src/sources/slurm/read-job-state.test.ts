import { expect, test } from 'vitest';
import { readRunState } from '../../domain/facts/run-state.ts';
import { readJobState } from './read-job-state.ts';

const SHORT = [
  'PD',
  'R',
  'CF',
  'CG',
  'S',
  'SI',
  'SO',
  'RS',
  'CD',
  'F',
  'BF',
  'LF',
  'RF',
  'NF',
  'OOM',
  'CA',
  'RV',
  'TO',
];
const MORE = ['DL', 'PR', 'RQ', 'RH', 'RD', 'SE'];

test.each([...SHORT, ...MORE])('%s is what tables and trackers mean by it too', (short) => {
  const state = readJobState(short)!;
  expect(readRunState(state.word)).toBe(state.run);
  expect(readJobState(state.word)).toMatchObject({ run: state.run, word: state.word });
});

test('a word that Slurm does not have is no state', () => {
  expect(readJobState('HAPPY')).toBeUndefined();
  expect(readJobState('')).toBeUndefined();
  expect(readJobState('CANCELLED by 1000')).toMatchObject({ run: 'cancelled', detail: 'CANCELLED by 1000' });
});
