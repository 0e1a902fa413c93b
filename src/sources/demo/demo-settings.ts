import type { DeclaredCommitment } from '../../domain/commitments/held-commitment.ts';
import type { Budget } from '../../domain/governance/budgets/budget.ts';
import { parsePicos } from '../../domain/money/picos.ts';
import type { OwnerRules } from '../../domain/ownership/owner.ts';
import { DAY_MS, type EpochMs, floorToDay } from '../../domain/time/window.ts';
import { COMMITMENT_ID, COMMITMENT_PER_HOUR } from './generate-charges.ts';
import { BILLS, RENTALS, type Rental } from './rentals.ts';

/** Prices and rules of the invented company, as `tare.yaml` and its contract file would state them. Amounts are decimal texts. */
export type DemoSettings = Readonly<{
  owners: OwnerRules;
  shared: 'proportional';
  contracts: readonly DemoContract[];
  /** What was offered, and is not bought yet. */
  offers: readonly DemoContract[];
  ownership: readonly DemoOwnership[];
  budgets: readonly Budget[];
  /** As they would stand in `tare.yaml`. */
  policies: string;
}>;

export type DemoContract = Readonly<{
  provider: string;
  region: string | null;
  instanceType: string;
  gpuModel: string;
  lifecycle: string;
  price: string;
  unit: 'gpu-hour' | 'instance-hour';
  currency: string;
  from: string;
  to: string | null;
  discount: string | null;
}>;

export type DemoOwnership = Readonly<{
  match: Readonly<{ gpuModel?: string; node?: string; pool?: string }>;
  /** GPUs that the amounts below pay for together. */
  gpus: number;
  capital: string;
  years: string;
  residual: string;
  powerWatts: string;
  pue: string;
  /** Per kWh. */
  tariff: string;
  /** Per month. */
  colocation: string;
  /** Per year. */
  support: string;
  /** Per month. */
  other: string;
  /** Day of purchase. */
  from: string;
}>;

/** Long before anything the fleet can be generated for. */
const VALID_FROM = '2024-06-01';

const POLICIES = `policies:
  - { rule: max-idle, kind: notebook, for: 2h }
  - { rule: forbid-spot, kind: inference }
  - { rule: required-tags, required: [team], severity: warning }
  - { rule: max-gpus, team: research, gpus: 8 }
  - { rule: require-scale-to-zero, kind: inference, environment: staging, severity: warning }
`;

export const demoSettings: DemoSettings = {
  owners: {
    team: ['label:team', 'tag:team'],
    model: ['label:model', 'tag:model'],
    environment: ['label:env', 'tag:env'],
  },
  shared: 'proportional',
  contracts: (Object.values(RENTALS) as Rental[]).filter((rental) => rental.isInContract).map(contractFor),
  // Invented, as everything here: about what spot of such a machine asks when there is some.
  offers: [{ ...contractFor(RENTALS.p5), lifecycle: 'spot', price: '24.80' }],
  ownership: [
    {
      match: { pool: 'onprem-a100' },
      gpus: 8,
      capital: '186000',
      years: '5',
      residual: '12000',
      powerWatts: '5200',
      pue: '1.4',
      tariff: '0.18',
      colocation: '1650',
      support: '9400',
      other: '0',
      from: VALID_FROM,
    },
    {
      match: { pool: 'onprem-l40s' },
      gpus: 8,
      capital: '104000',
      years: '5',
      residual: '6000',
      powerWatts: '2900',
      pue: '1.4',
      tariff: '0.18',
      colocation: '990',
      support: '3700',
      other: '0',
      from: VALID_FROM,
    },
  ],
  budgets: [
    monthly('company', {}, '455000'),
    monthly('search', { team: 'search' }, '150000'),
    monthly('ranking', { team: 'ranking' }, '170000'),
    monthly('research', { team: 'research' }, '60000'),
  ],
  policies: POLICIES,
};

const COMMITTED_FROM_DAYS = 327;
const COMMITTED_TO_DAYS = 38;

/** What the company has committed to, as its `tare.yaml` states it: a year of p5 that ends in five weeks. Its bill says the rest. */
export function demoCommitments(untilMs: EpochMs): readonly DeclaredCommitment[] {
  const today = floorToDay(untilMs);
  return [
    {
      id: COMMITMENT_ID,
      name: 'p5 savings plan',
      provider: BILLS.aws.provider,
      region: null,
      pool: null,
      gpuModel: null,
      terms: { kind: 'spend', perHourPicos: parsePicos(COMMITMENT_PER_HOUR)!.picos, ratePpm: null },
      fromMs: today - COMMITTED_FROM_DAYS * DAY_MS,
      toMs: today + COMMITTED_TO_DAYS * DAY_MS,
    },
  ];
}

function monthly(name: string, scope: Budget['scope'], limit: string): Budget {
  const limitPicos = parsePicos(limit)!.picos;
  return { name, scope, period: 'monthly', limitPicos, warn: 0.8, of: 'total', isSoft: false };
}

function contractFor(rental: Rental): DemoContract {
  return {
    provider: BILLS[rental.bill].provider,
    region: rental.region,
    instanceType: rental.instanceType,
    gpuModel: rental.gpuModel,
    lifecycle: rental.lifecycle,
    price: rental.agreedPrice,
    unit: 'instance-hour',
    currency: 'USD',
    from: VALID_FROM,
    to: null,
    discount: null,
  };
}
