import { expect, test } from 'vitest';
import type { ActionLog } from '../../../src/app/results/actions.ts';
import { readActionsState, writeActionsState } from './actions-state.ts';
import { decisionOf, reasonText, tryCommand, undoCommand } from './actions-view.ts';

test.each([
  ['', { hours: 2, uncheckedOnly: false }],
  ['?hours=24', { hours: 24, uncheckedOnly: false }],
  ['?hours=6&unchecked=only', { hours: 6, uncheckedOnly: true }],
] as const)('%s is read and written back', (search, state) => {
  expect(readActionsState(search)).toEqual(state);
  expect(writeActionsState(state)).toBe(search);
});

test('hours that are not offered are the default', () => {
  expect(readActionsState('?hours=5')).toEqual({ hours: 2, uncheckedOnly: false });
});

type LogRow = ActionLog['rows'][number];

test.each<[Partial<LogRow>, string | null]>([
  [{ state: 'done', undo: { spec: {} } }, 'tare act undo act-1 --kubeconfig ~/.kube/config'],
  [{ state: 'done', undo: null }, null],
  [{ state: 'undone', undo: { spec: {} } }, null],
  [{ state: 'failed', undo: { spec: {} } }, null],
])('%j is taken back by %s', (row, command) => {
  expect(undoCommand({ id: 'act-1', ...row } as LogRow)).toBe(command);
});

test('names are quoted for a shell, and unknown words are said as they are', () => {
  expect(tryCommand({ target: "ada's box" })).toBe(
    `tare act --kubeconfig ~/.kube/config --only 'ada'\\''s box'`,
  );
  expect(decisionOf('put_off').text).toBe('put off');
  expect(reasonText('late')).toBe('the review came too slowly');
});
