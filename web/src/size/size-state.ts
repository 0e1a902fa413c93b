import { searchText } from '../state/url-state.ts';

/** A fleet that exists as a sentence only; texts as they were typed. */
export type SizeState = Readonly<{
  gpus: string;
  model: string;
  lifecycle: Lifecycle;
  /** Percent. */
  utilization: string;
  hours: string;
  /** Of a GPU-hour; blank takes the middle of the list prices. */
  price: string;
  /** Percent that a smaller fleet could be run at. */
  target: string;
}>;

export const LIFECYCLES = ['on_demand', 'spot', 'committed'] as const;
export type Lifecycle = (typeof LIFECYCLES)[number];

export const SIZE_START: SizeState = {
  gpus: '8',
  model: 'H100',
  lifecycle: 'on_demand',
  utilization: '41',
  hours: '730',
  price: '',
  target: '80',
};

const TEXTS = ['gpus', 'model', 'utilization', 'hours', 'price', 'target'] as const;

export function readSizeState(search: string): SizeState {
  const query = new URLSearchParams(search);
  const texts = TEXTS.map((name) => [name, query.get(name) ?? SIZE_START[name]]);
  return {
    ...SIZE_START,
    ...Object.fromEntries(texts),
    lifecycle: LIFECYCLES.find((name) => name === query.get('lifecycle')) ?? SIZE_START.lifecycle,
  };
}

export function writeSizeState(state: SizeState): string {
  const query = new URLSearchParams();
  for (const name of [...TEXTS, 'lifecycle'] as const) {
    if (state[name] !== SIZE_START[name]) query.set(name, state[name]);
  }
  return searchText(query);
}

export type SizeField = (typeof TEXTS)[number];

const NUMBER = /^(\d+\.?\d*|\.\d+)$/;

/** What is wrong, by field; none where the server can be asked. */
export function sizeProblems(state: SizeState): ReadonlyMap<SizeField, string> {
  const problems = new Map<SizeField, string>();
  const number = (name: SizeField) => (NUMBER.test(state[name].trim()) ? Number(state[name]) : Number.NaN);
  if (!(number('gpus') >= 1 && Number.isInteger(number('gpus'))))
    problems.set('gpus', 'Write a whole number, 1 or more.');
  if (!(number('utilization') >= 0 && number('utilization') <= 100))
    problems.set('utilization', 'Write a share from 0 to 100.');
  if (!(number('hours') > 0 && number('hours') <= MOST_HOURS))
    problems.set('hours', `Write hours, up to ${MOST_HOURS}.`);
  if (!(number('target') > 0 && number('target') <= 100))
    problems.set('target', 'Write a share above 0 and up to 100.');
  if (state.price.trim() !== '' && Number.isNaN(number('price')))
    problems.set('price', 'Write an amount such as 2.50.');
  if (state.price.trim() === '' && state.model.trim() === '')
    problems.set('model', 'Name a GPU, or state a price.');
  return problems;
}

/** A month has no more. */
const MOST_HOURS = 744;

/** As the server is asked; `null` as long as something is wrong. */
export function sizePath(state: SizeState): string | null {
  if (sizeProblems(state).size > 0) return null;
  const query = new URLSearchParams({
    gpus: state.gpus.trim(),
    utilization: fractionText(state.utilization),
    hoursPerMonth: state.hours.trim(),
    lifecycle: state.lifecycle,
    targetUtilization: fractionText(state.target),
  });
  if (state.model.trim() !== '') query.set('gpuModel', state.model.trim());
  if (state.price.trim() !== '') query.set('price', state.price.trim());
  return `/api/v1/size?${query}`;
}

/** The same in a terminal. */
export function sizeCommand(state: SizeState): string {
  const model = state.model.trim();
  return [
    `tare size --gpus ${state.gpus.trim()} --utilization ${fractionText(state.utilization)}`,
    model === '' ? '' : `--gpu-model ${/\s/.test(model) ? `'${model}'` : model}`,
    state.price.trim() === '' ? '' : `--price ${state.price.trim()}`,
    state.hours.trim() === SIZE_START.hours ? '' : `--hours-per-month ${state.hours.trim()}`,
    state.lifecycle === SIZE_START.lifecycle ? '' : `--lifecycle ${state.lifecycle}`,
    state.target.trim() === SIZE_START.target ? '' : `--target-utilization ${fractionText(state.target)}`,
  ]
    .filter(Boolean)
    .join(' ');
}

/** A percent as the fraction it is, without a detour through binary numbers: `41.5` is `0.415`. */
export function fractionText(percent: string): string {
  const [whole = '', part = ''] = percent.trim().split('.');
  const digits = `${whole.padStart(3, '0')}${part}`;
  const text = `${digits.slice(0, whole.length > 3 ? whole.length - 2 : 1)}.${digits.slice(whole.length > 3 ? whole.length - 2 : 1)}`;
  return text.replace(/\.?0+$/, '') || '0';
}
