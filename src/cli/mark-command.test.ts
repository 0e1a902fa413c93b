import { expect, test } from 'vitest';
import { markCommand, ownWords } from './mark-command.ts';
import { buildProgram } from './program.ts';

const program = buildProgram({ version: '0', fileKinds: [], run: async () => {} });

test.each([
  ['run python train.py --lr 1', 'run -- python train.py --lr 1'],
  ['run --team a python --team b', 'run --team a -- python --team b'],
  ['run --team=a --quiet python -q', 'run --team=a --quiet -- python -q'],
  ['--store duckdb:x run --json sh -c x', '--store duckdb:x run --json -- sh -c x'],
  ['run --held-only env A=1 x', 'run --held-only -- env A=1 x'],
  ['run -- python --json', 'run -- python --json'],
  ['run --team a -- python', 'run --team a -- python'],
  ['run run', 'run -- run'],
  ['run --help', 'run --help'],
  ['run', 'run'],
  ['run --unknown x', 'run --unknown -- x'],
  ['report ledger --by team', 'report ledger --by team'],
  ['explain run', 'explain run'],
  ['', ''],
])('%s', (given, expected) => {
  const split = (line: string) => line.split(' ').filter((word) => word !== '');
  expect(markCommand(program, split(given))).toEqual(split(expected));
});

test('what is ours ends where the command begins', () => {
  expect(ownWords(['run', '--', 'import', '--help'])).toEqual(['run']);
  expect(ownWords(['import', '--help'])).toEqual(['import', '--help']);
});
