import type { Lifecycle } from '../../domain/facts/facts.ts';
import type { Picos } from '../../domain/money/picos.ts';
import type { EpochMs } from '../../domain/time/window.ts';
import type { Fraction } from '../../domain/units/fraction.ts';

/** The columns of a contract file, and the keys of a row in `tare.yaml`. */
export const CONTRACT_COLUMNS = [
  { name: 'provider', isRequired: false, meaning: 'cloud or seller; blank: any' },
  { name: 'region', isRequired: false, meaning: 'as the cloud spells it; blank: every region' },
  { name: 'instanceType', isRequired: false, meaning: 'machine; blank: any' },
  { name: 'gpuModel', isRequired: false, meaning: 'GPU, in any spelling; blank: any' },
  {
    name: 'lifecycle',
    isRequired: false,
    meaning: 'on_demand, spot, committed or owned; blank: all but owned',
  },
  { name: 'price', isRequired: false, meaning: 'decimal text, per unit; or a discount instead' },
  { name: 'unit', isRequired: false, meaning: 'gpu-hour or instance-hour; needed with a price' },
  { name: 'gpus', isRequired: false, meaning: 'GPUs in the machine, where the catalogue does not know it' },
  { name: 'currency', isRequired: false, meaning: 'three letters; blank: the currency of the ledger' },
  { name: 'discount', isRequired: false, meaning: 'off the price book, as a fraction: 0.15 is 15 %' },
  { name: 'from', isRequired: true, meaning: 'first day or instant of the price' },
  { name: 'to', isRequired: false, meaning: 'day or instant it ends before; blank: it stands' },
] as const;

export type ContractColumn = (typeof CONTRACT_COLUMNS)[number]['name'];

/** A row as it is written, each value a text; blank and absent are the same. */
export type ContractRow = Readonly<Partial<Record<ContractColumn, string | null>>>;

/** What a contract says, checked. `null` in the first five fields matches everything (a lifecycle of `null` all but `owned`). */
export type ContractPrice = Readonly<{
  provider: string | null;
  region: string | null;
  /** In lower case. */
  instanceType: string | null;
  gpuModel: string | null;
  lifecycle: Lifecycle | null;
  terms: ContractTerms;
  fromMs: EpochMs;
  toMs: EpochMs | null;
  fromDay: string;
  /** `contract.csv:3`. */
  where: string;
}>;

export type ContractTerms =
  | Readonly<{
      kind: 'price';
      amountPicos: Picos;
      text: string;
      unit: 'gpu-hour' | 'instance-hour';
      /** One for a price by the GPU. */
      gpus: Fraction;
      currency: string | null;
    }>
  | Readonly<{
      kind: 'discount';
      /** Scaled like money: 0.15 × `PICOS_PER_UNIT`. */
      fractionPicos: Picos;
      text: string;
    }>;
