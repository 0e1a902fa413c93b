import type { Survey } from './survey.ts';

/** A commented `tare.yaml` for what was found; what was not found stands in it as an example, commented out. */
export function configText(found: Survey): string {
  return `# What Tare needs to know. Every key, with its meaning: docs/guides/configuration.md
# Secrets stand here only as \${ENVIRONMENT_VARIABLE} or file:PATH.

# The one currency of the ledger. Bills in another one need a rate below.
currency: USD
# rates: { EUR: 1.08 }                 # one EUR is 1.08 USD

# Where facts and ledger are kept. A file of its own, or clickhouse://HOST/DATABASE.
store: duckdb:.tare/tare.duckdb

# Where facts come from. tare collect reads them once, tare up every minute.
${sourcesText(found)}
# Who owns a cost: the first of these that a node, a pod or a bill line has.
owners:
  team: [label:team, tag:team, namespace, slurm:account]
  model: [label:model, tag:model]
  environment: [label:environment, label:env, tag:environment, tag:env]

# Charges without an owner are spread over all: proportional, even, or none.
shared: proportional

# Prices of your contract, for hours that no bill covers yet.
# prices:
#   contracts: contract.csv

# tare up listens on this machine alone. Other machines need a token to read.
# server: { host: 0.0.0.0, port: 4680, tokens: ["\${TARE_TOKEN}"] }
`;
}

function sourcesText(found: Survey): string {
  const live = [
    ...prometheusLines(found),
    ...(found.hasSacct ? ['  - { kind: slurm }'] : []),
    ...(found.hasNvidiaSmi ? ['  - { kind: nvidia-smi }'] : []),
  ];
  const bills = found.bills.map((pattern) => `  - { kind: focus, path: ${JSON.stringify(pattern)} }`);
  const lines = [...live, ...bills];
  const examples = [
    ...(found.prometheus ? [] : ['  # - { kind: prometheus, url: "${PROMETHEUS_URL}" }']),
    ...(found.bills.length > 0 ? [] : ['  # - { kind: focus, path: bills/*.parquet }']),
  ];
  const head = lines.length > 0 ? 'sources:' : 'sources: []';
  return `${[head, ...lines, ...examples].join('\n')}\n`;
}

function prometheusLines({ prometheus }: Survey): string[] {
  if (!prometheus) return [];
  const url = prometheus.isFromEnvironment ? '"${PROMETHEUS_URL}"' : prometheus.url;
  return [`  - { kind: prometheus, url: ${url} }`];
}
