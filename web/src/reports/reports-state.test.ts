import { describe, expect, it, test } from 'vitest';
import {
  documentPath,
  exportCommand,
  type ReportsState,
  readReportsState,
  writeReportsState,
} from './reports-state.ts';

const BOARD: ReportsState = { kind: 'board', month: null, team: null, by: 'team' };

test.each<[string, ReportsState, string | null, string]>([
  ['', BOARD, '/api/v1/documents/board?format=pdf', 'tare export board --out board.pdf'],
  [
    '?month=2026-10',
    { ...BOARD, month: '2026-10' },
    '/api/v1/documents/board?format=pdf&from=2026-10',
    'tare export board --from 2026-10 --out board.pdf',
  ],
  [
    '?kind=showback',
    { ...BOARD, kind: 'showback' },
    null,
    'tare export showback --team TEAM --out showback.pdf',
  ],
  [
    "?kind=showback&team=Bob's",
    { ...BOARD, kind: 'showback', team: "Bob's" },
    '/api/v1/documents/showback?format=pdf&team=Bob%27s',
    `tare export showback --team 'Bob'\\''s' --out showback.pdf`,
  ],
  [
    '?kind=chargeback&by=model',
    { ...BOARD, kind: 'chargeback', by: 'model' },
    '/api/v1/documents/chargeback?format=pdf&by=model',
    'tare export chargeback --by model --out chargeback.pdf',
  ],
])('%s', (search, state, path, command) => {
  expect(readReportsState(search)).toEqual(state);
  expect(decodeURIComponent(writeReportsState(state))).toBe(search);
  expect(documentPath(state, 'pdf')).toBe(path);
  expect(exportCommand(state)).toBe(command);
});

describe('what is written by hand', () => {
  it('is read as far as it means something', () => {
    expect(readReportsState('?kind=novel&month=October&by=moon')).toEqual(BOARD);
    expect(writeReportsState({ ...BOARD, team: 'search', by: 'model' })).toBe('');
  });
});
