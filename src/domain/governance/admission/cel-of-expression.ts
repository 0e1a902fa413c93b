import type { OwnerRules } from '../../ownership/owner.ts';
import type { Expression, Operator } from '../expression/expression.ts';
import { celAny, celFirst, celText } from './cel.ts';
import { labelLookups, ownerLookups, ownerVariable } from './object-variables.ts';

/**
 * An expression in CEL. CEL knows no unknown, so each part becomes two: what is unknown is neither true nor false, and no value is known of it.
 */
type Cel =
  | Readonly<{ type: 'truth'; isTrue: string; isFalse: string }>
  | Readonly<{ type: 'number' | 'text'; known: string; value: string }>
  /** A written `null`. */
  | Readonly<{ type: 'null' }>;

export type CelExpression =
  /** True of what is denied. */
  | Readonly<{ isTrue: string; usesPlacement: boolean }>
  /** Why one object cannot tell. */
  | Readonly<{ why: string }>;

/**
 * Translates where one object tells all that the expression asks for, and its types are clear; a mistake of types, which `tare check` finds launch by launch, is
 * found here at once. The result is true of exactly the launches of which the expression is true.
 */
export function celOfExpression(expression: Expression, owners: OwnerRules): CelExpression {
  const translation = new Translation(owners);
  try {
    const { isTrue } = truth(translation.of(expression));
    return { isTrue, usesPlacement: translation.usesPlacement };
  } catch (thrown) {
    if (thrown instanceof Untranslatable) return { why: thrown.message };
    throw thrown;
  }
}

class Untranslatable extends Error {}

const always = (type: 'number' | 'text', value: string): Cel => ({ type, known: 'true', value });
const textOrUnknown = (value: string): Cel => ({ type: 'text', known: `${value} != ''`, value });
const seconds = 'variables.limits';

const NAMES: ReadonlyMap<string, Cel> = new Map<string, Cel>([
  ['name', always('text', 'variables.name')],
  ['namespace', always('text', 'request.namespace')],
  ['kind', always('text', 'variables.kind')],
  ['resource', always('text', 'object.kind')],
  ['gpus', always('number', 'double(variables.gpus * variables.copies)')],
  ['minGpus', always('number', 'double(variables.gpus * variables.copies)')],
  ['gpusPerNode', always('number', 'double(variables.gpus)')],
  ['nodes', always('number', 'double(variables.nodes)')],
  ['minReplicas', always('number', 'double(variables.replicas)')],
  ['maxReplicas', always('number', 'double(variables.replicas)')],
  ['lifecycle', textOrUnknown('variables.lifecycle')],
  ['isSpot', { type: 'truth', isTrue: 'variables.isSpot', isFalse: '!variables.isSpot' }],
  ['region', textOrUnknown('variables.region')],
  ['limitHours', { type: 'number', known: `size(${seconds}) > 0`, value: `(${seconds}.min() / 3600.0)` }],
]);
const PLACEMENT = new Set(['lifecycle', 'isSpot', 'region']);

const ELSEWHERE: Readonly<Record<string, string>> = {
  file: 'a file',
  queue: 'the queue, which may be a partition',
  gpuModels: 'the catalogue',
  provider: 'the catalogue',
  isAutoscaled: 'an autoscaler, which is another object',
  idleLimitHours: 'an idle limit, which another object may set',
  hours: 'past runs',
  costPerHour: 'prices',
  costPerRun: 'prices',
  costPerMonth: 'prices',
};

class Translation {
  usesPlacement = false;
  readonly #owners: OwnerRules;

  constructor(owners: OwnerRules) {
    this.#owners = owners;
  }

  of(expression: Expression): Cel {
    switch (expression.kind) {
      case 'constant':
        return constant(expression.value);
      case 'list':
        throw new Untranslatable('a list stands where no list is looked into');
      case 'name':
        return this.#name(expression.name);
      case 'not': {
        const { isTrue, isFalse } = truth(this.of(expression.operand));
        return { type: 'truth', isTrue: isFalse, isFalse: isTrue };
      }
      case 'minus': {
        const { known, value } = typed(this.of(expression.operand), 'number');
        return { type: 'number', known, value: `(-${value})` };
      }
      case 'call':
        return this.#call(expression);
      case 'binary':
        return this.#binary(expression.operator, expression.left, expression.right);
      default:
        return expression satisfies never;
    }
  }

  #name(name: string): Cel {
    if (name === 'team' || name === 'model' || name === 'environment') return this.#owner(name);
    if (PLACEMENT.has(name)) this.usesPlacement = true;
    const found = NAMES.get(name);
    if (found !== undefined) return found;
    throw new Untranslatable(`${name} takes ${ELSEWHERE[name] ?? 'more than an object'}`);
  }

  /** A dimension that no rule finds is unknown in every launch of Kubernetes. */
  #owner(dimension: string): Cel {
    const lookups = ownerLookups(this.#owners, dimension);
    if (lookups.length === 0) return { type: 'text', known: 'false', value: "''" };
    return textOrUnknown(`variables.${ownerVariable(dimension)}`);
  }

  #call({ name, parameters }: Extract<Expression, { kind: 'call' }>): Cel {
    if (name === 'owner') return this.#owner(written(parameters[0]!, name));
    if (name === 'label' || name === 'has') return this.#label(name, written(parameters[0]!, name));
    if (name === 'min' || name === 'max') {
      const numbers = parameters.map((parameter) => typed(this.of(parameter), 'number'));
      const value = `[${numbers.map((number) => number.value).join(', ')}].${name}()`;
      return { type: 'number', known: all(numbers.map(({ known }) => known)), value };
    }
    const [text, part] = parameters.map((parameter) => typed(this.of(parameter), 'text'));
    if (name === 'lower') return { ...text!, value: `${text!.value}.lowerAscii()` };
    if (name === 'upper') return { ...text!, value: `${text!.value}.upperAscii()` };
    if (name === 'length')
      return { type: 'number', known: text!.known, value: `double(size(${text!.value}))` };
    if (name === 'startsWith' || name === 'endsWith' || name === 'contains')
      return decided([text!.known, part!.known], `${text!.value}.${name}(${part!.value})`);
    throw new Untranslatable(`the function ${name} is not one of CEL`);
  }

  #label(name: 'label' | 'has', label: string): Cel {
    const lookups = labelLookups(label);
    if (lookups === null) throw new Untranslatable(`${label} is no label`);
    const known = celAny(lookups);
    if (name === 'has') return { type: 'truth', isTrue: known, isFalse: `!${known}` };
    return { type: 'text', known, value: celFirst(lookups, "''") };
  }

  #binary(operator: Operator, left: Expression, right: Expression): Cel {
    if (operator === 'in' || operator === 'not in')
      return this.#membership(left, right, operator === 'not in');
    const [a, b] = [this.of(left), this.of(right)];
    if (operator === 'and' || operator === 'or') return logic(operator, truth(a), truth(b));
    if (operator === '==') return equality(a, b);
    if (operator === '!=') return negated(equality(a, b));
    if (a.type === 'null' || b.type === 'null') return UNKNOWN;
    if (operator === '<' || operator === '<=' || operator === '>' || operator === '>=') {
      const [one, other] =
        a.type === 'text' ? [a, typed(b, 'text')] : [typed(a, 'number'), typed(b, 'number')];
      return decided([one.known, other.known], `${one.value} ${operator} ${other.value}`);
    }
    return arithmetic(operator, typed(a, 'number'), typed(b, 'number'));
  }

  #membership(left: Expression, right: Expression, isNegated: boolean): Cel {
    const item = this.of(left);
    if (item.type === 'null') return UNKNOWN;
    const found =
      right.kind === 'list'
        ? isAmong(
            item,
            right.items.map((one) => this.of(one)),
          )
        : within(item, this.of(right));
    return isNegated ? negated(found) : found;
  }
}

const UNKNOWN: Cel = { type: 'truth', isTrue: 'false', isFalse: 'false' };

function constant(value: unknown): Cel {
  if (value === null) return { type: 'null' };
  if (typeof value === 'boolean') return { type: 'truth', isTrue: String(value), isFalse: String(!value) };
  if (typeof value === 'string') return always('text', celText(value));
  if (typeof value === 'number')
    return always('number', Number.isInteger(value) ? `${value}.0` : String(value));
  throw new Untranslatable('a list stands where no list is looked into');
}

function truth(cel: Cel): { isTrue: string; isFalse: string } {
  if (cel.type === 'truth') return cel;
  if (cel.type === 'null') return { isTrue: 'false', isFalse: 'false' };
  throw new Untranslatable(`a ${cel.type} stands where something true or false is expected`);
}

function typed(cel: Cel, type: 'number' | 'text'): { type: 'number' | 'text'; known: string; value: string } {
  if (cel.type === 'null') return { type, known: 'false', value: type === 'number' ? '0.0' : "''" };
  if (cel.type === type) return cel;
  throw new Untranslatable(`a ${cel.type} stands where a ${type} is expected`);
}

function written(expression: Expression, name: string): string {
  if (expression.kind === 'constant' && typeof expression.value === 'string') return expression.value;
  throw new Untranslatable(`${name}() is given something that is computed`);
}

function decided(known: readonly string[], value: string): Cel {
  const all = known
    .filter((one) => one !== 'true')
    .map((one) => `${one} && `)
    .join('');
  return { type: 'truth', isTrue: `(${all}${value})`, isFalse: `(${all}!(${value}))` };
}

function logic(operator: 'and' | 'or', a: ReturnType<typeof truth>, b: ReturnType<typeof truth>): Cel {
  const [both, either] = operator === 'and' ? (['&&', '||'] as const) : (['||', '&&'] as const);
  return {
    type: 'truth',
    isTrue: `(${a.isTrue} ${both} ${b.isTrue})`,
    isFalse: `(${a.isFalse} ${either} ${b.isFalse})`,
  };
}

function negated(cel: Cel): Cel {
  const { isTrue, isFalse } = truth(cel);
  return { type: 'truth', isTrue: isFalse, isFalse: isTrue };
}

function equality(a: Cel, b: Cel): Cel {
  if (a.type === 'null' && b.type === 'null') return constant(true);
  if (a.type === 'null' || b.type === 'null') {
    const known = knownOf(a.type === 'null' ? b : a);
    return { type: 'truth', isTrue: `!(${known})`, isFalse: `(${known})` };
  }
  if (a.type === 'truth' && b.type === 'truth')
    return {
      type: 'truth',
      isTrue: `((${a.isTrue} && ${b.isTrue}) || (${a.isFalse} && ${b.isFalse}))`,
      isFalse: `((${a.isTrue} && ${b.isFalse}) || (${a.isFalse} && ${b.isTrue}))`,
    };
  if (a.type === 'truth' || b.type === 'truth' || a.type !== b.type)
    return { type: 'truth', isTrue: 'false', isFalse: `(${knownOf(a)} && ${knownOf(b)})` };
  return decided([a.known, b.known], `${a.value} == ${b.value}`);
}

function knownOf(cel: Cel): string {
  if (cel.type === 'null') return 'false';
  return cel.type === 'truth' ? `(${cel.isTrue} || ${cel.isFalse})` : cel.known;
}

/** What divides by zero is not known. */
function arithmetic(operator: Operator, a: ReturnType<typeof typed>, b: ReturnType<typeof typed>): Cel {
  if (operator === '%') throw new Untranslatable('CEL has no remainder of numbers with a point');
  const known = all([a.known, b.known, operator === '/' ? `${b.value} != 0.0` : 'true']);
  return { type: 'number', known, value: `(${a.value} ${operator} ${b.value})` };
}

/** An unknown item of the list makes a no unknown. */
function isAmong(item: Cel, items: readonly Cel[]): Cel {
  const equalities = items.map((one) =>
    truth(equality(item, one.type === 'null' ? { type: 'text', known: 'false', value: "''" } : one)),
  );
  const known = knownOf(item);
  if (equalities.length === 0) return { type: 'truth', isTrue: 'false', isFalse: `(${known})` };
  return {
    type: 'truth',
    isTrue: `(${equalities.map(({ isTrue }) => isTrue).join(' || ')})`,
    isFalse: `(${equalities.map(({ isFalse }) => isFalse).join(' && ')})`,
  };
}

function within(item: Cel, text: Cel): Cel {
  if (text.type === 'null') return UNKNOWN;
  const [part, whole] = [typed(item, 'text'), typed(text, 'text')];
  return decided([part.known, whole.known], `${whole.value}.contains(${part.value})`);
}

function all(conditions: readonly string[]): string {
  const open = conditions.filter((one) => one !== 'true');
  return open.length === 0 ? 'true' : `(${open.join(' && ')})`;
}
