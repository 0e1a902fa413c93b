import { z } from 'zod';
import { SIMULATION_STATES } from '../../app/results/simulation.ts';
import { from, to } from './requests.ts';
import { instant } from './results.ts';

/** Of `src/app/results/simulation.ts`; a test holds them to it. */

export const simulatorForms = z
  .array(
    z
      .object({
        name: z.string(),
        title: z.string(),
        question: z.string(),
        files: z.array(
          z.object({
            name: z.string(),
            label: z.string(),
            help: z.string(),
            isRequired: z.boolean(),
            format: z.enum(['table', 'json']),
            columns: z.array(z.object({ name: z.string(), isRequired: z.boolean(), meaning: z.string() })),
            example: z.string(),
          }),
        ),
        fields: z.array(
          z.object({
            name: z.string(),
            label: z.string(),
            unit: z.string().nullable(),
            help: z.string(),
            kind: z.enum(['number', 'text', 'choice', 'switch']),
            choices: z.array(z.string()),
            initial: z.string(),
            isRequired: z.boolean(),
            most: z.number().nullable(),
            group: z.string(),
          }),
        ),
        history: z
          .object({
            about: z.string(),
            isAboutRequired: z.boolean(),
            files: z.array(z.string()),
            help: z.string(),
          })
          .nullable(),
      })
      .meta({ id: 'SimulatorForm' }),
  )
  .meta({ id: 'SimulatorForms' });

export const historyQuery = z.object({ from, to });
export const historyTracesQuery = historyQuery.extend({
  about: z.string().optional().meta({ description: 'An endpoint, GPU model or pool; default: all of them.' }),
});

export const historyChoices = z
  .object({
    simulator: z.string(),
    from: instant,
    to: instant,
    choices: z.array(z.object({ about: z.string(), gpuHours: z.number() })),
  })
  .meta({ id: 'HistoryChoices' });

export const historyTraces = z
  .object({
    simulator: z.string(),
    about: z.string().nullable(),
    from: instant,
    to: instant,
    traces: z.array(z.object({ file: z.string(), fileName: z.string(), rows: z.number(), text: z.string() })),
    notes: z.array(z.string()),
  })
  .meta({ id: 'HistoryTraces' });

export const simulationBody = z
  .strictObject({
    simulator: z.string().meta({ example: 'batching' }),
    parameters: z
      .record(z.string(), z.union([z.string(), z.boolean()]))
      .default({})
      .describe('As texts, by the names that the form has; true for switches.'),
    files: z
      .record(z.string(), z.strictObject({ fileName: z.string(), text: z.string() }))
      .default({})
      .describe('Traces, by the name that the form has; the text of the file.'),
    history: z
      .strictObject({ from: z.string().optional(), to: z.string().optional(), about: z.string().optional() })
      .optional()
      .describe('Replays the ledger of this window in the place of files.'),
  })
  .meta({ id: 'SimulationRequest' });

const problem = z.object({ code: z.string(), title: z.string(), detail: z.string(), remedy: z.string() });

const table = z.object({
  title: z.string().nullable(),
  headline: z.string().nullable(),
  columns: z.array(z.object({ name: z.string(), title: z.string(), isNumber: z.boolean() })),
  rows: z.array(z.array(z.string())),
  values: z.array(z.array(z.union([z.string(), z.number()]).nullable())).describe('With every digit.'),
  total: z.array(z.string()).nullable(),
  footnotes: z.array(z.string()),
});

export const simulation = z
  .object({
    id: z.string(),
    simulator: z.string(),
    state: z.enum(SIMULATION_STATES),
    parameters: z.record(z.string(), z.union([z.string(), z.boolean()])),
    files: z.array(z.object({ name: z.string(), fileName: z.string(), bytes: z.number() })),
    history: z.object({ from: instant, to: instant, about: z.string().nullable() }).nullable(),
    command: z.string().describe('The same in a terminal.'),
    askedAt: instant,
    startedAt: instant.nullable(),
    endedAt: instant.nullable(),
    progress: z
      .object({
        task: z.string(),
        fraction: z.number().nullable(),
        secondsLeft: z.number().nullable(),
      })
      .nullable(),
    result: z
      .object({
        figures: z.record(z.string(), z.unknown()).describe('What the command prints with --json.'),
        tables: z.array(table).describe('What it prints as tables, cell by cell.'),
        csv: z.string().describe('What it prints with --format csv.'),
        rejects: z.array(z.string()).describe('What was left out of the traces: place and reason.'),
      })
      .nullable(),
    problem: problem.nullable(),
  })
  .meta({ id: 'Simulation' });

export const simulationList = z.object({ simulations: z.array(simulation) }).meta({ id: 'SimulationList' });
