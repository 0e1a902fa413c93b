import { Command, InvalidArgumentError, type Option } from 'commander';
import { BadFieldsError, type FieldProblem } from '../../app/bad-fields-error.ts';
import type { TareError } from '../../app/errors.ts';
import type { SimulatorField, SimulatorForm } from '../../app/results/simulation.ts';
import type { ReadSimulation, SimulationRequest } from '../../app/simulations/simulations.ts';
import * as parsers from '../flag-values.ts';
import { addSimulate } from '../simulate-program.ts';
import { type FieldTexts, type FileTexts, SIMULATOR_TEXTS, type SimulatorTexts } from './simulator-texts.ts';

/**
 * The simulators as forms. A form has no rules of its own: help, choices, defaults and checks are those of the flags, so that what a
 * form takes is what the command takes.
 */
export function simulatorForms(): readonly SimulatorForm[] {
  return SIMULATOR_TEXTS.map((texts) => formOf(texts, optionsOf(texts.name)));
}

/** Where a file lies: two files may have one name. */
export type PathOf = (name: string, fileName: string) => string;

/** The words behind `tare simulate` that a request stands for, once all of it is checked. */
export function readSimulation(pathOf: PathOf = (_, fileName) => fileName): ReadSimulation {
  return (request) => {
    const form = simulatorForms().find(({ name }) => name === request.simulator);
    if (!form) throw unknownSimulator(request.simulator);
    const options = optionsOf(form.name);
    const problems = [...fileProblems(form, request), ...fieldProblems(form, options, request)];
    if (problems.length > 0) throw new BadFieldsError(problems, 'correct the fields that are named');
    const files = Object.entries(request.files).map(([name, { fileName }]) => [
      options.get(name)!.long!,
      pathOf(name, fileName),
    ]);
    return [form.name, ...files.flat(), ...fieldWords(form, options, request)];
  };
}

type Options = ReadonlyMap<string, Option>;

function optionsOf(simulator: string): Options {
  const program = new Command();
  addSimulate(program, async () => {});
  const command = program.commands[0]!.commands.find((one) => one.name() === simulator)!;
  return new Map(command.options.map((option) => [camelCase(option.long!.slice(2)), option]));
}

function camelCase(flag: string): string {
  return flag.replace(/-(\w)/g, (_, letter: string) => letter.toUpperCase());
}

function formOf(texts: SimulatorTexts, options: Options): SimulatorForm {
  const { name, title, question, files, groups, history } = texts;
  return {
    name,
    title,
    question,
    files: files.map((file) => fileOf(file, options.get(camelCase(file.flag))!)),
    fields: Object.entries(groups).flatMap(([group, fields]) =>
      Object.entries(fields).map(([flag, field]) =>
        fieldOf(flag, field, group, options.get(camelCase(flag))!),
      ),
    ),
    history,
  };
}

function fileOf(
  { flag, label, columns, example }: FileTexts,
  option: Option,
): SimulatorForm['files'][number] {
  return {
    name: camelCase(flag),
    label,
    help: sentence(option.description),
    isRequired: option.mandatory,
    format: columns === null ? 'json' : 'table',
    columns: (columns ?? []).map(({ name, isRequired, meaning }) => ({ name, isRequired, meaning })),
    example,
  };
}

const NUMBERS: readonly unknown[] = [
  parsers.parseCount,
  parsers.parseCountAboveZero,
  parsers.parseAmount,
  parsers.parsePositive,
  parsers.parseMoney,
];

function fieldOf(flag: string, texts: FieldTexts, group: string, option: Option): SimulatorField {
  const { label, unit = null, initial, most = null } = texts;
  return {
    name: camelCase(flag),
    label,
    unit,
    help: texts.help ?? sentence(option.description),
    kind: kindOf(option),
    choices: option.argChoices ?? [],
    initial: initial ?? initialOf(option),
    isRequired: option.mandatory,
    most,
    group,
  };
}

function kindOf(option: Option): SimulatorField['kind'] {
  if (option.isBoolean()) return 'switch';
  if (option.argChoices) return 'choice';
  return NUMBERS.includes(option.parseArg) ? 'number' : 'text';
}

function initialOf({ defaultValue }: Option): string {
  if (Array.isArray(defaultValue)) return defaultValue.join(',');
  return typeof defaultValue === 'string' || typeof defaultValue === 'number' ? String(defaultValue) : '';
}

/** Flags are described in a phrase that begins small, and name others by their dashes. */
function sentence(phrase: string): string {
  const text = phrase.replace(/ \(default: [^)]*\)/, '');
  return `${text.charAt(0).toUpperCase()}${text.slice(1)}.`;
}

function fileProblems(form: SimulatorForm, { files }: SimulationRequest): FieldProblem[] {
  const known = form.files.map(({ name }) => name);
  return [
    ...form.files
      .filter(({ name, isRequired }) => isRequired && files[name] === undefined)
      .map(({ name, label }) => ({
        field: name,
        message: `"${label}" is needed; give a file, or paste its rows`,
      })),
    ...Object.keys(files)
      .filter((name) => !known.includes(name))
      .map((field) => ({ field, message: `${form.name} reads no such file; it reads ${known.join(', ')}` })),
    ...Object.entries(files).flatMap(([field, { fileName, text }]) => {
      if (!/^[\w][\w .()+-]{0,120}$/.test(fileName))
        return [{ field, message: `\`${fileName}\` is no plain name of a file` }];
      return text.trim() === '' ? [{ field, message: 'the file is empty' }] : [];
    }),
  ];
}

function fieldProblems(
  form: SimulatorForm,
  options: Options,
  { parameters }: SimulationRequest,
): FieldProblem[] {
  const known = new Map(form.fields.map((field) => [field.name, field]));
  return [
    ...form.fields
      .filter(({ name, isRequired }) => isRequired && isBlank(parameters[name]))
      .map(({ name, label }) => ({ field: name, message: `"${label}" is needed` })),
    ...Object.entries(parameters).flatMap(([name, value]) => {
      const field = known.get(name);
      if (!field) return [{ field: name, message: `${form.name} has no such parameter` }];
      const message = isBlank(value) ? null : messageFor(field, options.get(name)!, value);
      return message === null ? [] : [{ field: name, message }];
    }),
  ];
}

function isBlank(value: string | boolean | undefined): boolean {
  return value === undefined || value === false || (typeof value === 'string' && value.trim() === '');
}

function messageFor(field: SimulatorField, option: Option, value: string | boolean): string | null {
  if (field.kind === 'switch') return value === true ? null : 'is on or off: send true or false';
  if (value === true) return 'needs a value';
  try {
    return tooLarge(field, parsedText(field.name, option, String(value)));
  } catch (thrown) {
    if (thrown instanceof InvalidArgumentError) return thrown.message;
    throw thrown;
  }
}

function parsedText(name: string, option: Option, text: string): unknown {
  if (name === 'map')
    return mapWords(text).reduce<unknown>((earlier, word) => option.parseArg!(word, earlier as never), {});
  return option.parseArg ? option.parseArg(text.trim(), option.defaultValue as never) : text;
}

function tooLarge({ most }: SimulatorField, parsed: unknown): string | null {
  if (most === null) return null;
  if (Array.isArray(parsed)) return parsed.length > most ? `at most ${most} of them` : null;
  return Number(parsed) > most
    ? `at most ${most.toLocaleString('en-US')} here; the command line has no such limit`
    : null;
}

function mapWords(text: string): string[] {
  return text.split(',').map((word) => word.trim());
}

function fieldWords(form: SimulatorForm, options: Options, { parameters }: SimulationRequest): string[] {
  return form.fields.flatMap(({ name, kind }) => {
    const value = parameters[name];
    const flag = options.get(name)!.long!;
    if (isBlank(value)) return [];
    if (kind === 'switch') return [flag];
    const text = String(value).trim();
    return name === 'map' ? mapWords(text).flatMap((word) => [flag, word]) : [flag, text];
  });
}

function unknownSimulator(name: string): TareError {
  const names = SIMULATOR_TEXTS.map((texts) => texts.name);
  return new BadFieldsError(
    [{ field: 'simulator', message: `there is no simulator "${name}"` }],
    `choose one of ${names.join(', ')}`,
  );
}
