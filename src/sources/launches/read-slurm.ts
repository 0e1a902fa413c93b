import { statedFacts } from '../../domain/governance/label-facts.ts';
import type { Launch, LaunchField, LaunchPart } from '../../domain/governance/launch.ts';
import { modelOfCommand, modelSize } from '../../domain/governance/model-size.ts';
import type { HardwareCatalog } from '../../ports/hardware-catalog.ts';
import { UNSTATED } from './launch-defaults.ts';

export type SlurmReading =
  | Readonly<{ kind: 'launch'; launch: Launch }>
  | Readonly<{ kind: 'nothing' }>
  | Readonly<{ kind: 'unreadable'; line: number; message: string }>;

type Option = Readonly<{ value: string; line: number }>;
type Options = ReadonlyMap<string, Option>;
type Script = Readonly<{
  components: readonly Options[];
  command: readonly string[];
  comments: Readonly<Record<string, string>>;
}>;

export function isSlurmScript(text: string): boolean {
  return /^#SBATCH\s/m.test(text);
}

/**
 * Reads the `#SBATCH` lines of a script, which Slurm takes up to the first command. `# tare.dev/NAME: value` states what Slurm has no
 * option for, such as `tare.dev/expected-hours: 6`.
 */
export function readSlurm(text: string, file: string, catalog: HardwareCatalog): SlurmReading {
  const script = readScript(text);
  const parts: LaunchPart[] = [];
  for (const [index, options] of script.components.entries()) {
    const part = readPart(options, script.components.length === 1 ? '' : `component ${index}`, catalog);
    if ('message' in part) return { kind: 'unreadable', ...part };
    if (part.gpusPerNode > 0) parts.push(part);
  }
  if (parts.length === 0) return { kind: 'nothing' };
  const [first] = script.components as readonly [Options];
  const value = (name: string) => first.get(name)?.value ?? null;
  const limit = value('time');
  const limitHours = limit === null ? null : readTimeLimit(limit);
  if (limit !== null && limitHours === null && !/^(0|infinite|unlimited)$/i.test(limit)) {
    const message = `"${limit}" is no time limit; write minutes, HH:MM:SS or DAYS-HH:MM:SS`;
    return { kind: 'unreadable', line: first.get('time')!.line, message };
  }
  const tasks = countTasks(value('array'));
  if (tasks === null)
    return {
      kind: 'unreadable',
      line: first.get('array')!.line,
      message: `"${value('array')}" is no array of tasks`,
    };
  const stated = statedFacts(script.comments);
  const model = stated.modelParameters ?? modelOfCommand(script.command);
  return {
    kind: 'launch',
    launch: {
      ...UNSTATED,
      file,
      line: Math.min(...[...first.values()].map(({ line }) => line)),
      resourceKind: 'sbatch',
      kind: stated.kind ?? 'training',
      name: value('job-name') ?? file.replace(/^.*\//, '').replace(/\.[a-z]+$/, ''),
      queue: value('partition'),
      attributes: attributesOf(value, script.comments),
      parts,
      // Every task is paid for, however few of them run at a time.
      copies: { stated: tasks, min: tasks, max: tasks, isAutoscaled: false },
      lifecycle: stated.lifecycle,
      limitHours,
      expectedHours: stated.expectedHours,
      idleLimitHours: stated.idleLimitHours,
      isInterruptible:
        stated.isInterruptible ?? (first.has('requeue') ? true : first.has('no-requeue') ? false : null),
      isLatencyCritical: stated.isLatencyCritical,
      modelSize: model === null ? null : modelSize(model),
      lines: linesOf(first),
    },
  };
}

const SHORT: Readonly<Record<string, string>> = {
  N: 'nodes',
  n: 'ntasks',
  c: 'cpus-per-task',
  t: 'time',
  p: 'partition',
  A: 'account',
  J: 'job-name',
  q: 'qos',
  a: 'array',
  G: 'gpus',
  C: 'constraint',
  M: 'clusters',
};

function readScript(text: string): Script {
  const components: Map<string, Option>[] = [new Map()];
  const comments: Record<string, string> = {};
  const command: string[] = [];
  let isHead = true;
  for (const [index, line] of text.split('\n').entries()) {
    const directive = /^#SBATCH\s+(.*)$/.exec(line)?.[1];
    const stated = /^#\s*(tare\.dev\/[\w-]+):\s*"?([^"]*?)"?\s*$/.exec(line);
    if (stated) comments[stated[1]!] = stated[2]!;
    else if (directive !== undefined && isHead) {
      if (/^(hetjob|packjob)\b/.test(directive)) components.push(new Map());
      else
        for (const [name, value] of readOptions(directive))
          components.at(-1)!.set(name, { value, line: index + 1 });
    } else if (!/^\s*(#|$)/.test(line)) {
      isHead = false;
      command.push(...line.trim().split(/\s+/));
    }
  }
  return { components, command, comments };
}

/** `--gres=gpu:4`, `--gres gpu:4`, `-N 2`, `-N2`; what stands behind a `#` is a comment. */
function readOptions(directive: string): [name: string, value: string][] {
  const words = directive
    .replace(/\s#.*$/, '')
    .trim()
    .split(/\s+/);
  const options: [string, string][] = [];
  for (let index = 0; index < words.length; index++) {
    const [, long, given] = /^--([\w-]+)(?:=(.*))?$/.exec(words[index]!) ?? [];
    const [, short, attached] = /^-([A-Za-z])(.*)$/.exec(words[index]!) ?? [];
    const name = long ?? SHORT[short ?? ''];
    if (name === undefined) continue;
    const own = given ?? (attached === '' || attached === undefined ? undefined : attached);
    const next = words[index + 1];
    if (own !== undefined) options.push([name, unquoted(own)]);
    else if (next !== undefined && !next.startsWith('-')) {
      options.push([name, unquoted(next)]);
      index += 1;
    } else options.push([name, '']);
  }
  return options;
}

function unquoted(text: string): string {
  return text.replace(/^(["'])(.*)\1$/, '$2');
}

function readPart(
  options: Options,
  name: string,
  catalog: HardwareCatalog,
): LaunchPart | Readonly<{ line: number; message: string }> {
  const nodes = readNodes(options.get('nodes')?.value ?? null);
  if (nodes === null)
    return {
      line: options.get('nodes')!.line,
      message: `"${options.get('nodes')!.value}" is no number of nodes`,
    };
  const asked = gpusOf(options, nodes.least);
  if ('message' in asked) return asked;
  const models =
    asked.type === null ? modelsOfConstraint(options.get('constraint')?.value ?? '', catalog) : [asked.type];
  return {
    name,
    gpuModels: models.map((model) => catalog.gpuModel(model) ?? model),
    instanceType: null,
    gpusPerNode: asked.perNode,
    nodes: nodes.least,
    nodesMin: nodes.least,
    nodesMax: nodes.most,
  };
}

type Asked = Readonly<{ type: string | null; perNode: number }> | Readonly<{ line: number; message: string }>;

/** Slurm takes the most specific: GPUs of a node, of a task, or of the whole job; `--gres` counts on each node. */
function gpusOf(options: Options, nodes: number): Asked {
  const read = (name: string, perNode: (count: number) => number): Asked | null => {
    const option = options.get(name);
    if (option === undefined) return null;
    const gpu = readGpuCount(name === 'gres' ? gresOf(option.value) : option.value);
    if (gpu === 'none') return { type: null, perNode: 0 };
    if (gpu === null)
      return { line: option.line, message: `"${option.value}" is no number of GPUs; write gpu:TYPE:COUNT` };
    return { type: gpu.type, perNode: perNode(gpu.count) };
  };
  const tasks =
    number(options.get('ntasks-per-node')?.value) ?? (number(options.get('ntasks')?.value) ?? nodes) / nodes;
  return (
    read('gpus-per-node', (count) => count) ??
    read('gpus-per-task', (count) => count * tasks) ??
    read('gpus', (count) => count / nodes) ??
    read('gres', (count) => count) ?? { type: null, perNode: 0 }
  );
}

/** The GPU of `--gres=gpu:a100:4,craynetwork:1`. */
function gresOf(text: string): string {
  const gpu = text.split(',').find((entry) => /^(gres[:/])?gpu(:|=|$)/.test(entry));
  if (gpu === undefined) return 'none';
  const count = gpu.replace(/^(gres[:/])?gpu[:=]?/, '');
  return count === '' ? '1' : count;
}

/** `4`, `a100:4`, `a100` (one of it), `a100:4(S:0-1)`. */
function readGpuCount(text: string): { type: string | null; count: number } | 'none' | null {
  const [, type, count] = /^(?:([A-Za-z][\w.-]*?)(?::|$))?(\d+)?(?:\(.*\))?$/.exec(text) ?? [];
  if (text === 'none') return 'none';
  if (type === undefined && count === undefined) return null;
  return { type: type ?? null, count: count === undefined ? 1 : Number(count) };
}

/** `2`, or `2-4`: from two to four. */
function readNodes(text: string | null): { least: number; most: number } | null {
  if (text === null) return { least: 1, most: 1 };
  const [, least, most] = /^(\d+)(?:-(\d+))?$/.exec(text) ?? [];
  if (least === undefined || Number(least) === 0) return null;
  return { least: Number(least), most: Number(most ?? least) };
}

/** Features of nodes are free names; those that are GPUs count. */
function modelsOfConstraint(text: string, catalog: HardwareCatalog): string[] {
  return text.split(/[&|,[\]()*]+/).filter((word) => word !== '' && catalog.gpuModel(word) !== undefined);
}

/** `90` minutes, `90:30`, `4:00:00`, `1-12`, `1-12:30`, `1-12:30:00`, in hours. */
export function readTimeLimit(text: string): number | null {
  const [, days, clock] = /^(?:(\d+)-)?(\d+(?::\d+){0,2})$/.exec(text) ?? [];
  if (clock === undefined) return null;
  const parts = clock.split(':').map(Number);
  const [first = 0, second = 0, third = 0] = parts;
  if (days !== undefined) return Number(days) * 24 + first + second / 60 + third / 3_600;
  if (parts.length === 3) return first + second / 60 + third / 3_600;
  const hours = first / 60 + second / 3_600;
  return hours === 0 ? null : hours;
}

const MOST_TASKS = 1_000_000;

/** `0-15%4` are 16 tasks, `1-9:2` five, `1,3,7` three; without an array there is one. */
function countTasks(text: string | null): number | null {
  if (text === null) return 1;
  let tasks = 0;
  for (const range of text.replace(/%\d+$/, '').split(',')) {
    const [, from, to, step = '1'] = /^(\d+)(?:-(\d+)(?::(\d+))?)?$/.exec(range) ?? [];
    if (from === undefined || Number(step) === 0) return null;
    tasks += to === undefined ? 1 : Math.floor((Number(to) - Number(from)) / Number(step)) + 1;
  }
  return tasks > 0 && tasks <= MOST_TASKS ? tasks : null;
}

function number(text: string | undefined): number | null {
  return text !== undefined && /^\d+$/.test(text) ? Number(text) : null;
}

function attributesOf(
  value: (name: string) => string | null,
  comments: Readonly<Record<string, string>>,
): Record<string, string> {
  const named = {
    'slurm:account': value('account'),
    'slurm:partition': value('partition'),
    'slurm:qos': value('qos'),
    'slurm:comment': value('comment'),
    'slurm:wckey': value('wckey'),
  };
  const stated = Object.entries(comments).map(([name, text]) => [
    `label:${name.replace('tare.dev/', '')}`,
    text,
  ]);
  return Object.fromEntries([
    ...stated,
    ...Object.entries(named).filter((entry): entry is [string, string] => Boolean(entry[1])),
  ]);
}

const FIELDS: readonly (readonly [LaunchField, readonly string[]])[] = [
  ['gpus', ['gpus-per-node', 'gpus-per-task', 'gpus', 'gres']],
  ['gpuModel', ['gpus-per-node', 'gpus-per-task', 'gpus', 'gres', 'constraint']],
  ['nodes', ['nodes']],
  ['copies', ['array']],
  ['lifecycle', ['partition']],
  ['limit', ['time']],
  ['labels', ['account', 'job-name']],
];

function linesOf(options: Options): Launch['lines'] {
  const pairs = FIELDS.map(([field, names]) => [
    field,
    names.map((name) => options.get(name)?.line).find((line) => line !== undefined),
  ]);
  return Object.fromEntries(pairs.filter(([, line]) => line !== undefined)) as Launch['lines'];
}
