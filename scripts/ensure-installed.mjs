import { spawnSync } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';

/** Runs a command with its output shown; ends this process with its exit code when it fails. */
export function runOrExit(command, words, options = {}) {
  const { status, error } = run(command, words, options);
  if (error) console.error(error.message);
  if (status !== 0) process.exit(status ?? 1);
}

export function run(command, words, options = {}) {
  // npm is a script that only a shell finds on Windows.
  return spawnSync(command, words, { stdio: 'inherit', shell: process.platform === 'win32', ...options });
}

/** Installs what package-lock.json says, when something else (or nothing) is installed. */
export function ensureInstalled() {
  if (isInstalled()) return;
  console.error('installing dependencies: npm ci');
  // The newest word of npm about funding or audits helps nobody here.
  runOrExit('npm', ['ci', '--no-audit', '--no-fund', '--loglevel=error']);
}

/** Compares contents, not dates: a checkout sets dates as it likes. Packages for other platforms are not expected to be there. */
function isInstalled() {
  const record = 'node_modules/.package-lock.json';
  if (!existsSync(record)) return false;
  const wanted = JSON.parse(readFileSync('package-lock.json', 'utf8')).packages;
  const installed = JSON.parse(readFileSync(record, 'utf8')).packages;
  return Object.entries(wanted).every(([path, entry]) => {
    if (!path.startsWith('node_modules/') || entry.link) return true;
    const found = installed[path];
    return found
      ? found.version === entry.version
      : entry.optional === true || entry.devOptional === true || entry.peer === true;
  });
}
