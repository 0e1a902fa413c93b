import type { SimulatorFile, SimulatorHistory } from '../../app/results/simulation.ts';
import { PROMPT_COLUMNS } from '../../traces/prompt-columns.ts';
import { DEMAND_COLUMNS } from '../../traces/read-demand.ts';
import { JOB_COLUMNS } from '../../traces/read-rightsize.ts';
import { SERVING_DEMAND_COLUMNS, SERVING_PROFILE_COLUMNS } from '../../traces/read-serving.ts';
import {
  BATCH_TIME_COLUMNS,
  NODE_COLUMNS,
  POD_COLUMNS,
  REQUEST_COLUMNS,
  SAMPLE_COLUMNS,
  START_COLUMNS,
} from '../../traces/trace-columns.ts';
import * as examples from './example-traces.ts';

/** What a form says beyond the flags of the command: labels, units, groups, a start that works. Help, checks and choices are those of the flags. */
export type SimulatorTexts = Readonly<{
  name: string;
  title: string;
  question: string;
  files: readonly FileTexts[];
  /** By the flag, without its dashes; the order is that of the form. */
  groups: Readonly<Record<string, Readonly<Record<string, FieldTexts>>>>;
  history: SimulatorHistory | null;
}>;

export type FileTexts = Readonly<{
  flag: string;
  label: string;
  columns: SimulatorFile['columns'] | null;
  example: string;
}>;

/** `most` keeps one form from taking the memory of the server. */
export type FieldTexts = Readonly<{
  label: string;
  unit?: string;
  initial?: string;
  most?: number;
  /** Where what the flag says is too short beside a field. */
  help?: string;
}>;

/** Flags that a form does without: they are about the terminal, or about files that a form has named already. */
export const LEFT_OUT = ['set', 'max-rejects', 'map-cold-starts'];

const COLUMN_NAMES: FieldTexts = {
  label: 'Column names',
  help: 'Where the columns have other names: ours=theirs, several with commas, such as time=timestamp.',
};
const TRACE_COLUMNS = { 'Columns of the files': { map: COLUMN_NAMES } };
const MOST_SEEDS = 1_000;
const MOST_REQUESTS = 2_000_000;

export const SIMULATOR_TEXTS: readonly SimulatorTexts[] = [
  {
    name: 'scale-to-zero',
    title: 'Scale to zero',
    question: 'When should an idle replica be released, and how many cold starts is that worth?',
    files: [
      { flag: 'usage', label: 'Samples of activity', columns: SAMPLE_COLUMNS, example: examples.USAGE },
      {
        flag: 'cold-starts',
        label: 'Measured starts',
        columns: START_COLUMNS,
        example: examples.COLD_STARTS,
      },
    ],
    groups: {
      'Keep-alive': {
        'keep-alive': {
          label: 'Keep alive for',
          initial: '10m,20m,30m,1h,2h',
          help: 'How long an idle replica stays before it is released; several with commas.',
        },
      },
      'Cold starts and price': {
        'cold-start-seconds': {
          label: 'A start takes',
          unit: 's',
          help: 'From the first request to the first answer; what starts cost is taken off the saving.',
        },
        'gpu-hour-price': {
          label: 'Price of a replica-hour',
          unit: '$',
          help: 'With all its GPUs. Without it hours are saved, and no dollars are said.',
        },
      },
      ...TRACE_COLUMNS,
    },
    history: {
      about: 'endpoint',
      isAboutRequired: true,
      files: ['usage'],
      help: 'The activity of the endpoint in slots of ten minutes: a slot in which no device was busy for 1 % had no request.',
    },
  },
  {
    name: 'commitment',
    title: 'Commitments',
    question: 'How much should be committed to, decided on the first hours and judged on those that follow?',
    files: [
      { flag: 'demand', label: 'Demand by the hour', columns: DEMAND_COLUMNS, example: examples.DEMAND },
    ],
    groups: {
      'The offer': {
        rate: {
          label: 'Committed ÷ on-demand price',
          initial: '0.63',
          help: 'What a committed hour costs as a share of one on demand, used or not.',
        },
        'on-demand': {
          label: 'On-demand price',
          unit: '$ per GPU-hour',
          help: 'To say what it saves in dollars; without it savings are shares.',
        },
        terms: { label: 'Several terms', help: 'Stacks them, such as 1y=0.63,3y=0.40.' },
        survival: {
          label: 'Chance that demand lasts a year',
          help: 'Above 0 and up to 1; weighs longer terms.',
        },
      },
      'What to decide on': {
        'train-hours': {
          label: 'Decide on the first',
          unit: 'hours',
          initial: '336',
          most: 1_000_000,
          help: 'The hours after them judge the decision.',
        },
        growth: { label: 'Growth a month' },
        existing: {
          label: 'Committed already',
          help: 'Units, and the hours until they end where they do: 64:2000,16.',
        },
        'row-hours': { label: 'Hours per row', unit: 'hours', most: 10_000 },
      },
      ...TRACE_COLUMNS,
    },
    history: {
      about: 'GPU model',
      isAboutRequired: false,
      files: ['demand'],
      help: 'GPU-hours that were paid for on demand or under a commitment, hour by hour. Spot and owned machines are left out.',
    },
  },
  {
    name: 'packing',
    title: 'Packing',
    question: 'How many GPUs can a placement policy give out, and how many nodes does the work need?',
    files: [
      { flag: 'nodes', label: 'Machines', columns: NODE_COLUMNS, example: examples.NODES },
      { flag: 'pods', label: 'Pods', columns: POD_COLUMNS, example: examples.PODS },
    ],
    groups: {
      Placement: {
        policy: { label: 'Policy' },
        seeds: {
          label: 'Seeds',
          initial: '42,43,44',
          most: MOST_SEEDS,
          help: 'One run for each, in which pods arrive in another order.',
        },
        demand: { label: 'Ask for', unit: '× the GPUs', most: 10 },
      },
      'Replay of what happened': {
        departures: {
          label: 'Let pods come and go as they did',
          initial: 'true',
          help: 'Off: pods arrive by chance until so many times the GPUs are asked for.',
        },
        prices: {
          label: 'Prices by GPU model',
          help: 'Per GPU-hour, when pods come and go: A100=3.67,H100=6.98.',
        },
      },
      ...TRACE_COLUMNS,
    },
    history: {
      about: 'pool',
      isAboutRequired: false,
      files: ['nodes', 'pods'],
      help: 'Who held how many GPUs of which node from when to when. The ledger knows no CPU and memory, so that GPUs alone decide what fits.',
    },
  },
  {
    name: 'batching',
    title: 'Batching',
    question: 'How long do requests wait, and what do they cost, when a server batches them?',
    files: [
      { flag: 'trace', label: 'Requests', columns: REQUEST_COLUMNS, example: examples.REQUESTS },
      { flag: 'fit', label: 'Measured batches', columns: BATCH_TIME_COLUMNS, example: examples.BATCHES },
    ],
    groups: {
      'Time of a batch': {
        'alpha-ms': { label: 'Each item adds', unit: 'ms', initial: '0.5' },
        'tau-ms': { label: 'A batch takes beside that', unit: 'ms', initial: '6' },
      },
      Requests: {
        load: {
          label: 'Load, share of 1 ÷ alpha',
          help: 'Requests by chance. Give one of load, requests a second, clients and a trace.',
        },
        'per-second': { label: 'Requests', unit: 'a second', initial: '800' },
        clients: { label: 'Clients that wait', most: 10_000 },
        'turnaround-ms': { label: 'From answer to next request', unit: 'ms' },
        requests: { label: 'Draw', unit: 'requests', initial: '200000', most: MOST_REQUESTS },
        seed: { label: 'Seed', help: 'Another one draws others; the same one draws the same.' },
      },
      Batcher: {
        'max-batch': { label: 'Largest batch', unit: 'items', initial: '32', most: 100_000 },
        'preferred-batch': { label: 'Preferred batches' },
        'max-queue-delay-ms': {
          label: 'Wait for others at most',
          unit: 'ms',
          initial: '0,1,2,5,10,20',
          help: 'How long the oldest request waits; of several the cheapest that keeps the target is found.',
        },
        instances: { label: 'Copies of the model', most: 1_000 },
        'items-per-request': { label: 'Items in a request', most: 100_000 },
      },
      'Target and price': {
        'slo-ms': {
          label: 'Answer within',
          unit: 'ms',
          initial: '50',
          help: 'The target. Blank asks for one delay alone, and looks for nothing.',
        },
        'slo-percentile': {
          label: 'For this share of requests',
          unit: '%',
          help: 'Of requests that are answered within it.',
        },
        'most-replicas': {
          label: 'Try up to',
          unit: 'GPUs',
          most: 256,
          help: 'The fewest that keep the target are taken.',
        },
        'gpu-hour-price': {
          label: 'Price of a GPU-hour',
          unit: '$',
          initial: '2.50',
          help: 'Of the GPU that serves, with all its copies of the model.',
        },
      },
      'Language models (continuous batching)': {
        'step-ms': { label: 'A step takes', unit: 'ms' },
        'sequence-ms': { label: 'Each running sequence adds', unit: 'ms' },
        'prompt-token-ms': { label: 'Each token of a prompt adds', unit: 'ms' },
        'max-sequences': { label: 'Sequences at once', most: 100_000 },
      },
      ...TRACE_COLUMNS,
    },
    history: null,
  },
  {
    name: 'autoscaling',
    title: 'Autoscaling',
    question: 'What would an autoscaler have paid for, and how long would requests have waited?',
    files: [
      { flag: 'trace', label: 'Requests', columns: REQUEST_COLUMNS, example: examples.SERVED_REQUESTS },
    ],
    groups: {
      Autoscaler: {
        autoscaler: { label: 'Rules of' },
        target: { label: 'Requests at once that a replica is meant for' },
        least: { label: 'Replicas at least', most: 10_000 },
        most: { label: 'Replicas at most', most: 10_000 },
      },
      Replica: {
        concurrency: { label: 'Works on at once', unit: 'requests', most: 100_000 },
        'start-time': { label: 'A start takes', initial: '30s' },
        'replica-hour-price': {
          label: 'Price of a replica-hour',
          unit: '$',
          help: 'With all its GPUs; without it no dollars are said.',
        },
      },
      ...TRACE_COLUMNS,
    },
    history: null,
  },
  {
    name: 'spot',
    title: 'Spot',
    question: 'What would a job with a deadline have paid on spot capacity?',
    files: [{ flag: 'traces', label: 'Availability of capacity', columns: null, example: examples.SPOT }],
    groups: {
      'The job': {
        'work-hours': { label: 'Work', unit: 'hours', initial: '6', most: 10_000 },
        'deadline-hours': { label: 'Deadline after', unit: 'hours', initial: '10', most: 10_000 },
        'changeover-hours': { label: 'Each start takes', unit: 'hours' },
        'checkpoint-seconds': { label: 'A checkpoint takes', unit: 's' },
        instances: { label: 'Instances together', most: 10_000 },
      },
      Prices: {
        'on-demand': { label: 'On demand', unit: '$ an hour', initial: '3.06' },
        spot: { label: 'Spot', unit: '$ an hour', initial: '0.92' },
        'extra-tick': { label: 'Bill one more tick after the end' },
      },
      Policy: {
        policy: { label: 'Policy' },
        compare: { label: 'Play all policies' },
        'no-history': { label: 'Nobody knows what came before the start' },
      },
      'Reading the trace': {
        starts: { label: 'Draw', unit: 'starts', most: 10_000 },
        seed: { label: 'Seed', help: 'Another one draws others; the same one draws the same.' },
        'gap-seconds': { label: 'Length of a tick', unit: 's' },
        'tick-seconds': { label: 'Merge ticks to', unit: 's' },
        inverted: { label: '1 means capacity is away' },
      },
    },
    history: null,
  },
  {
    name: 'serving-mix',
    title: 'Serving mix',
    question: 'Which mix of kinds of GPU serves a load at the lowest price?',
    files: [
      {
        flag: 'profiles',
        label: 'Throughput by kind',
        columns: SERVING_PROFILE_COLUMNS,
        example: examples.PROFILES,
      },
      { flag: 'demand', label: 'Requests by size', columns: SERVING_DEMAND_COLUMNS, example: examples.SIZES },
    ],
    groups: {
      'Prices and limits': {
        prices: { label: 'Price of a GPU-hour by kind', initial: 'L4=0.70,A100=3.67,H100=6.98' },
        available: { label: 'GPUs to be had' },
        'max-latency-ms': { label: 'Latency at most', unit: 'ms' },
      },
      Plan: {
        slices: { label: 'Split a size into', unit: 'parts', most: 100 },
        'over-provision': { label: 'Plan for more, as a share' },
      },
      ...TRACE_COLUMNS,
    },
    history: null,
  },
  {
    name: 'rightsize',
    title: 'Kind of GPU for jobs',
    question: 'Which kind of GPU is cheapest for each job?',
    files: [
      { flag: 'jobs', label: 'Jobs', columns: JOB_COLUMNS, example: examples.JOBS },
      { flag: 'throughputs', label: 'Measured speeds', columns: null, example: examples.THROUGHPUTS },
    ],
    groups: {
      'Kinds of GPU': {
        current: { label: 'Runs now on', initial: 'A100' },
        prices: { label: 'Price of a GPU-hour by kind', initial: 'A100=3.67,L4=0.70,H100=6.98' },
      },
      Limits: {
        'max-hours': { label: 'A job may take', unit: 'hours' },
        'estimate-missing': { label: 'Estimate speeds that nobody measured' },
      },
      ...TRACE_COLUMNS,
    },
    history: null,
  },
  {
    name: 'serving-configurations',
    title: 'Serving configurations',
    question: 'Which measured way of serving a model is cheapest?',
    files: [
      {
        flag: 'configurations',
        label: 'Measured configurations',
        columns: null,
        example: examples.CONFIGURATIONS,
      },
    ],
    groups: {
      'Prices and limits': {
        prices: { label: 'Price of a GPU-hour by kind', initial: 'H100=3.93,A100=2.10' },
        'max-itl-ms': { label: 'Between two tokens at most', unit: 'ms' },
        latency: { label: 'Which latency' },
      },
    },
    history: null,
  },
  {
    name: 'prompt-cache',
    title: 'Prompt cache',
    question: 'How much of the prompts repeats, and could be spared by a cache?',
    files: [{ flag: 'prompts', label: 'Prompts', columns: PROMPT_COLUMNS, example: examples.PROMPTS }],
    groups: {
      Cache: {
        'block-tokens': { label: 'Length of a block', unit: 'tokens' },
        'cached-price': { label: 'Price of a cached token, as a share' },
      },
      'For the plan': {
        endpoint: { label: 'Endpoint' },
        'input-cost-share': { label: 'Share of its cost that input causes' },
      },
      ...TRACE_COLUMNS,
    },
    history: null,
  },
];
