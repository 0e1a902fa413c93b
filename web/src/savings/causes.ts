import type { Pattern, Scheme } from '../buckets/buckets.ts';

export type CauseLook = Readonly<{
  cause: string;
  name: string;
  meaning: string;
  color: Readonly<Record<Scheme, string>>;
  pattern: Pattern;
}>;

/** Causes of paid time that did nothing, in the order in which they are looked at; colours keep a contrast of 3 with the background. */
export const CAUSE_LOOKS: readonly CauseLook[] = [
  {
    cause: 'did-not-fit',
    name: 'free, but did not fit',
    meaning: 'held by nobody while others queued: too scattered, the wrong GPU, or a quota',
    color: { light: '#8f1230', dark: '#e8517f' },
    pattern: 'cross-hatch',
  },
  {
    cause: 'forgotten',
    name: 'held and forgotten',
    meaning: 'held, and nothing came back within the grace time, or its run had ended',
    color: { light: '#9c502f', dark: '#d98252' },
    pattern: 'diagonal',
  },
  {
    cause: 'no-traffic',
    name: 'no traffic',
    meaning: 'an endpoint without requests',
    color: { light: '#a07c00', dark: '#f0c70f' },
    pattern: 'dots',
  },
  {
    cause: 'waiting-for-batch',
    name: 'waiting for a batch',
    meaning: 'an endpoint with requests that do not fill the GPU',
    color: { light: '#0a7f86', dark: '#3fd0c9' },
    pattern: 'solid',
  },
  {
    cause: 'waiting-for-gang',
    name: 'waiting for its gang',
    meaning: 'held by the pods that are there, while the last one of the job is missing',
    color: { light: '#b0452c', dark: '#ff9d7a' },
    pattern: 'outline',
  },
  {
    cause: 'loading',
    name: 'loading',
    meaning: 'gaps inside a run that works: data, checkpoints, evaluation on the host',
    color: { light: '#2a6fbb', dark: '#6fb1f2' },
    pattern: 'diagonal',
  },
  {
    cause: 'interactive',
    name: 'between two cells',
    meaning: 'a notebook in use, between two cells',
    color: { light: '#6d4fa3', dark: '#b39ae8' },
    pattern: 'vertical',
  },
  {
    cause: 'starting-up',
    name: 'starting up',
    meaning: 'the first hour of a hold or of a node',
    color: { light: '#4b7a24', dark: '#9bcc62' },
    pattern: 'dots',
  },
  {
    cause: 'nobody-asked',
    name: 'nobody asked',
    meaning: 'held by nobody, and no run was waiting',
    color: { light: '#041c55', dark: '#5b8dff' },
    pattern: 'vertical',
  },
  {
    cause: 'unknown',
    name: 'unknown',
    meaning: 'nothing that was recorded says why',
    color: { light: '#696969', dark: '#c9ced4' },
    pattern: 'outline',
  },
];

const NAMES = new Map(CAUSE_LOOKS.map(({ cause, name }) => [cause, name]));

/** A cause that this page does not know keeps its own name. */
export function causeName(cause: string): string {
  return NAMES.get(cause) ?? cause;
}
