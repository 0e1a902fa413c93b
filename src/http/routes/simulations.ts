import { type Context, Hono } from 'hono';
import { stream } from 'hono/streaming';
import { describeRoute } from 'hono-openapi';
import type { z } from 'zod';
import { BadFieldsError } from '../../app/bad-fields-error.ts';
import { TareError } from '../../app/errors.ts';
import { readWindow } from '../../app/read-request.ts';
import type { Simulation } from '../../app/results/simulation.ts';
import type { SimulationRequest, Simulations } from '../../app/simulations/simulations.ts';
import type { Tare } from '../../app/tare.ts';
import type { Clock } from '../../ports/clock.ts';
import { answers, CSV_TYPE, PROGRESS_TYPE } from '../openapi-document.ts';
import {
  historyChoices,
  historyQuery,
  historyTraces,
  historyTracesQuery,
  simulation,
  simulationBody,
  simulationList,
  simulatorForms,
} from '../schemas/simulations.ts';
import { validate } from './validate.ts';

/** All traces of one simulation together, and what is around them. */
export const MAX_TRACES_BYTES = 8_000_000;

const TAGS = ['simulations'];
const TELL_EVERY_MS = 200;

/**
 * Simulators as long work: asked for by POST, then watched at the address of the answer, as a state or, with
 * `Accept: application/x-ndjson`, as a line for every change until it has ended.
 */
export function simulationRoutes(tare: Tare, simulations: Simulations, clock: Clock): Hono {
  const routes = new Hono();
  routes.get(
    '/simulators',
    describeRoute({
      operationId: 'simulators',
      tags: TAGS,
      summary: 'The simulators, each as a form: files, parameters, defaults and help',
      responses: answers(simulatorForms, 'All of them.'),
    }),
    (context) => context.json(simulations.forms()),
  );

  routes.get(
    '/simulators/:simulator/history',
    describeRoute({
      operationId: 'historyChoices',
      tags: TAGS,
      summary: 'What of the own history a simulator can replay',
      responses: answers(historyChoices, 'Endpoints, GPU models or pools, by GPU time.'),
    }),
    validate('query', historyQuery),
    async (context) => {
      const { from, to } = context.req.valid('query');
      const window = readWindow(from, to, clock.nowMs());
      const simulator = context.req.param('simulator');
      return context.json(await tare.historyChoices({ simulator, window }));
    },
  );

  routes.get(
    '/simulators/:simulator/history/traces',
    describeRoute({
      operationId: 'historyTraces',
      tags: TAGS,
      summary: 'The own history as the traces that the command reads',
      responses: answers(historyTraces, 'One text for each file.'),
    }),
    validate('query', historyTracesQuery),
    async (context) => {
      const { from, to, about = null } = context.req.valid('query');
      const window = readWindow(from, to, clock.nowMs());
      const simulator = context.req.param('simulator');
      return context.json(await tare.historyTraces({ simulator, window, about }));
    },
  );

  routes.post(
    '/simulations',
    describeRoute({
      operationId: 'startSimulation',
      tags: TAGS,
      summary: 'Starts a simulation; its address is in Location',
      responses: accepted(answers(simulation, 'As it was taken; it goes on at its address.')),
    }),
    validate('json', simulationBody),
    async (context) => {
      const request = await withHistory(tare, clock, simulations, context.req.valid('json'));
      const started = simulations.start(request);
      context.header('Location', `/api/v1/simulations/${started.id}`);
      return context.json(started, 202);
    },
  );

  routes.get(
    '/simulations',
    describeRoute({
      operationId: 'simulations',
      tags: TAGS,
      summary: 'Simulations that are remembered, newest first, without their results',
      responses: answers(simulationList, 'What waits, goes on and has ended.'),
    }),
    (context) => context.json({ simulations: simulations.list().map((one) => ({ ...one, result: null })) }),
  );

  routes.get(
    '/simulations/:id',
    describeRoute({
      operationId: 'simulation',
      tags: TAGS,
      summary: 'How far a simulation is, or what came of it',
      responses: answers(simulation, 'Its state.', [PROGRESS_TYPE, CSV_TYPE]),
    }),
    (context) => answerState(context, simulations, context.req.param('id')),
  );

  routes.delete(
    '/simulations/:id',
    describeRoute({
      operationId: 'cancelSimulation',
      tags: TAGS,
      summary: 'Stops a simulation, or forgets one that has ended',
      responses: answers(simulation, 'As it was.'),
    }),
    (context) => context.json(simulations.cancel(context.req.param('id'))),
  );
  return routes;
}

/** Taken, not done. */
function accepted({ 200: taken, ...others }: ReturnType<typeof answers>) {
  return { 202: taken, ...others };
}

function answerState(context: Context, simulations: Simulations, id: string): Response {
  const found = simulations.find(id);
  const accept = context.req.header('accept') ?? '';
  if (accept.includes(CSV_TYPE)) return answerCsv(context, found);
  if (accept.includes(PROGRESS_TYPE)) return tellChanges(context, simulations, id);
  return context.json(found);
}

function answerCsv(context: Context, { id, result, state }: Simulation): Response {
  if (result === null)
    throw new TareError('usage', `${id} is ${state}: it has no result`, 'ask again when it is done');
  return context.body(result.csv, 200, { 'Content-Type': `${CSV_TYPE}; charset=utf-8` });
}

/** A line for every change that a person can follow, and one for the end. A caller that hangs up stops nothing. */
function tellChanges(context: Context, simulations: Simulations, id: string): Response {
  context.header('Content-Type', PROGRESS_TYPE);
  return stream(context, async (output) => {
    let wake = () => {};
    let isGone = false;
    const stopWatching = simulations.watch(id, () => wake());
    output.onAbort(() => {
      isGone = true;
      wake();
    });
    try {
      for (;;) {
        const state = simulations.find(id);
        await output.write(`${JSON.stringify(state)}\n`);
        if (isGone || state.endedAt !== null) return;
        const changed = new Promise<void>((resolve) => (wake = resolve));
        if (simulations.find(id) === state) await changed;
        if (!isGone && simulations.find(id).endedAt === null) await output.sleep(TELL_EVERY_MS);
      }
    } finally {
      stopWatching();
    }
  });
}

async function withHistory(
  tare: Tare,
  clock: Clock,
  simulations: Simulations,
  { simulator, parameters, files, history }: z.infer<typeof simulationBody>,
): Promise<SimulationRequest> {
  if (history === undefined) return { simulator, parameters, files, history: null };
  const about = history.about || null;
  const form = simulations.forms().find(({ name }) => name === simulator);
  if (form?.history?.isAboutRequired && about === null)
    throw new BadFieldsError(
      [{ field: 'about', message: `choose the ${form.history.about} whose history is replayed` }],
      `GET /api/v1/simulators/${simulator}/history lists what there is`,
    );
  const window = readWindow(history.from, history.to, clock.nowMs());
  const { from, to, traces } = await tare.historyTraces({ simulator, window, about });
  const made = traces.map(({ file, fileName, text }) => [file, { fileName, text }] as const);
  return {
    simulator,
    parameters,
    files: { ...files, ...Object.fromEntries(made) },
    history: { from, to, about },
  };
}
