import type { EndpointFigures } from '../../../src/app/results/inference.ts';

export type Place = 'waits' | 'both' | 'fine' | 'unasked';

export type DiagnosisLook = Readonly<{ text: string; place: Place | null; tone: 'bad' | 'watch' | 'plain' }>;

/** What the server found, as a place in the matrix of what is allocated against what is used. */
const LOOKS: Readonly<Record<string, DiagnosisLook>> = {
  no_traffic: { text: 'no traffic', place: 'unasked', tone: 'bad' },
  low_utilisation: { text: 'low utilisation', place: 'waits', tone: 'watch' },
  wrong_model: { text: 'wrong model', place: 'both', tone: 'watch' },
  model_fit: { text: 'model fit', place: 'both', tone: 'watch' },
  over_provisioned: { text: 'over-provisioned', place: 'fine', tone: 'watch' },
  fine: { text: 'fine', place: 'fine', tone: 'plain' },
};

export function diagnosisLook(diagnosis: string): DiagnosisLook {
  return LOOKS[diagnosis] ?? { text: diagnosis.replaceAll('_', ' '), place: null, tone: 'plain' };
}

export type Field = Readonly<{
  place: Place;
  allocated: string;
  used: string;
  meaning: string;
  endpoints: readonly EndpointFigures[];
}>;

const FIELDS: readonly Omit<Field, 'endpoints'>[] = [
  {
    place: 'waits',
    allocated: 'high',
    used: 'low',
    meaning: 'cheap while it works, dear because it waits',
  },
  {
    place: 'both',
    allocated: 'high',
    used: 'high',
    meaning: 'each unit of work is dear: model, quantisation, GPU',
  },
  { place: 'unasked', allocated: 'high', used: 'none', meaning: 'paid for, and nobody asks' },
  { place: 'fine', allocated: 'low', used: 'low', meaning: 'worth its money, unless replicas are left over' },
];

/** Endpoints of one's own in the matrix; those of which too little is known, and APIs, are in none of its fields. */
export function viewMatrix(endpoints: readonly EndpointFigures[]): readonly Field[] {
  const own = endpoints.filter(({ serving }) => serving === 'self_hosted');
  return FIELDS.map((field) => ({
    ...field,
    endpoints: own.filter(({ diagnosis }) => diagnosisLook(diagnosis).place === field.place),
  }));
}
