import { LIFECYCLES, WORKLOAD_KINDS } from '../../facts/facts.ts';
import type { OwnerRules } from '../../ownership/owner.ts';
import { type CelLookup, celAny, celEntry, celEntryOf, celFirst, celList, celMapOrEmpty } from './cel.ts';

/** What an object says, as variables of a ValidatingAdmissionPolicy: the same that `tare check` reads from a manifest. Each may use the ones before it. */
export type CelVariable = readonly [name: string, expression: string];

export function objectVariables(owners: OwnerRules): readonly CelVariable[] {
  return [...VARIABLES, ...ownerVariables(owners)];
}

/** Controllers of what the policies match: their pods were judged with them. */
const JUDGED_CONTROLLERS = ['ReplicaSet', 'StatefulSet', 'Job', 'CronJob'];

const LIMITS = 'has(c.resources) && has(c.resources.limits)';
const COUNT = `['nvidia.com/gpu', 'amd.com/gpu', 'gpu.intel.com/i915', 'gpu.intel.com/xe'].map(r, r in c.resources.limits ? int(string(c.resources.limits[r])) : 0).sum()`;
/** The maps that a label or an annotation may stand in, in the order in which they count. */
const MAPS = ['labels', 'podLabels', 'annotations', 'podAnnotations'].map((name) => `variables.${name}`);

const VARIABLES: readonly CelVariable[] = [
  ['job', "object.kind == 'CronJob' ? object.spec.jobTemplate.spec : object.spec"],
  ['pod', "object.kind == 'Pod' ? object.spec : variables.job.template.spec"],
  [
    'podMetadata',
    "object.kind == 'Pod' ? object.metadata : (has(variables.job.template.metadata) ? variables.job.template.metadata : object.metadata)",
  ],
  ['labels', celMapOrEmpty('object.metadata.labels')],
  ['podLabels', celMapOrEmpty('variables.podMetadata.labels')],
  ['annotations', celMapOrEmpty('object.metadata.annotations')],
  ['podAnnotations', celMapOrEmpty('variables.podMetadata.annotations')],
  ['selector', celMapOrEmpty('variables.pod.nodeSelector')],
  [
    'isJudgedElsewhere',
    `has(object.metadata.ownerReferences) && object.metadata.ownerReferences.exists(o, has(o.controller) && o.controller && o.kind in ${celList(JUDGED_CONTROLLERS)}) && (request.userInfo.username == 'system:kube-controller-manager' || request.userInfo.username.startsWith('system:serviceaccount:kube-system:'))`,
  ],
  // What is asked for by affinity is not read here, and whatever rests on it is left to tare check.
  [
    'hasAffinity',
    'has(variables.pod.affinity) && has(variables.pod.affinity.nodeAffinity) && has(variables.pod.affinity.nodeAffinity.requiredDuringSchedulingIgnoredDuringExecution)',
  ],
  ['initContainers', 'has(variables.pod.initContainers) ? variables.pod.initContainers : []'],
  [
    'gpusTogether',
    `variables.pod.containers.map(c, ${LIMITS} ? ${COUNT} : 0).sum() + variables.initContainers.map(c, has(c.restartPolicy) && c.restartPolicy == 'Always' && ${LIMITS} ? ${COUNT} : 0).sum()`,
  ],
  ['gpusBefore', `([0] + variables.initContainers.map(c, ${LIMITS} ? ${COUNT} : 0)).max()`],
  ['gpus', '[variables.gpusTogether, variables.gpusBefore].max()'],
  [
    'hasSlices',
    `variables.pod.containers.exists(c, ${LIMITS} && c.resources.limits.exists(r, r.startsWith('nvidia.com/mig-') || r.endsWith('/gpu.shared')))`,
  ],
  [
    'nodes',
    "!(object.kind in ['Job', 'CronJob']) ? 1 : (has(variables.job.parallelism) ? (has(variables.job.completions) ? [int(variables.job.parallelism), int(variables.job.completions)].min() : int(variables.job.parallelism)) : (has(variables.job.completions) ? [1, int(variables.job.completions)].min() : 1))",
  ],
  [
    'replicas',
    "object.kind in ['Deployment', 'StatefulSet'] ? (has(object.spec.replicas) ? int(object.spec.replicas) : 1) : 1",
  ],
  ['copies', 'variables.nodes * variables.replicas'],
  [
    'name',
    "has(object.metadata.name) && object.metadata.name != '' ? object.metadata.name : (has(object.metadata.generateName) ? (object.metadata.generateName.endsWith('-') ? object.metadata.generateName.substring(0, size(object.metadata.generateName) - 1) : object.metadata.generateName) : 'unnamed')",
  ],
  ['statedKind', celFirst(statedLookups('kind'), "''")],
  [
    'kind',
    celFirst(
      [
        [`variables.statedKind in ${celList(WORKLOAD_KINDS)}`, 'variables.statedKind'],
        [
          "'notebook-name' in variables.labels || 'notebook-name' in variables.podLabels || variables.name.matches('(?i)(^|[-_.])(jupyter|jupyterhub|notebook)([-_.]|$)')",
          "'notebook'",
        ],
        ["object.kind == 'Job'", "'training'"],
        ["object.kind in ['Deployment', 'StatefulSet']", "'inference'"],
        // Of operators such as Kubeflow's, whose objects are not matched.
        [
          "object.kind == 'Pod' && has(object.metadata.ownerReferences) && object.metadata.ownerReferences.exists(o, o.kind.endsWith('Job'))",
          "'training'",
        ],
      ],
      "'batch'",
    ),
  ],
  [
    'gpuModel',
    celFirst(
      [
        'nvidia.com/gpu.product',
        'amd.com/gpu.product-name',
        'cloud.google.com/gke-accelerator',
        'karpenter.k8s.aws/instance-gpu-name',
        'k8s.amazonaws.com/accelerator',
        'gpu.nvidia.com/model',
        'gpu.nvidia.com/class',
      ].map((key) => celEntry('variables.selector', key)),
      "''",
    ),
  ],
  ['statedLifecycle', `${celFirst(statedLookups('lifecycle'), "''")}.replace('-', '_', 1)`],
  [
    'capacityType',
    `${celFirst(
      ['karpenter.sh/capacity-type', 'eks.amazonaws.com/capacityType', 'tare.dev/lifecycle'].map((key) =>
        celEntry('variables.selector', key),
      ),
      "''",
    )}.lowerAscii().replace('-', '').replace('_', '')`,
  ],
  [
    'lifecycle',
    celFirst(
      [
        [`variables.statedLifecycle in ${celList(LIFECYCLES)}`, 'variables.statedLifecycle'],
        ...['cloud.google.com/gke-spot', 'cloud.google.com/gke-preemptible'].map(
          (key): CelLookup => [
            `'${key}' in variables.selector`,
            `(variables.selector['${key}'].lowerAscii() == 'true' ? 'spot' : 'on_demand')`,
          ],
        ),
        [
          "'kubernetes.azure.com/scalesetpriority' in variables.selector",
          "(variables.selector['kubernetes.azure.com/scalesetpriority'].lowerAscii() == 'spot' ? 'spot' : 'on_demand')",
        ],
        ["variables.capacityType in ['spot', 'owned']", 'variables.capacityType'],
        ["variables.capacityType == 'ondemand'", "'on_demand'"],
        ["variables.capacityType in ['reserved', 'capacityblock']", "'committed'"],
      ],
      "''",
    ),
  ],
  ['isSpot', "variables.lifecycle == 'spot'"],
  [
    'zone',
    celFirst(
      ['topology.kubernetes.io/zone', 'failure-domain.beta.kubernetes.io/zone'].map((key) =>
        celEntry('variables.selector', key),
      ),
      "''",
    ),
  ],
  [
    'region',
    celFirst(
      [
        ...['topology.kubernetes.io/region', 'failure-domain.beta.kubernetes.io/region'].map((key) =>
          celEntry('variables.selector', key),
        ),
        ["variables.zone.matches('[0-9][a-z]$')", 'variables.zone.substring(0, size(variables.zone) - 1)'],
        [
          "variables.zone.matches('-[a-z]$|[a-z]-[0-9]$')",
          'variables.zone.substring(0, size(variables.zone) - 2)',
        ],
      ],
      'variables.zone',
    ),
  ],
  ['interruptible', celFirst(statedLookups('interruptible'), "''")],
  ['latencyCritical', celFirst(statedLookups('latency-critical'), "''")],
  [
    'limits',
    "(has(variables.pod.activeDeadlineSeconds) ? [double(variables.pod.activeDeadlineSeconds)] : []) + (object.kind in ['Job', 'CronJob'] && has(variables.job.activeDeadlineSeconds) ? [double(variables.job.activeDeadlineSeconds)] : [])",
  ],
];

/** What people say by `tare.dev/NAME`, in its three spellings, on the object or on its pods. */
function statedLookups(name: string): CelLookup[] {
  const spellings = [`tare.dev/${name}`, `tare-dev-${name}`, `tare-${name}`];
  return spellings.flatMap((key) => MAPS.map((map) => celEntry(map, key)));
}

/** `team` and the like from labels, annotations and the namespace; what other sources say is not to be seen in an object. */
function ownerVariables(owners: OwnerRules): CelVariable[] {
  return Object.keys(owners).map((dimension) => [
    ownerVariable(dimension),
    celFirst(ownerLookups(owners, dimension), "''"),
  ]);
}

export function ownerVariable(dimension: string): string {
  return `owner_${dimension.replace(/[^A-Za-z0-9_]/g, '_')}`;
}

/** In the order of the rules; empty where nothing in an object tells it. */
export function ownerLookups(owners: OwnerRules, dimension: string): readonly CelLookup[] {
  return (owners[dimension] ?? []).flatMap((source): CelLookup[] => {
    const [, from, name = ''] = /^(label|annotation):(.+)$/i.exec(source) ?? [];
    if (source.toLowerCase() === 'namespace') return [['true', 'request.namespace']];
    if (from === undefined) return [];
    const isLabel = from.toLowerCase() === 'label';
    const maps = isLabel ? MAPS.slice(0, 2) : MAPS.slice(2);
    return maps.map((map) => celEntryOf(map, name, isLabel));
  });
}

/** Names of attributes that are no labels; `label("namespace")` means the namespace. */
const NO_LABELS = ['namespace', 'pool', 'controller', 'controllerkind'];

/** As `labelOf` looks for it: annotations first, in any case. `null` where it means something else than a label. */
export function labelLookups(name: string): readonly CelLookup[] | null {
  if (NO_LABELS.includes(name.toLowerCase()) || name.includes(':')) return null;
  return [
    ...MAPS.slice(2).map((map) => celEntryOf(map, name, false)),
    ...MAPS.slice(0, 2).map((map) => celEntryOf(map, name, true)),
  ];
}

/** Whether a label, an annotation, or an owner that is not told by the namespace alone, is there. */
export function celHasTag(tag: string, owners: OwnerRules): string {
  const labels = celAny(labelLookups(tag) ?? []);
  if (!Object.hasOwn(owners, tag)) return labels;
  const owner = `variables.${ownerVariable(tag)}`;
  return `(${labels} || !(${owner} in ['', request.namespace]))`;
}
