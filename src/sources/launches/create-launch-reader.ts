import type { Launch } from '../../domain/governance/launch.ts';
import type { HardwareCatalog } from '../../ports/hardware-catalog.ts';
import type { LaunchFile, LaunchReader } from '../../ports/launch-source.ts';
import type { Reject } from '../../ports/source.ts';
import { readManifests } from './manifest.ts';
import { type Autoscaler, applyAutoscalers } from './read-autoscaler.ts';
import { isKubernetes, readKubernetes } from './read-kubernetes.ts';
import { isSkyPilot, readSkyPilot } from './read-skypilot.ts';
import { isSlurmScript, readSlurm } from './read-slurm.ts';
import { isTerraformPlan, readTerraform } from './read-terraform.ts';
import { Tree } from './tree.ts';

/** Reads Kubernetes manifests, Slurm scripts, tasks of SkyPilot and plans of Terraform; each file says by itself which it is. */
export function createLaunchReader(catalog: HardwareCatalog): LaunchReader {
  return {
    read(files) {
      const found = files.map((file) => readFile(file, catalog));
      const autoscalers = found.flatMap((one) => one.autoscalers);
      return {
        launches: applyAutoscalers(
          found.flatMap((one) => one.launches),
          autoscalers,
        ),
        unreadable: found.flatMap((one) => one.unreadable),
        files: found.filter((one) => one.isOurs).length,
      };
    },
    readObject(object, name) {
      const found = nothingFound();
      const tree = Tree.of({ value: object, line: () => 1 });
      if (isKubernetes(tree)) addKubernetes(found, tree, name, catalog);
      return { launches: found.launches, unreadable: found.unreadable, files: 1 };
    },
  };
}

type Found = {
  launches: Launch[];
  autoscalers: Autoscaler[];
  unreadable: Reject[];
  /** A file of a kind that is known here, even when there is nothing in it to judge. */
  isOurs: boolean;
};

const MOST_CHARACTERS = 4_000_000;
const MOST_PLAN_CHARACTERS = 64_000_000;

function readFile(file: LaunchFile, catalog: HardwareCatalog): Found {
  const found = nothingFound();
  const { path, text } = file;
  if (isSlurmScript(text)) return addSlurm(found, file, catalog);
  const isJson = /^\s*[{[]/.test(text);
  const most = isJson ? MOST_PLAN_CHARACTERS : MOST_CHARACTERS;
  if (text.length > most)
    return refuse(
      found,
      `${path}:1`,
      'file-too-large',
      `the file has ${text.length} characters, and at most ${most} are read`,
    );
  if (isJson) {
    const plan = parseJson(text);
    if (isTerraformPlan(plan)) return addTerraform(found, file, plan, catalog);
    if (!file.isNamed && !/"apiVersion"/.test(text)) return found;
  } else if (!file.isNamed && !mayBeManifest(text)) return found;
  const template = templateLine(text);
  if (template !== null && !isJson)
    return refuse(
      found,
      `${path}:${template}`,
      'template',
      'this is a template, and its values are not known here; render it first: helm template … | tare check -, or helm template … > FILE',
    );
  return addDocuments(found, file, catalog);
}

function nothingFound(): Found {
  return { launches: [], autoscalers: [], unreadable: [], isOurs: false };
}

function addDocuments(found: Found, file: LaunchFile, catalog: HardwareCatalog): Found {
  const { path, isNamed } = file;
  const documents = readManifests(file.text);
  for (const document of documents) {
    if (document.kind === 'mistake') {
      refuse(
        found,
        `${path}:${document.line}:${document.column}`,
        'bad-yaml',
        `this is not valid YAML: ${document.message}; correct it there`,
      );
      continue;
    }
    const tree = Tree.of(document.manifest);
    if (isKubernetes(tree)) addKubernetes(found, tree, path, catalog);
    else if (isSkyPilot(tree)) {
      found.isOurs = true;
      const launch = readSkyPilot(tree, path, catalog);
      if (launch !== null) found.launches.push(launch);
    } else if (isNamed && !isPipelineHead(tree))
      refuse(found, `${path}:${tree.line}`, 'unknown-kind', UNKNOWN);
  }
  if (documents.length === 0 && isNamed) refuse(found, `${path}:1`, 'unknown-kind', UNKNOWN);
  return found;
}

const UNKNOWN =
  'this is nothing that starts work: neither a Kubernetes object (apiVersion and kind), a SkyPilot task (resources and run), a Slurm script (#SBATCH) nor a Terraform plan in JSON';

/** The first document of a SkyPilot pipeline only names it. */
function isPipelineHead(tree: Tree): boolean {
  return tree.entries().every(([name]) => name === 'name' || name === 'execution') && tree.at('name').isThere;
}

function addKubernetes(found: Found, object: Tree, path: string, catalog: HardwareCatalog): void {
  found.isOurs = true;
  for (const one of readKubernetes(object, path, catalog)) {
    if (one.kind === 'launch') found.launches.push(one.launch);
    if (one.kind === 'autoscaler') found.autoscalers.push(one.autoscaler);
    if (one.kind === 'unreadable') refuse(found, `${path}:${one.line}`, 'not-understood', one.message);
  }
}

function addSlurm(found: Found, { path, text }: LaunchFile, catalog: HardwareCatalog): Found {
  const reading = readSlurm(text, path, catalog);
  found.isOurs = true;
  if (reading.kind === 'launch') found.launches.push(reading.launch);
  if (reading.kind === 'unreadable')
    refuse(found, `${path}:${reading.line}`, 'not-understood', reading.message);
  return found;
}

function addTerraform(
  found: Found,
  { path, text }: LaunchFile,
  plan: unknown,
  catalog: HardwareCatalog,
): Found {
  const reading = readTerraform(text, plan, path, catalog);
  found.isOurs = true;
  if (reading.kind === 'launches') found.launches.push(...reading.launches);
  else refuse(found, `${path}:1`, 'not-understood', reading.message);
  return found;
}

function refuse(found: Found, where: string, code: string, message: string): Found {
  found.unreadable.push({ where, code, message });
  return found;
}

function mayBeManifest(text: string): boolean {
  return (
    (/^\s*-?\s*apiVersion:/m.test(text) && /^\s*kind:/m.test(text)) ||
    (/^resources:/m.test(text) && /^(run|setup|num_nodes|service):/m.test(text))
  );
}

const TEMPLATE_VALUE = /\{\{[^}]*\.(Values|Release|Chart|Capabilities|Files)\b/;
const TEMPLATE_ACTION = /^\s*\{\{-?\s*(if|range|with|end|include|template|define|toYaml)\b/;

/** The first line of a Helm template. Alerts and Argo workflows have braces of their own, which are no such thing. */
function templateLine(text: string): number | null {
  if (!text.includes('{{')) return null;
  for (const [index, line] of text.split('\n').entries()) {
    if (/^\s*#/.test(line)) continue;
    if (TEMPLATE_ACTION.test(line) || TEMPLATE_VALUE.test(line)) return index + 1;
  }
  return null;
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
