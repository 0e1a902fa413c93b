import type { OwnerRules } from '../../ownership/owner.ts';
import type { PolicyRule } from '../policy.ts';
import { celGlob, celList, celText } from './cel.ts';
import { celOfExpression } from './cel-of-expression.ts';
import { celHasTag } from './object-variables.ts';

/** A rule as an expression that is true of what may pass, over the variables of an object; or why it is none. */
export type CelRule =
  | Readonly<{
      expression: string;
      message: string;
      fix: string;
      /** Rests on where the pods may be put: what asks for that by affinity is let through. */
      usesPlacement: boolean;
    }>
  | Readonly<{ why: string }>;

export function celOfRule(rule: PolicyRule, owners: OwnerRules): CelRule {
  switch (rule.rule) {
    case 'allowed-gpu':
      return {
        // A machine type implies a GPU, which takes a catalogue to know.
        expression: `'node.kubernetes.io/instance-type' in variables.selector || ${celList(rule.models.map((model) => model.toUpperCase()))}.exists(m, ('-' + variables.gpuModel.upperAscii() + '-').contains('-' + m + '-'))`,
        message: `only ${rule.models.join(', ')} may be used`,
        fix: 'ask for one of them by a node selector',
        usesPlacement: true,
      };
    case 'max-gpus': {
      const parts = [
        ...(rule.perNode === null ? [] : [`double(variables.gpus) <= ${double(rule.perNode)}`]),
        ...(rule.perLaunch === null
          ? []
          : [`double(variables.gpus * variables.copies) <= ${double(rule.perLaunch)}`]),
      ];
      return {
        expression: parts.join(' && '),
        message: 'too many GPUs',
        fix: 'ask for fewer',
        usesPlacement: false,
      };
    }
    case 'allowed-lifecycle': {
      // What says nothing gets what the cluster has, which is on demand in most.
      const allowed = [...rule.lifecycles, ...(rule.lifecycles.includes('on_demand') ? [''] : [])];
      return {
        expression: `variables.lifecycle in ${celList(allowed)}`,
        message: `only ${rule.lifecycles.join(', ')} may be used`,
        fix: 'ask for it by a node selector',
        usesPlacement: true,
      };
    }
    case 'allowed-region':
      return {
        expression: `variables.region != '' && (${rule.regions.map((region) => `variables.region.lowerAscii().matches(${celText(celGlob(region))})`).join(' || ')})`,
        message: `only ${rule.regions.join(', ')} may be used`,
        fix: 'add the node selector topology.kubernetes.io/region',
        usesPlacement: true,
      };
    case 'require-spot':
      return {
        expression: `variables.lifecycle in ['spot', 'owned'] || ${isSaid('interruptible', false)} || (!${isSaid('interruptible', true)} && !(variables.kind in ['training', 'batch']))`,
        message: 'interruptible work has to run on spot capacity',
        fix: 'ask for spot nodes, or label it tare.dev/interruptible: "false"',
        usesPlacement: true,
      };
    case 'forbid-spot':
      return {
        expression: `!variables.isSpot || ${isSaid('latencyCritical', false)} || (!${isSaid('latencyCritical', true)} && variables.kind != 'inference')`,
        message: 'what people wait for may not run on spot capacity',
        fix: 'ask for on-demand nodes, or label it tare.dev/latency-critical: "false"',
        usesPlacement: true,
      };
    case 'max-hours': {
      const seconds = rule.hours * 3_600;
      return {
        expression: `object.kind in ['Deployment', 'StatefulSet'] || variables.limits.exists(l, l <= ${double(seconds)}) || (object.kind == 'Pod' && has(object.metadata.ownerReferences))`,
        message: `a run may take ${rule.hours} hours`,
        fix: `set activeDeadlineSeconds to ${Math.floor(seconds)} or less`,
        usesPlacement: false,
      };
    }
    case 'required-tags':
      return {
        expression: rule.tags.map((tag) => celHasTag(tag, owners)).join(' && '),
        message: `labels are missing of: ${rule.tags.join(', ')}`,
        fix: 'add them',
        usesPlacement: false,
      };
    case 'require-autoscaling':
    case 'require-scale-to-zero':
    case 'max-idle':
      return { why: 'an autoscaler is another object' };
    case 'oversized-gpu':
    case 'max-cost':
      return { why: 'it takes the catalogue and prices' };
    case 'expression': {
      const cel = celOfExpression(rule.deny, owners);
      if ('why' in cel) return cel;
      return {
        expression: `!(${cel.isTrue})`,
        message: `not allowed: ${rule.source}`,
        fix: 'change it so that this is not true of it',
        usesPlacement: cel.usesPlacement,
      };
    }
    default:
      return rule satisfies never;
  }
}

/** Of a label that says yes or no; anything else says nothing. */
function isSaid(variable: 'interruptible' | 'latencyCritical', yes: boolean): string {
  return `(variables.${variable}.lowerAscii() in ${celList(yes ? ['true', 'yes', '1'] : ['false', 'no', '0'])})`;
}

function double(value: number): string {
  return Number.isInteger(value) ? `${value}.0` : String(value);
}
