import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Command } from 'commander';
import { afterAll, beforeAll, describe, expect, it, test } from 'vitest';
import { BadFieldsError, type FieldProblem } from '../../app/bad-fields-error.ts';
import type { SimulatorForm } from '../../app/results/simulation.ts';
import type { SimulationRequest } from '../../app/simulations/simulations.ts';
import { HISTORY_SIMULATORS } from '../../app/tare.ts';
import { addSimulate } from '../simulate-program.ts';
import { runSimulation } from './run-simulation.ts';
import { readSimulation, simulatorForms } from './simulator-forms.ts';
import { LEFT_OUT } from './simulator-texts.ts';

const FORMS = simulatorForms();
const NO_REQUEST = { parameters: {}, files: {}, history: null };

/** What a form sends when nobody changes it. */
function untouched(form: SimulatorForm): SimulationRequest {
  const filled = form.fields.filter(({ initial }) => initial !== '');
  const needed = form.files.filter(({ isRequired }) => isRequired);
  return {
    simulator: form.name,
    parameters: Object.fromEntries(
      filled.map(({ name, kind, initial }) => [name, kind === 'switch' ? true : initial]),
    ),
    files: Object.fromEntries(
      // Autoscaling and the others need theirs; batching draws its requests.
      needed.map(({ name, format, example }) => [
        name,
        { fileName: `${name}.${format === 'json' ? 'json' : 'csv'}`, text: example },
      ]),
    ),
    history: null,
  };
}

describe('forms', () => {
  it('are there for every simulator of the command line, with all of its flags', () => {
    const program = new Command();
    addSimulate(program, async () => {});
    const { commands } = program.commands[0]!;
    expect(FORMS.map(({ name }) => name).sort()).toEqual(commands.map((command) => command.name()).sort());
    for (const command of commands) {
      const form = FORMS.find(({ name }) => name === command.name())!;
      const shown = [...form.fields, ...form.files].map(({ name }) => name);
      const flags = command.options
        .map(({ long }) => long!.slice(2))
        .filter((flag) => !LEFT_OUT.includes(flag));
      expect(shown.toSorted()).toEqual(
        flags.map((flag) => flag.replace(/-(\w)/g, (_, letter) => letter.toUpperCase())).sort(),
      );
    }
  });

  it('say what each field is for', () => {
    for (const { name, help, label } of FORMS.flatMap(({ fields, files }) => [...fields, ...files])) {
      expect([name, help.length > 8, label.length > 3]).toEqual([name, true, true]);
    }
  });

  it('offer history where the application has it, in the place of files that they have', () => {
    const withHistory = FORMS.filter(({ history }) => history !== null);
    expect(withHistory.map(({ name }) => name).sort()).toEqual([...HISTORY_SIMULATORS].sort());
    for (const { history, files } of withHistory)
      expect(files.map(({ name }) => name)).toEqual(expect.arrayContaining([...history!.files]));
  });
});

describe('as they are', () => {
  let directory: string;
  beforeAll(() => {
    directory = mkdtempSync(join(tmpdir(), 'tare-forms-'));
  });
  afterAll(() => rmSync(directory, { recursive: true }));

  test.each(FORMS.map((form) => [form.name, form] as const))(
    '%s runs, with its examples',
    async (_, form) => {
      const request = untouched(form);
      for (const { fileName, text } of Object.values(request.files))
        writeFileSync(join(directory, fileName), text);
      const words = readSimulation((_, fileName) => join(directory, fileName))(request);
      const { tables, csv, rejects, figures } = await runSimulation(words, () => {});
      expect(rejects).toEqual([]);
      expect(tables[0]!.rows.length).toBeGreaterThan(0);
      expect(csv.split('\r\n').length).toBeGreaterThan(2);
      expect(Object.keys(figures).length).toBeGreaterThan(2);
      for (const { rows, values, columns } of tables) {
        expect(values.length).toBe(rows.length);
        for (const row of [...rows, ...values]) expect(row.length).toBe(columns.length);
      }
    },
  );
});

describe('what is wrong', () => {
  const problemsOf = (request: SimulationRequest): readonly FieldProblem[] => {
    try {
      readSimulation()(request);
      return [];
    } catch (error) {
      if (error instanceof BadFieldsError) return error.fields;
      throw error;
    }
  };
  const batching = (parameters: SimulationRequest['parameters']): SimulationRequest => ({
    ...NO_REQUEST,
    simulator: 'batching',
    parameters,
  });

  it.each([
    [batching({ alphaMs: 'half' }), 'alphaMs', 'write a number, 0 or more.'],
    [batching({ perSecond: '0' }), 'perSecond', 'write a number above 0.'],
    [batching({ requests: '2000001' }), 'requests', 'at most 2,000,000 here'],
    [batching({ preferredBatch: '4,x' }), 'preferredBatch', 'whole number'],
    [batching({ sloPercentile: '42' }), 'sloPercentile', 'Allowed choices are 95, 99'],
    [batching({ banana: '1' }), 'banana', 'no such parameter'],
    [batching({ alphaMs: true }), 'alphaMs', 'needs a value'],
    [batching({ maxRejects: '5' }), 'maxRejects', 'no such parameter'],
    [batching({ map: 'time' }), 'map', 'write column=value.'],
    [{ ...NO_REQUEST, simulator: 'banana' }, 'simulator', 'no simulator "banana"'],
    [{ ...NO_REQUEST, simulator: 'autoscaling' }, 'trace', '"Requests" is needed'],
    [
      { ...NO_REQUEST, simulator: 'packing', parameters: { departures: 'yes' } },
      'departures',
      'is on or off',
    ],
    [
      { ...NO_REQUEST, simulator: 'packing', parameters: { seeds: Array(1_001).fill('1').join(',') } },
      'seeds',
      'at most 1000 of them',
    ],
    [
      { ...batching({}), files: { trace: { fileName: '../../etc/passwd', text: 'a' } } },
      'trace',
      'no plain name',
    ],
    [{ ...batching({}), files: { nodes: { fileName: 'a.csv', text: 'a' } } }, 'nodes', 'reads no such file'],
    [{ ...batching({}), files: { trace: { fileName: 'a.csv', text: ' \n' } } }, 'trace', 'the file is empty'],
  ] as const)('is said beside the field: %j', (request, field, words) => {
    const found = problemsOf(request).find((one) => one.field === field);
    expect(found?.message).toContain(words);
  });

  it('is all said at once', () => {
    const found = problemsOf(batching({ alphaMs: 'x', tauMs: '-1', load: '0' }));
    expect(found.map(({ field }) => field)).toEqual(['alphaMs', 'tauMs', 'load']);
  });

  it('is nothing where fields are blank, and those are left out', () => {
    const words = readSimulation()(
      batching({ alphaMs: ' 0.5 ', tauMs: '6', load: '', map: 'time=t, inputTokens=i' }),
    );
    expect(words).toEqual([
      'batching',
      '--alpha-ms',
      '0.5',
      '--tau-ms',
      '6',
      '--map',
      'time=t',
      '--map',
      'inputTokens=i',
    ]);
  });
});
