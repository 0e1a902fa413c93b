import { existsSync, writeFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { TareError } from '../../app/errors.ts';
import { DEFAULT_CONFIG_PATH } from '../../config/load-config.ts';
import type { CommandContext } from '../command-context.ts';
import { EXIT } from '../exit-codes.ts';
import type { GlobalFlags } from '../flags.ts';
import { configText } from '../init/config-text.ts';
import { type Survey, survey } from '../init/survey.ts';

/** Looks around, asks nothing, and writes down what it chose. */
export async function init(
  context: CommandContext,
  flags: GlobalFlags & { force?: boolean },
): Promise<number> {
  const path = flags.config ?? DEFAULT_CONFIG_PATH;
  const file = resolve(context.directory, path);
  if (existsSync(file) && !flags.force) {
    throw new TareError(
      'fileExists',
      `${path} is there already`,
      'edit it, or write over it with tare init --force',
    );
  }
  const found = await survey({ ...context, signal: context.interruption.signal() });
  writeFileSync(file, configText(found));

  for (const line of describeSurvey(found)) context.terminal.write(line);
  context.terminal.write(`wrote ${path}`);
  context.terminal.note('Next: tare doctor · tare collect · tare up');
  return EXIT.fine;
}

function describeSurvey(found: Survey): string[] {
  const { prometheus } = found;
  return [
    prometheus
      ? `prometheus   ${prometheus.url} ${prometheus.answers ? 'answers' : 'does not answer now; kept, since PROMETHEUS_URL names it'}`
      : 'prometheus   not found: set PROMETHEUS_URL and run again, or add it by hand',
    found.bills.length > 0
      ? `bills        ${found.bills.join(', ')}`
      : 'bills        no FOCUS export in this folder or one below',
    found.hasNvidiaSmi ? 'nvidia-smi   here: the GPUs of this machine are sampled' : 'nvidia-smi   not here',
    ...(found.hasSacct ? ['sacct        here: the jobs of this cluster are runs'] : []),
    ...(found.kubeconfig
      ? ['kubernetes   reached through Prometheus: kube-state-metrics says which pod holds which GPU']
      : []),
  ];
}
