#!/usr/bin/env node
// All checks in one command: formatting and lint, types, import rules, tests. Words after `npm test --` go to vitest.
import { spawnSync } from 'node:child_process';
import { existsSync, mkdtempSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { homedir, tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { ensureInstalled, run } from './ensure-installed.mjs';

/** Programs that some tests run against, with their Debian packages. */
const PROGRAMS = [
  { name: 'prometheus', package: 'prometheus', tests: 'tests against a real Prometheus' },
  { name: 'etcd', package: 'etcd-server', tests: 'tests against a real API server of Kubernetes' },
  {
    name: 'prometheus-alertmanager',
    package: 'prometheus-alertmanager',
    tests: 'tests against a real Alertmanager',
  },
  { name: 'chromium', package: 'chromium', tests: 'tests of the dashboard in a real browser' },
  ...[
    ['slurmctld', 'slurmctld'],
    ['slurmd', 'slurmd'],
    ['slurmdbd', 'slurmdbd'],
    ['sacct', 'slurm-client'],
    ['mariadbd', 'mariadb-server'],
    ['munged', 'munge'],
  ].map(([name, fromPackage]) => ({ name, package: fromPackage, tests: 'tests against a real Slurm' })),
];

process.chdir(dirname(dirname(fileURLToPath(import.meta.url))));
ensureInstalled();
ensurePrograms();
ensurePythonPackage('mlflow', 'tests against a real MLflow');
ensurePythonPackage('aiosmtpd', 'tests against a real mail server');
ensureKubeApiserver();

const failedChecks = [
  check('format and lint', 'npx', ['--no-install', 'biome', 'check', '.']),
  check('types', 'npx', ['--no-install', 'tsgo', '--noEmit']),
  check('types of the dashboard', 'npx', ['--no-install', 'tsgo', '--noEmit', '-p', 'web']),
  check('import rules', process.execPath, ['scripts/check-graph.mjs']),
  ensureDashboard(),
].filter((failed) => failed !== null);
const tests = runTests(process.argv.slice(2));

for (const name of failedChecks) console.log(`failed: ${name}`);
const failed = tests.failed + failedChecks.length;
console.log(`${tests.passed} passed, ${failed} failed`);
process.exit(failed > 0 || tests.exitCode !== 0 ? 1 : 0);

/** Installs what is missing where that is possible without asking: on Debian, as root. Elsewhere the tests skip, and say so. */
function ensurePrograms() {
  const missing = PROGRAMS.filter(({ name }) => !isOnPath(name));
  if (missing.length === 0) return;
  const packages = missing.map((program) => program.package);
  const canInstall = process.getuid?.() === 0 && existsSync('/etc/debian_version') && isOnPath('apt-get');
  if (canInstall) {
    console.error(`installing ${packages.join(' and ')} for the tests: apt-get install`);
    const quiet = {
      stdio: ['ignore', 'ignore', 'inherit'],
      // The tests start what they need themselves: in runlevel 1, Debian starts no service that it installs.
      env: { ...process.env, DEBIAN_FRONTEND: 'noninteractive', RUNLEVEL: '1' },
    };
    run('apt-get', ['update', '-qq'], quiet);
    run('apt-get', ['install', '-y', '-qq', '--no-install-recommends', ...packages], quiet);
  }
  for (const { name, tests } of missing) {
    if (!isOnPath(name)) console.error(`${name} is not installed: ${tests} will skip`);
  }
}

/** A Python environment of its own, outside the tree and kept from one run to the next. */
function ensurePythonPackage(name, tests) {
  const { version } = JSON.parse(readFileSync(`test/support/${name}.json`, 'utf8'));
  const folder = cacheFolder(`${name}-${version}`);
  if (existsSync(join(folder, 'installed'))) return;
  console.error(`installing ${name} ${version} for the tests: pip install, into ${folder}`);
  const quiet = { stdio: ['ignore', 'ignore', 'inherit'] };
  const pip = [
    '-m',
    'pip',
    'install',
    '--quiet',
    '--no-compile',
    '--disable-pip-version-check',
    `${name}==${version}`,
  ];
  const steps = [
    ['python3', ['-m', 'venv', '--clear', folder]],
    [join(folder, 'bin', 'python'), pip],
  ];
  if (steps.every(([command, words]) => run(command, words, quiet).status === 0)) {
    writeFileSync(join(folder, 'installed'), '');
  } else {
    console.error(
      `${name} ${version} could not be installed (it needs python3 3.10 or newer with venv, and its packages): ${tests} will skip`,
    );
  }
}

/** Built once by Go, outside the tree and kept from one run to the next: some minutes on two cores. */
function ensureKubeApiserver() {
  const module = 'test/support/kube-apiserver';
  const [, version] = /k8s\.io\/kubernetes v(\S+)/.exec(readFileSync(join(module, 'go.mod'), 'utf8'));
  const folder = cacheFolder(`kube-apiserver-${version}`);
  const binary = join(folder, 'kube-apiserver');
  if (existsSync(binary)) return;
  const skipped = `tests against a real API server of Kubernetes ${version} will skip`;
  if (!isOnPath('go')) return console.error(`go is not installed: ${skipped}`);
  console.error(`building the API server of Kubernetes ${version} for the tests: go build, into ${folder}`);
  const [major, minor] = version.split('.');
  const stamp = Object.entries({ gitVersion: `v${version}`, gitMajor: major, gitMinor: minor }).map(
    ([name, value]) => `-X k8s.io/component-base/version.${name}=${value}`,
  );
  const words = [
    'build',
    '-mod=mod',
    '-ldflags',
    ['-s', '-w', ...stamp].join(' '),
    '-o',
    `${binary}.new`,
    '.',
  ];
  const quiet = { cwd: module, stdio: ['ignore', 'ignore', 'inherit'] };
  if (run('go', words, quiet).status === 0) renameSync(`${binary}.new`, binary);
  else
    console.error(
      `the API server of Kubernetes ${version} could not be built (it needs Go 1.24 or newer): ${skipped}`,
    );
}

function cacheFolder(name) {
  return join(process.env.XDG_CACHE_HOME || join(homedir(), '.cache'), 'tare', name);
}

function isOnPath(name) {
  const finder = process.platform === 'win32' ? 'where' : 'which';
  return spawnSync(finder, [name], { stdio: 'ignore' }).status === 0;
}

function check(name, command, words) {
  console.error(`— ${name}`);
  return run(command, words).status === 0 ? null : name;
}

function ensureDashboard() {
  if (existsSync('dist/web/index.html')) return null;
  return check('building the dashboard', 'npm', ['run', 'build', '--silent', '--workspace', 'web']);
}

function runTests(words) {
  console.error('— tests');
  const folder = mkdtempSync(join(tmpdir(), 'tare-test-'));
  const report = join(folder, 'report.json');
  const reporters = ['--reporter=default', '--reporter=json', `--outputFile.json=${report}`];
  const { status } = run('npx', ['--no-install', 'vitest', 'run', ...reporters, ...words]);
  const counts = existsSync(report)
    ? countTests(JSON.parse(readFileSync(report, 'utf8')))
    : { passed: 0, failed: 1 };
  rmSync(folder, { recursive: true });
  return { ...counts, exitCode: status ?? 1 };
}

/** A file that could not even be loaded has no tests to count, and is a failure all the same. */
function countTests(report) {
  const brokenFiles = report.testResults.filter(
    ({ status, assertionResults }) =>
      status === 'failed' && !assertionResults.some((result) => result.status === 'failed'),
  );
  return { passed: report.numPassedTests, failed: report.numFailedTests + brokenFiles.length };
}
