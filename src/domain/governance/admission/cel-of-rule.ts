import type { PolicyRule } from '../policy.ts';
import { celList, celText } from './cel.ts';

/** A rule as an expression that is true of what may pass, over the variables of `toAdmissionPolicy`; or why it is none. */
export type CelRule =
  | Readonly<{ expression: string; message: string; fix: string }>
  | Readonly<{ why: string }>;

export function celOfRule(rule: PolicyRule): CelRule {
  switch (rule.rule) {
    case 'allowed-gpu':
      return {
        // A machine type implies a GPU, which takes a catalogue to know.
        expression: `'node.kubernetes.io/instance-type' in variables.selector || ${celList(rule.models.map((model) => model.toUpperCase()))}.exists(m, ('-' + variables.gpuModel.upperAscii() + '-').contains('-' + m + '-'))`,
        message: `only ${rule.models.join(', ')} may be used`,
        fix: 'ask for one of them by a node selector',
      };
    case 'max-gpus': {
      const parts = [
        ...(rule.perNode === null ? [] : [`variables.gpus <= ${Math.floor(rule.perNode)}`]),
        ...(rule.perLaunch === null
          ? []
          : [`variables.gpus * variables.copies <= ${Math.floor(rule.perLaunch)}`]),
      ];
      return { expression: parts.join(' && '), message: 'too many GPUs', fix: 'ask for fewer' };
    }
    case 'allowed-lifecycle': {
      const spellings = rule.lifecycles.map((lifecycle) => lifecycle.replace(/_/g, ''));
      // What says nothing gets what the cluster has, which is on demand in most.
      const allowed = [...spellings, ...(spellings.includes('ondemand') ? [''] : [])];
      return {
        expression: `variables.lifecycle.lowerAscii().replace('-', '').replace('_', '') in ${celList(allowed)}`,
        message: `only ${rule.lifecycles.join(', ')} may be used`,
        fix: 'ask for it by a node selector',
      };
    }
    case 'allowed-region':
      return {
        expression: `'topology.kubernetes.io/region' in variables.selector && (${rule.regions.map(celOfRegion).join(' || ')})`,
        message: `only ${rule.regions.join(', ')} may be used`,
        fix: 'add the node selector topology.kubernetes.io/region',
      };
    case 'require-spot':
      return {
        expression: `variables.isSpot || ${labelIs('tare.dev/interruptible', 'false')} || !(variables.kind in ['training', 'batch'])`,
        message: 'interruptible work has to run on spot capacity',
        fix: 'ask for spot nodes, or label it tare.dev/interruptible: "false"',
      };
    case 'forbid-spot':
      return {
        expression: `!variables.isSpot || ${labelIs('tare.dev/latency-critical', 'false')} || !(variables.kind in ['inference'])`,
        message: 'what people wait for may not run on spot capacity',
        fix: 'ask for on-demand nodes, or label it tare.dev/latency-critical: "false"',
      };
    case 'max-hours': {
      const seconds = Math.round(rule.hours * 3_600);
      const within = (path: string) =>
        `(has(${path}.activeDeadlineSeconds) && int(${path}.activeDeadlineSeconds) <= ${seconds})`;
      return {
        expression: `object.kind in ['Deployment', 'StatefulSet'] || ${within('variables.pod')} || (object.kind in ['Job', 'CronJob'] && ${within('variables.job')}) || (object.kind == 'Pod' && has(object.metadata.ownerReferences))`,
        message: `a run may take ${rule.hours} hours`,
        fix: `set activeDeadlineSeconds to ${seconds} or less`,
      };
    }
    case 'required-tags':
      return {
        expression: `${celList(rule.tags)}.all(t, t in variables.labels || t in variables.podLabels || t in variables.annotations)`,
        message: `labels are missing of: ${rule.tags.join(', ')}`,
        fix: 'add them',
      };
    case 'require-autoscaling':
    case 'require-scale-to-zero':
    case 'max-idle':
      return { why: 'an autoscaler is another object' };
    case 'oversized-gpu':
    case 'max-cost':
      return { why: 'it takes the catalogue and prices' };
    case 'expression':
      return { why: 'expressions are judged by tare check' };
    default:
      return rule satisfies never;
  }
}

function labelIs(name: string, value: string): string {
  const found = ['variables.labels', 'variables.podLabels'].map(
    (labels) => `(${celText(name)} in ${labels} && ${labels}[${celText(name)}] == ${celText(value)})`,
  );
  return found.join(' || ');
}

/** A star is understood at the end. */
function celOfRegion(region: string): string {
  const selector = "variables.selector['topology.kubernetes.io/region']";
  const [start = '', ...rest] = region.split('*');
  return rest.length === 0
    ? `${selector} == ${celText(region)}`
    : `${selector}.startsWith(${celText(start)})`;
}
