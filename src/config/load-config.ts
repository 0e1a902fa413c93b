import { createHash } from 'node:crypto';
import { existsSync, readFileSync } from 'node:fs';
import { dirname, resolve } from 'node:path';
import type { ReportSetting } from '../app/scheduled-reports/report-setting.ts';
import type { TareSettings } from '../app/tare.ts';
import type { RevenueFact } from '../domain/facts/facts.ts';
import { BUDGET_PERIODS, type Budget } from '../domain/governance/budgets/budget.ts';
import type { Policy } from '../domain/governance/policy.ts';
import { parsePicos } from '../domain/money/picos.ts';
import { DEFAULT_OWNER_RULES } from '../domain/ownership/owner.ts';
import { parseInstant } from '../domain/time/window.ts';
import { checkCommitments, toCommitment } from './commitments-yaml.ts';
import { configurationError } from './configuration-error.ts';
import { describeIssue, type Mistake } from './describe-issue.ts';
import type { AlertsYaml, AnomaliesYaml, RecipientYaml } from './notify-yaml.ts';
import { checkGuardrails, toBudget, toPolicy } from './read-guardrails.ts';
import { policiesText } from './read-policies.ts';
import { checkReports, toReport } from './read-reports.ts';
import { readSecret } from './read-secret.ts';
import { type RevenueConfig, type SourceConfig, type TareYaml, tareYaml } from './tare-yaml.ts';
import { parseYaml, type YamlPath } from './yaml-document.ts';
import { readDuration } from './yaml-values.ts';

export const DEFAULT_CONFIG_PATH = 'tare.yaml';
export const DEFAULT_STORE = 'duckdb:.tare/tare.duckdb';
export const DEFAULT_PORT = 4680;
export const DEFAULT_HOST = '127.0.0.1';

/** What `tare.yaml` says, checked, with secrets expanded and defaults filled in. */
export type Config = Readonly<{
  /** The file as the user named it; `null` when there was none and everything is a default. */
  path: string | null;
  /** What relative paths in the file stand relative to. */
  directory: string;
  store: string;
  settings: TareSettings;
  sources: readonly SourceConfig[];
  prices: NonNullable<TareYaml['prices']>;
  run: NonNullable<TareYaml['run']>;
  otlp: NonNullable<TareYaml['otlp']>;
  server: Readonly<{ host: string; port: number; publicUrl: string | null; tokenHashes: readonly string[] }>;
  budgets: readonly Budget[];
  policies: readonly Policy[];
  /** The policies as they would stand in a file by themselves. */
  policiesText: string;
  check: NonNullable<TareYaml['check']>;
  anomalies: AnomaliesYaml;
  alerts: AlertsYaml;
  /** Empty where sources and server are not used either. */
  notify: readonly RecipientYaml[];
  /** Empty like `notify`. */
  reports: readonly ReportSetting[];
}>;

export type LoadOptions = Readonly<{
  /** `--config`; without it `tare.yaml` is read when it exists. */
  path: string | undefined;
  directory: string;
  environment: Readonly<Record<string, string | undefined>>;
  /**
   * Whether sources, server and recipients of alerts will be used. Where they are not (a report, an import) they are left out, so that another terminal
   * need not know their secrets.
   */
  usesSources: boolean;
}>;

/** A secret by itself: whoever has it may write. */
const SLACK_WEBHOOK = /^https:\/\/hooks\.slack\.com\//;
const SECTIONS_WITH_SECRETS = ['sources', 'server', 'notify'];
/** Reports name recipients, and are nothing without them. */
const UNUSED_SECTIONS = [...SECTIONS_WITH_SECRETS, 'reports'];

/** Reads `tare.yaml`. Throws on the first mistake, with its line and column, and never prints a secret. */
export function loadConfig(options: LoadOptions): Config {
  const path = options.path ?? DEFAULT_CONFIG_PATH;
  const file = resolve(options.directory, path);
  if (!existsSync(file)) {
    if (options.path === undefined) return withDefaults({}, null, options.directory);
    throw configurationError(
      path,
      {
        message: 'there is no such file',
        remedy: 'check the path after --config, or run tare init to write a tare.yaml',
      },
      'configNotReadable',
    );
  }
  const yaml = parseTareYaml(readFileSync(file, 'utf8'), path, dirname(file), options);
  return withDefaults(yaml, path, dirname(file));
}

function parseTareYaml(
  text: string,
  path: string,
  directory: string,
  { environment, usesSources }: LoadOptions,
): TareYaml {
  const isUsed = (section: unknown) => usesSources || !UNUSED_SECTIONS.includes(String(section));
  const document = parseYaml(text, (scalar) => {
    if (!isUsed(scalar.path[0])) return scalar.value;
    if (isDecimal(scalar.path)) return scalar.source;
    if (typeof scalar.value !== 'string') return scalar.value;
    const read = readSecret(scalar.value, {
      directory,
      environment,
      mustBeReference: isSecret(scalar.path) || SLACK_WEBHOOK.test(scalar.value),
    });
    if (read.kind === 'mistake')
      throw configurationError(`${path}:${scalar.position}`, read, 'secretMissing');
    return read.text;
  });
  if (!('value' in document)) {
    throw configurationError(`${path}:${document.position}`, {
      message: `this is not valid YAML: ${document.message}`,
      remedy: 'mind the indentation, give each key once, and quote texts that hold a colon, a brace or ${…}',
    });
  }

  const parsed = tareYaml.safeParse(withoutUnused(document.value ?? {}, isUsed));
  if (parsed.success) {
    const mistake = checkAcross(parsed.data);
    if (mistake)
      throw configurationError(
        `${path}:${document.position(mistake.path)}`,
        mistake,
        mistake.path[0] === 'sources' ? 'badSourceConfig' : 'badConfig',
      );
    return parsed.data;
  }
  const mistakes = parsed.error.issues.map((issue) => describeIssue(issue, document));
  const [first] = mistakes.toSorted((a, b) => compareLines(a.position, b.position));
  throw configurationError(
    `${path}:${first!.position}`,
    first!,
    first!.isInSource ? 'badSourceConfig' : 'badConfig',
  );
}

function withoutUnused(value: unknown, isUsed: (section: string) => boolean): unknown {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return value;
  return Object.fromEntries(Object.entries(value).filter(([section]) => isUsed(section)));
}

/** What one value cannot say about itself. */
function checkAcross(yaml: TareYaml): (Mistake & { path: YamlPath }) | undefined {
  const names = new Set<string>();
  for (const [index, source] of (yaml.sources ?? []).entries()) {
    const name = source.name ?? source.kind;
    const isNamed = ['prometheus', 'slurm', 'mlflow', 'litellm'].includes(source.kind);
    if (isNamed && names.has(name)) {
      return {
        path: ['sources', index],
        message: `two live sources are named "${name}"`,
        remedy: 'give each a name of its own, such as name: prod; the name is part of what is stored',
      };
    }
    if (isNamed) names.add(name);
  }
  const recipients = new Set<string>();
  for (const [index, one] of (yaml.notify ?? []).entries()) {
    const name = one.name ?? one.kind;
    if (recipients.has(name))
      return {
        path: ['notify', index],
        message: `two recipients are named "${name}"`,
        remedy: 'give each a name of its own, such as name: search-team; the name says who was told already',
      };
    recipients.add(name);
  }
  return (
    checkCommitments(yaml.commitments ?? []) ??
    checkGuardrails(yaml, Object.keys({ ...DEFAULT_OWNER_RULES, ...yaml.owners })) ??
    checkReports(yaml.reports ?? [], yaml.notify ?? [])
  );
}

const AMOUNTS: Readonly<Record<string, readonly string[]>> = {
  budgets: BUDGET_PERIODS,
  policies: ['perRun', 'perHour', 'perMonth'],
  anomalies: ['minimum'],
};

/** Where the text counts as it stands: amounts pass through no float, and `from: 2026-10-01` stays a day. */
function isDecimal(path: YamlPath): boolean {
  if (path[0] === 'prices') return path.length === 4 && path[3] !== 'gpus' ? true : path[1] === 'contracts';
  if (path[0] === 'commitments')
    return ['perGpuHour', 'perHour', 'rate', 'from', 'to'].includes(String(path.at(-1)));
  if (path[0] === 'revenue') return path.at(-1) === 'per1kRequests' || path.at(-1) === 'from';
  return path[0] === 'rates' || AMOUNTS[String(path[0])]?.includes(String(path.at(-1))) === true;
}

function isSecret(path: YamlPath): boolean {
  const [section, , field] = path;
  if (section === 'notify') return isSecretOfRecipient(path);
  if (section === 'server') return path[1] === 'tokens';
  return (
    section === 'sources' &&
    (field === 'bearerToken' || field === 'password' || field === 'headers' || field === 'key')
  );
}

function isSecretOfRecipient(path: YamlPath): boolean {
  return ['secret', 'password', 'routingKey', 'headers'].includes(String(path[2]));
}

function compareLines(a: string, b: string): number {
  const [lineA = 0, columnA = 0] = a.split(':').map(Number);
  const [lineB = 0, columnB = 0] = b.split(':').map(Number);
  return lineA - lineB || columnA - columnB;
}

function withDefaults(yaml: TareYaml, path: string | null, directory: string): Config {
  return {
    path,
    directory,
    store: yaml.store ?? DEFAULT_STORE,
    settings: {
      currency: yaml.currency ?? 'USD',
      shared: yaml.shared ?? 'proportional',
      maxHoldIntervals: yaml.ledger?.maxHoldIntervals ?? 2,
      ...(yaml.retention?.samples !== undefined && {
        keepSamplesMs: readDuration(yaml.retention.samples),
      }),
      exchangeRates: yaml.rates ?? {},
      owners: { ...DEFAULT_OWNER_RULES, ...yaml.owners },
      ...(yaml.revenue !== undefined && { revenues: yaml.revenue.map(toRevenue) }),
      ...(yaml.commitments !== undefined && { commitments: yaml.commitments.map(toCommitment) }),
    },
    sources: yaml.sources ?? [],
    prices: yaml.prices ?? {},
    run: yaml.run ?? {},
    otlp: yaml.otlp ?? {},
    server: {
      host: yaml.server?.host ?? DEFAULT_HOST,
      port: yaml.server?.port ?? DEFAULT_PORT,
      publicUrl: yaml.server?.publicUrl?.replace(/\/+$/, '') ?? null,
      tokenHashes: (yaml.server?.tokens ?? []).map(hashToken),
    },
    budgets: (yaml.budgets ?? []).map(toBudget),
    policies: (yaml.policies ?? []).map(toPolicy),
    policiesText: policiesText(yaml.policies ?? []),
    check: yaml.check ?? {},
    anomalies: yaml.anomalies ?? {},
    alerts: yaml.alerts ?? {},
    notify: yaml.notify ?? [],
    reports: (yaml.reports ?? []).map(toReport),
  };
}

function toRevenue({ endpoint, model, per1kRequests, from }: RevenueConfig): RevenueFact {
  return {
    endpoint,
    model: model ?? null,
    fromMs: from === undefined ? 0 : parseInstant(from)!,
    per1kRequestsPicos: parsePicos(per1kRequests)!.picos,
  };
}

/** SHA-256 in hex; a token given as `sha256:HEX` is one already. */
export function hashToken(token: string): string {
  return token.startsWith('sha256:')
    ? token.slice('sha256:'.length).toLowerCase()
    : createHash('sha256').update(token).digest('hex');
}
