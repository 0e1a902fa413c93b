import { Command, CommanderError } from 'commander';
import { TareError } from '../../app/errors.ts';
import type { SimulationResult, SimulationTable } from '../../app/results/simulation.ts';
import type { Progress } from '../../app/tare.ts';
import { renderCsv } from '../../reports/csv.ts';
import { printCells } from '../../reports/print-cells.ts';
import type { TableModel } from '../../reports/table-model.ts';
import type { CommandContext } from '../command-context.ts';
import { addSimulate } from '../simulate-program.ts';

const REJECTED = /^rejected {2}/;

/** Runs `tare simulate …` in this thread, and returns what it would have printed as figures, as tables and as CSV. */
export async function runSimulation(words: readonly string[], progress: Progress): Promise<SimulationResult> {
  const notes: string[] = [];
  let found: Readonly<{ figures: SimulationResult['figures']; tables: readonly TableModel[] }> | undefined;
  const context = quietContext(
    progress,
    (text) => notes.push(text),
    ({ result, tables }) => {
      found = { figures: result, tables };
    },
  );
  const program = new Command().name('tare');
  addSimulate(program, async (_, action) => void (await action(context)));
  visit(program, (command) => command.exitOverride().configureOutput({ writeErr: () => {} }));
  await parse(program, words);
  const { figures, tables } = found!;
  return {
    figures,
    tables: tables.map(tableOf),
    csv: renderCsv(tables[0]!),
    rejects: notes.filter((text) => REJECTED.test(text)).map((text) => text.replace(REJECTED, '')),
  };
}

type Taken = Readonly<{ result: SimulationResult['figures']; tables: readonly TableModel[] }>;

/** Nobody types and nobody reads here: a thread is stopped from outside, and what is said is collected. */
function quietContext(
  progress: Progress,
  note: (text: string) => void,
  take: (answer: Taken) => void,
): CommandContext {
  const { signal } = new AbortController();
  return {
    terminal: {
      write: () => {},
      note,
      fail: note,
      isStdoutTerminal: false,
      isStderrTerminal: false,
      width: 100,
      isAscii: false,
      isQuiet: false,
      hasColor: false,
      style: (_, text) => text,
    },
    interruption: { signal: () => signal, exitCode: () => 0, release: () => {} },
    progressLine: { progress, end: () => {} },
    directory: process.cwd(),
    environment: {},
    nowMs: () => Date.now(),
    keepAnswer: (answer) => {
      if (answer.name === 'simulation') take(answer as Taken);
    },
  };
}

async function parse(program: Command, words: readonly string[]): Promise<void> {
  try {
    await program.parseAsync(['simulate', ...words], { from: 'user' });
  } catch (thrown) {
    if (!(thrown instanceof CommanderError)) throw thrown;
    const [message = ''] = thrown.message.replace(/^error: /, '').split('\n');
    throw new TareError('usage', message, `see tare simulate ${words[0]} --help`, thrown);
  }
}

function visit(command: Command, change: (command: Command) => void): void {
  change(command);
  for (const child of command.commands) visit(child, change);
}

function tableOf(model: TableModel): SimulationTable {
  const columns = model.columns.filter(({ isExportOnly }) => !isExportOnly);
  const printed = printCells(model);
  const cells = (row: Readonly<Record<string, string>>) => columns.map(({ name }) => row[name] ?? '');
  return {
    title: model.title,
    headline: model.headline,
    columns: columns.map(({ name, title, kind }) => ({ name, title, isNumber: kind !== 'text' })),
    rows: printed.rows.map(cells),
    values: model.rows.map((row) => columns.map(({ name }) => row[name]?.value ?? null)),
    total: printed.total && cells(printed.total),
    footnotes: model.footnotes
      .map((note) => (typeof note === 'string' ? note : note(printed)))
      .filter((text) => text !== ''),
  };
}
