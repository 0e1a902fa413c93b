#!/usr/bin/env node
// Checks the import rules of .dependency-cruiser.cjs, and that the tool really looked: a scanner that reads nothing finds nothing.
import { spawnSync } from 'node:child_process';

const LEAST_MODULES = 30;

const run = spawnSync(
  'npx',
  [
    '--no-install',
    'depcruise',
    'src',
    'web/src',
    '--config',
    '.dependency-cruiser.cjs',
    '--output-type',
    'json',
  ],
  { encoding: 'utf8', maxBuffer: 256 * 1024 * 1024 },
);
if (!run.stdout) {
  console.error(run.stderr);
  process.exit(1);
}

const { summary } = JSON.parse(run.stdout);
for (const violation of summary.violations) {
  const rule = summary.ruleSetUsed.forbidden.find(({ name }) => name === violation.rule.name);
  const arrow = violation.to && violation.to !== violation.from ? ` → ${violation.to}` : '';
  console.error(`${violation.rule.name}: ${violation.from}${arrow}\n  ${rule?.comment ?? ''}`);
}
if (summary.totalCruised < LEAST_MODULES) {
  console.error(
    `only ${summary.totalCruised} modules were scanned, at least ${LEAST_MODULES} expected: the check saw nothing`,
  );
  process.exit(1);
}
console.log(
  `import rules: ${summary.totalCruised} modules, ${summary.totalDependenciesCruised} imports, ${summary.violations.length} violations`,
);
process.exit(summary.violations.length === 0 ? 0 : 1);
