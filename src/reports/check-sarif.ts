import type { CheckReport, CheckViolation } from '../app/results/check.ts';

const SCHEMA = 'https://json.schemastore.org/sarif-2.1.0.json';

/** SARIF 2.1.0 (OASIS), as code hosts show it beside the lines of a pull request. */
export function checkSarif(report: CheckReport): string {
  const rules = [...new Set(report.violations.map(({ rule }) => rule))];
  const log = {
    $schema: SCHEMA,
    version: '2.1.0',
    runs: [
      {
        tool: {
          driver: {
            name: 'tare',
            rules: rules.map((rule) => ({
              id: rule,
              shortDescription: { text: DESCRIPTIONS[rule] ?? rule },
            })),
          },
        },
        columnKind: 'utf16CodeUnits',
        invocations: [
          {
            executionSuccessful: report.unreadable.length === 0,
            toolExecutionNotifications: report.unreadable.map(({ where, file, message }) => ({
              level: 'error',
              message: { text: message },
              locations: [place(file, lineOf(where))],
            })),
          },
        ],
        results: report.violations.map((violation) => ({
          ...toResult(violation, rules),
          ...(report.base !== null && { baselineState: violation.isNew ? 'new' : 'unchanged' }),
        })),
      },
    ],
  };
  return `${JSON.stringify(log, null, 2)}\n`;
}

/** What each rule asks for. */
const DESCRIPTIONS: Readonly<Record<string, string>> = {
  'allowed-gpu': 'Only some GPU models may be used',
  'max-gpus': 'A launch may hold so many GPUs at the most',
  'allowed-lifecycle': 'Only some ways of paying may be used',
  'allowed-region': 'Only some regions may be used',
  'require-spot': 'Interruptible work runs on spot capacity',
  'forbid-spot': 'What people wait for does not run on spot capacity',
  'require-autoscaling': 'A service scales with its load',
  'require-scale-to-zero': 'A service scales to zero when nobody asks',
  'max-idle': 'What is idle is stopped',
  'max-hours': 'A run has a time limit',
  'required-tags': 'A launch names who owns it',
  'oversized-gpu': 'A small model does not need a large GPU',
  'max-cost': 'A launch costs so much at the most',
  expression: 'An expression of tare.yaml is not true of a launch',
  budget: 'A launch fits into the budgets that it counts to',
};

function toResult(violation: CheckViolation, rules: readonly string[]) {
  const { rule, policy, severity, launch, message, fix, file, line, estimatedCost, estimatedCostPer } =
    violation;
  return {
    ruleId: rule,
    ruleIndex: rules.indexOf(rule),
    level: severity,
    message: { text: `${launch}: ${message}. Fix: ${fix}.` },
    locations: [place(file, line)],
    // Keeps its identity when lines move.
    partialFingerprints: { 'tareCheck/v1': `${file}|${launch}|${rule}|${policy}` },
    properties: { policy, estimatedCost, estimatedCostPer },
  };
}

function place(file: string, line: number) {
  return {
    physicalLocation: {
      artifactLocation: { uri: file.split(/[\\/]/).map(encodeURIComponent).join('/') },
      region: { startLine: line },
    },
  };
}

function lineOf(where: string): number {
  return Number(/:(\d+)/.exec(where)?.[1] ?? 1);
}
