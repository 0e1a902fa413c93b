import type { ColumnType, Dialect } from './dialect.ts';

/** One table: its columns in order, and the columns it is sorted by where the engine sorts. */
export type TableShape = Readonly<{
  columns: Readonly<Record<string, ColumnType>>;
  orderBy: readonly string[];
}>;

/** What makes a fact the same fact. Other columns are its payload. */
export const FACT_KEYS = {
  capacity: ['device_id', 'start_ms'],
  workload: ['workload_id'],
  allocation: ['workload_id', 'device_id', 'start_ms'],
  usage: ['device_id', 'at_ms'],
  charge: ['dataset_id', 'row_hash', 'ordinal'],
  run: ['run_id', 'attempt'],
  checkpoint: ['workload_id', 'at_ms'],
  request: ['request_id'],
  traffic: ['endpoint', 'model', 'replica', 'start_ms'],
  score: ['score_id'],
  revenue: ['endpoint', 'model', 'from_ms'],
  queue: ['queue', 'start_ms'],
  taken: ['change_id', 'at_ms'],
} as const;

export type FactTable = keyof typeof FACT_KEYS;
export const FACT_TABLES = Object.keys(FACT_KEYS) as FactTable[];

/** What the ledger is built from. Every import looks at these; at the others only if it has to do with them. */
export const LEDGER_FACT_TABLES: readonly FactTable[] = [
  'capacity',
  'workload',
  'allocation',
  'usage',
  'charge',
];

const TOKEN_COLUMNS = {
  input_tokens: 'bigint?',
  cached_tokens: 'bigint?',
  written_tokens: 'bigint?',
  output_tokens: 'bigint?',
  reasoning_tokens: 'bigint?',
} as const satisfies Record<string, ColumnType>;

/** What slots of traffic add up to, where it is known, and what is averaged over their time. */
export const TRAFFIC_SUMS = [
  ...(Object.keys(TOKEN_COLUMNS) as (keyof typeof TOKEN_COLUMNS)[]),
  'prefill_us',
  'decode_us',
  'queue_us',
] as const;
export const TRAFFIC_MEANS = ['running_milli', 'waiting_milli', 'cache_use_ppm', 'batch_milli'] as const;

/** `s_COLUMN` is the sum of what is known, times its milliseconds where it is a mean, and `k_COLUMN` how many slots or milliseconds that is. */
const TRAFFIC_HOUR_MEASURES = Object.fromEntries(
  [...TRAFFIC_SUMS, ...TRAFFIC_MEANS].flatMap((column) => [
    [`s_${column}`, 'huge'],
    [`k_${column}`, 'bigint'],
  ]),
) as Readonly<
  Record<`${'s' | 'k'}_${(typeof TRAFFIC_SUMS)[number] | (typeof TRAFFIC_MEANS)[number]}`, ColumnType>
>;

const BUCKET_COLUMNS = {
  unobserved_ticks: 'bigint',
  unallocated_ticks: 'bigint',
  idle_ticks: 'bigint',
  underused_ticks: 'bigint',
  lost_ticks: 'bigint',
  productive_ticks: 'bigint',
  unobserved_picos: 'huge',
  unallocated_picos: 'huge',
  idle_picos: 'huge',
  underused_picos: 'huge',
  lost_picos: 'huge',
  productive_picos: 'huge',
} as const satisfies Record<string, ColumnType>;

/** Everything of a ledger row that adds up. */
export const LEDGER_MEASURES = {
  ...BUCKET_COLUMNS,
  direct_picos: 'huge',
  shared_picos: 'huge',
  sm_active_ticks: 'bigint',
  engine_active_ticks: 'bigint',
  gpu_util_ticks: 'bigint',
  contradictory_ticks: 'bigint',
  estimate_picos: 'huge',
} as const satisfies Record<string, ColumnType>;

/** What the ledger tells of a run, added up over the rows of its workloads: the measures of a row, and what is known of their prices. */
export const RUN_MEASURES = {
  ...LEDGER_MEASURES,
  unpriced_ticks: 'bigint',
  estimated_picos: 'huge',
  true_up_picos: 'huge',
} as const satisfies Record<string, ColumnType>;

/** What a report can show of a subject and of its whole group. */
const SHOWN_COLUMNS = {
  workload_name: 'text',
  kind: 'text',
  team: 'text',
  model: 'text',
  environment: 'text',
  workload_set: 'int',
  node_set: 'int',
  bill_set: 'int',
  pool: 'text',
  gpu_model: 'text',
  lifecycle: 'text',
  provider: 'text',
  region: 'text',
  instance_type: 'text',
  account: 'text',
  service: 'text',
  price_source: 'text',
  /** 1 where the bill prices what had an estimate before: such hours are never added up with others, for their true-up. */
  has_estimate: 'int',
} as const satisfies Record<string, ColumnType>;

/** What few different values are known of, so that the days of a year add up to few rows: what a page asks for first. */
export const OWNER_COLUMNS = {
  team: 'text',
  environment: 'text',
  kind: 'text',
  pool: 'text',
  gpu_model: 'text',
  lifecycle: 'text',
  provider: 'text',
  region: 'text',
  instance_type: 'text',
  price_source: 'text',
  has_estimate: 'int',
} as const satisfies Partial<typeof SHOWN_COLUMNS>;

export const TABLES = {
  dataset: {
    columns: {
      dataset_id: 'int',
      name: 'text',
      kind: 'text',
      imported_at_ms: 'bigint',
      facts: 'bigint',
      first_ms: 'bigint?',
      last_ms: 'bigint?',
      rows_read: 'bigint',
      rejects: 'text',
      warnings: 'text',
    },
    orderBy: ['dataset_id'],
  },
  /** Everything that makes two capacity facts the same place, but the time. */
  place: {
    columns: {
      place_id: 'int',
      place_key: 'text',
      node: 'text',
      gpu_model: 'text',
      gpu_parts: 'int',
      memory_mib: 'int?',
      lifecycle: 'text',
      provider: 'text',
      region: 'text',
      instance_type: 'text',
      pool: 'text',
      resource_key: 'text',
      price_key_id: 'int',
      set_id: 'int',
    },
    orderBy: ['place_id'],
  },
  price_key: {
    columns: { price_key_id: 'int', price_key: 'text' },
    orderBy: ['price_key_id'],
  },
  /** Attributes of workloads, nodes and charges, with the owner that the rules give them. */
  attribute_set: {
    columns: {
      set_id: 'int',
      set_key: 'text',
      team: 'text',
      model: 'text',
      environment: 'text',
      /** All owner dimensions as a JSON object; `{}` when no rule matched. */
      owner: 'text',
      account: 'text',
      service: 'text',
    },
    orderBy: ['set_id'],
  },
  capacity: {
    columns: {
      dataset_id: 'int',
      device_id: 'text',
      start_ms: 'bigint',
      end_ms: 'bigint?',
      node_life: 'text',
      place_id: 'int',
    },
    orderBy: ['device_id', 'start_ms'],
  },
  workload: {
    columns: { dataset_id: 'int', workload_id: 'text', kind: 'text', name: 'text', set_id: 'int' },
    orderBy: ['workload_id'],
  },
  allocation: {
    columns: {
      dataset_id: 'int',
      workload_id: 'text',
      device_id: 'text',
      start_ms: 'bigint',
      end_ms: 'bigint?',
      share_parts: 'int',
      lost_from_ms: 'bigint?',
    },
    orderBy: ['device_id', 'start_ms', 'workload_id'],
  },
  usage: {
    columns: {
      dataset_id: 'int',
      device_id: 'text',
      at_ms: 'bigint',
      interval_ms: 'int',
      busy_ppm: 'int?',
      effective_ppm: 'int?',
      /** 1 SM active, 2 engine active, 3 GPU_UTIL, 0 none, −1 contradictory. */
      basis: 'int',
      /** Interval and basis in one number where the sample lies on the even grid of its interval, so that alike is equal; 0 elsewhere; below 0 where samples were rolled up. */
      grid: 'int',
      memory_used_mib: 'int?',
      power_watts: 'real?',
    },
    orderBy: ['device_id', 'at_ms'],
  },
  charge: {
    columns: {
      dataset_id: 'int',
      row_hash: 'text',
      ordinal: 'int',
      at_where: 'text',
      billing_start_ms: 'bigint',
      billing_end_ms: 'bigint',
      start_ms: 'bigint',
      end_ms: 'bigint',
      category: 'text',
      charge_class: 'text',
      description: 'text',
      frequency: 'text',
      pricing_category: 'text',
      commitment_id: 'text',
      commitment_status: 'text',
      provider: 'text',
      billing_account: 'text',
      sub_account: 'text',
      service_category: 'text',
      service: 'text',
      sku: 'text',
      region: 'text',
      resource_id: 'text',
      resource_key: 'text',
      pricing_quantity: 'text',
      pricing_unit: 'text',
      consumed_quantity: 'text',
      consumed_unit: 'text',
      billed_picos: 'huge',
      effective_picos: 'huge?',
      list_picos: 'huge?',
      contracted_picos: 'huge?',
      cost_picos: 'huge',
      cost_basis: 'text',
      currency: 'text',
      /** The device that stands for the purchase where telemetry knows none; `''` when the line buys no GPU time. */
      gpu_device: 'text',
      gpu_ticks: 'huge',
      gpu_model: 'text',
      gpu_instance_type: 'text',
      gpu_lifecycle: 'text',
      set_id: 'int',
      commitment_name: 'text',
      commitment_type: 'text',
      commitment_category: 'text',
      /** 10⁻¹² of `commitment_unit`. */
      commitment_quantity: 'huge?',
      commitment_unit: 'text',
    },
    orderBy: ['start_ms', 'dataset_id'],
  },
  /** One row for each attempt. Parameters and metrics are JSON objects with sorted keys, so that the same are equal. */
  run: {
    columns: {
      dataset_id: 'int',
      run_id: 'text',
      attempt: 'int',
      name: 'text',
      experiment: 'text',
      state: 'text',
      state_detail: 'text',
      queue: 'text',
      queued_ms: 'bigint?',
      start_ms: 'bigint?',
      end_ms: 'bigint?',
      workload_id: 'text',
      parent_run_id: 'text',
      fingerprint: 'text',
      parameters: 'text',
      metrics: 'text',
      set_id: 'int',
      gang_until_ms: 'bigint?',
    },
    orderBy: ['run_id', 'attempt'],
  },
  checkpoint: {
    columns: { dataset_id: 'int', workload_id: 'text', at_ms: 'bigint' },
    orderBy: ['workload_id', 'at_ms'],
  },
  /** One row for each call. Times are whole microseconds, so that sums are exact. */
  request: {
    columns: {
      dataset_id: 'int',
      request_id: 'text',
      endpoint: 'text',
      serving: 'text',
      model: 'text',
      provider: 'text',
      operation: 'text',
      start_ms: 'bigint',
      duration_us: 'bigint?',
      first_token_us: 'bigint?',
      /** `''` when it succeeded. */
      error: 'text',
      ...TOKEN_COLUMNS,
      prompt_name: 'text',
      prompt_version: 'text',
      step: 'text',
      agent: 'text',
      conversation: 'text',
      cost_picos: 'huge?',
      price_reference: 'text',
      set_id: 'int',
    },
    orderBy: ['start_ms', 'request_id'],
  },
  /** One row for each replica and slot. A histogram is a text, `LOW:HIGH=COUNT …` in microseconds, the last HIGH `inf`; see `histogramText`. */
  traffic: {
    columns: {
      dataset_id: 'int',
      endpoint: 'text',
      model: 'text',
      replica: 'text',
      workload_id: 'text',
      start_ms: 'bigint',
      end_ms: 'bigint',
      requests: 'bigint',
      errors: 'bigint',
      ...TOKEN_COLUMNS,
      latency: 'text',
      latency_us: 'bigint?',
      first_token: 'text',
      first_token_us: 'bigint?',
      prefill_us: 'bigint?',
      decode_us: 'bigint?',
      queue_us: 'bigint?',
      running_milli: 'bigint?',
      waiting_milli: 'bigint?',
      cache_use_ppm: 'bigint?',
      batch_milli: 'bigint?',
      set_id: 'int',
    },
    orderBy: ['start_ms', 'endpoint', 'model', 'replica'],
  },
  /** Traffic by the hour, replicas added up: what reports read. See `traffic-hours.ts`. */
  traffic_hour: {
    columns: {
      hour_ms: 'bigint',
      endpoint: 'text',
      model: 'text',
      set_id: 'int',
      requests: 'bigint',
      errors: 'bigint',
      ...TRAFFIC_HOUR_MEASURES,
      latency: 'text',
      first_token: 'text',
    },
    orderBy: ['hour_ms', 'endpoint', 'model', 'set_id'],
  },
  /** Rates are thousandths of a request an hour: of the busiest slot, and of the busiest replica. */
  traffic_hour_peak: {
    columns: {
      hour_ms: 'bigint',
      endpoint: 'text',
      slot_rate: 'bigint',
      replica_rate: 'bigint',
      replicas_ms: 'bigint',
      slots_ms: 'bigint',
    },
    orderBy: ['hour_ms', 'endpoint'],
  },
  /** Hours whose traffic changed since they were added up. */
  stale_traffic: { columns: { hour_ms: 'bigint' }, orderBy: ['hour_ms'] },
  score: {
    columns: {
      dataset_id: 'int',
      score_id: 'text',
      name: 'text',
      /** Thousand-millionths, so that a bar of 0.8 is met by 0.8. */
      value_nanos: 'huge',
      at_ms: 'bigint',
      endpoint: 'text',
      model: 'text',
      prompt_name: 'text',
      prompt_version: 'text',
      request_id: 'text',
      run_id: 'text',
      judged_by: 'text',
    },
    orderBy: ['at_ms', 'score_id'],
  },
  revenue: {
    columns: { dataset_id: 'int', endpoint: 'text', model: 'text', from_ms: 'bigint', per_1k_picos: 'huge' },
    orderBy: ['endpoint', 'model', 'from_ms'],
  },
  /** One row for each queue and slot; GPUs and workloads in thousandths. */
  queue: {
    columns: {
      dataset_id: 'int',
      queue: 'text',
      start_ms: 'bigint',
      end_ms: 'bigint',
      waiting_ms: 'bigint?',
      pending_milli: 'bigint?',
      pending_gpu_milli: 'bigint?',
      reserved_gpu_milli: 'bigint?',
      used_gpu_milli: 'bigint?',
      nominal_gpu_milli: 'bigint?',
    },
    orderBy: ['start_ms', 'queue'],
  },
  /** Changes that were made, with what they were promised to save in a month. */
  taken: {
    columns: {
      dataset_id: 'int',
      change_id: 'text',
      at_ms: 'bigint',
      lever: 'text',
      target: 'text',
      owner: 'text',
      taken_by: 'text',
      low_picos: 'huge?',
      expected_picos: 'huge?',
      high_picos: 'huge?',
      currency: 'text',
    },
    orderBy: ['at_ms', 'change_id'],
  },
  rate: {
    columns: {
      rate_id: 'int',
      price_key_id: 'int',
      from_ms: 'bigint',
      to_ms: 'bigint',
      per_gpu_hour_picos: 'huge',
      source: 'text',
      price_date: 'text',
      reference: 'text',
    },
    orderBy: ['price_key_id', 'from_ms'],
  },
  /** First and last thing known of a device, for devices whose capacity nobody stated. */
  evidence: {
    columns: { device_id: 'text', first_ms: 'bigint', last_ms: 'bigint' },
    orderBy: ['device_id'],
  },
  /** Hours to build again. `is_paid` marks changes of what is paid for, which move the cost of whole charge periods. */
  stale: {
    columns: { from_ms: 'bigint', to_ms: 'bigint', is_paid: 'int' },
    orderBy: ['from_ms'],
  },
  /** Who, where and at what price: what ledger rows say besides hour and amounts. */
  subject: {
    columns: {
      subject_id: 'int',
      /** A digest of what follows the group: whether a subject is known is one comparison. */
      identity: 'text',
      group_id: 'int',
      device_id: 'text',
      workload_id: 'text',
      place_id: 'int',
      node: 'text',
      rate_id: 'int',
      ...SHOWN_COLUMNS,
    },
    orderBy: ['subject_id'],
  },
  /** Subjects that differ in nothing but device, node and run. `device_id` and `workload_id` are `*` where there are any. */
  subject_group: {
    columns: { group_id: 'int', identity: 'text', device_id: 'text', workload_id: 'text', ...SHOWN_COLUMNS },
    orderBy: ['group_id'],
  },
  ledger: {
    columns: { hour_ms: 'bigint', subject_id: 'int', ...LEDGER_MEASURES },
    orderBy: ['hour_ms', 'subject_id'],
  },
  /** The ledger by UTC day: for whoever asks about devices, or about nodes by day. */
  ledger_day: {
    columns: { day_ms: 'bigint', subject_id: 'int', ...LEDGER_MEASURES },
    orderBy: ['day_ms', 'subject_id'],
  },
  /** The ledger by UTC day and group: for whoever asks about workloads, models or tags. */
  ledger_day_group: {
    columns: { day_ms: 'bigint', group_id: 'int', ...LEDGER_MEASURES },
    orderBy: ['day_ms', 'group_id'],
  },
  /** The ledger by UTC day and what `OWNER_COLUMNS` hold: for whoever asks by team, by kind or for the whole. */
  ledger_day_owner: {
    columns: { day_ms: 'bigint', ...OWNER_COLUMNS, ...LEDGER_MEASURES },
    orderBy: ['day_ms'],
  },
  /** The same by node, of weeks that are over: for whoever asks about nodes and not about days. */
  ledger_span_node: {
    columns: { span_no: 'int', node: 'text', ...OWNER_COLUMNS, ...LEDGER_MEASURES },
    orderBy: ['span_no', 'node'],
  },
  /** What has to be worked out again of the runs: `kind` says what `id` names (`run`, `workload`), or that charges changed and may name any run. */
  stale_run: { columns: { kind: 'text', id: 'text' }, orderBy: ['kind', 'id'] },
  /** Attribute sets of charges that name a run. */
  run_tag: { columns: { set_id: 'int', run_id: 'text' }, orderBy: ['set_id'] },
  /** One row for each run, with everything that a list shows: the last attempt's words, and the sums of all attempts. */
  run_total: {
    columns: {
      run_id: 'text',
      name: 'text',
      experiment: 'text',
      state: 'text',
      state_detail: 'text',
      queue: 'text',
      parent_run_id: 'text',
      fingerprint: 'text',
      parameters: 'text',
      metrics: 'text',
      team: 'text',
      model: 'text',
      environment: 'text',
      attempts: 'int',
      started_attempts: 'int',
      /** Started attempts that end with their work lost. */
      lost_attempts: 'int',
      /** Started attempts whose workload is in the ledger. The cost of the others is unknown. */
      known_attempts: 'int',
      checkpoints: 'int',
      queued_ms: 'bigint?',
      start_ms: 'bigint?',
      /** Of the last attempt; NULL while it runs. */
      end_ms: 'bigint?',
      wait_ms: 'bigint?',
      gpu_models: 'text',
      price_sources: 'text',
      /** The earlier run that did the same work; `''` for all others. */
      duplicate_of: 'text',
      /** 1 where it started and no cost is known: the sums below say nothing then. */
      is_unknown: 'int',
      gross_ticks: 'bigint',
      /** Everything: GPU time, direct and shared. */
      total_picos: 'huge',
      ...RUN_MEASURES,
    },
    orderBy: ['run_id'],
  },
  /** What was said of an anomaly. */
  judgement: {
    columns: {
      measure: 'text',
      dimension: 'text',
      owner: 'text',
      from_ms: 'bigint',
      to_ms: 'bigint',
      verdict: 'text',
      note: 'text',
      judged_by: 'text',
      at_ms: 'bigint',
    },
    orderBy: ['measure', 'dimension', 'owner', 'from_ms'],
  },
  alert: {
    columns: {
      alert_id: 'text',
      alert_key: 'text',
      kind: 'text',
      severity: 'text',
      /** A JSON object. */
      owner: 'text',
      title: 'text',
      message: 'text',
      start_ms: 'bigint',
      missing_ms: 'bigint?',
      end_ms: 'bigint?',
    },
    orderBy: ['alert_id'],
  },
  /** The outbox: who is told of what, once. */
  notice: {
    columns: {
      recipient: 'text',
      alert_id: 'text',
      event: 'text',
      state: 'text',
      attempts: 'int',
      created_ms: 'bigint',
      next_ms: 'bigint',
      message_id: 'text',
      changed_ms: 'bigint',
      reason: 'text',
    },
    orderBy: ['recipient', 'alert_id', 'event'],
  },
  /** Pages of the dashboard under a name. */
  saved_view: { columns: { name: 'text', address: 'text', saved_ms: 'bigint' }, orderBy: ['name'] },
  note: { columns: { name: 'text', content: 'text' }, orderBy: ['name'] },
} as const satisfies Record<string, TableShape>;

export type TableName = keyof typeof TABLES;

export function columnsOf(table: TableName): string[] {
  return Object.keys(TABLES[table].columns);
}

/** The column list of a `CREATE TABLE`. */
export function columnDefinitions(dialect: Dialect, table: TableName): string {
  const columns: Readonly<Record<string, ColumnType>> = TABLES[table].columns;
  return Object.entries(columns)
    .map(([name, type]) => `${name} ${dialect.types[type]}`)
    .join(', ');
}
