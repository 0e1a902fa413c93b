/** An export that holds costs and is not FOCUS. */
export type ForeignExport = Readonly<{
  /** `an AWS Cost and Usage Report`. */
  what: string;
  /** The columns that give it away, in lower case: one of these sets is there as a whole. */
  marks: readonly (readonly string[])[];
  /** How to get FOCUS instead. */
  remedy: string;
}>;

const GUIDE = 'docs/guides/bills.md shows the steps';

const FOREIGN_EXPORTS: readonly ForeignExport[] = [
  {
    what: 'an AWS Cost and Usage Report',
    marks: [['lineitem/unblendedcost'], ['line_item_unblended_cost'], ['lineitem_unblendedcost']],
    remedy: `in Billing and Cost Management, Data Exports, create an export of "FOCUS with AWS columns" (Parquet, overwrite) and import its files; ${GUIDE}`,
  },
  {
    what: 'an Azure actual or amortized cost export',
    marks: [
      ['costinbillingcurrency', 'meterid'],
      ['costinbillingcurrency', 'metercategory'],
      ['pretaxcost', 'meterid'],
      ['pretaxcost', 'metercategory'],
      ['cost', 'meterid'],
    ],
    remedy: `in Cost Management, Exports, create an export of the type "Cost and usage details (FOCUS)" and import its files; ${GUIDE}`,
  },
  {
    what: "a Google Cloud billing export in Google's own columns",
    marks: [
      ['usage_start_time', 'cost'],
      ['sku description', 'service description'],
    ],
    remedy: `turn on the FOCUS export of Cloud Billing to BigQuery and write its table out with EXPORT DATA (Parquet); ${GUIDE}`,
  },
  {
    what: 'an OCI cost or usage report in columns of its own',
    marks: [['lineitem/referenceno'], ['cost/mycost'], ['lineitem/intervalusagestart']],
    remedy: `take the files under "FOCUS Reports" of the same bucket (Cost Management, Cost and Usage Reports); ${GUIDE}`,
  },
  {
    what: 'an allocation from OpenCost or Kubecost',
    marks: [
      ['cpucost', 'ramcost'],
      ['cpu cost', 'ram cost'],
      ['cpucost', 'totalcost'],
    ],
    remedy:
      'its costs are estimates made from list prices, not what was billed: import the FOCUS export of the cloud, and let Tare allocate it; see docs/guides/bills.md',
  },
  {
    what: 'a FOCUS contract commitment dataset',
    marks: [['contractcommitmentid', 'contractcommitmentcategory']],
    remedy: 'it lists contracts, not charges: import the cost and usage dataset that comes beside it',
  },
];

/** Recognises what people send instead of FOCUS by its columns. Microsoft's localised exports carry the name in brackets. */
export function recogniseExport(columns: readonly string[]): ForeignExport | undefined {
  const present = new Set(columns.map(plainName));
  return FOREIGN_EXPORTS.find(({ marks }) => marks.some((set) => set.every((mark) => present.has(mark))));
}

function plainName(column: string): string {
  const name = column.trim().toLowerCase();
  return /\(([a-z]+)\)$/.exec(name)?.[1] ?? name;
}
