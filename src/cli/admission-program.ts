import type { Command } from 'commander';
import { DEFAULT_ADMISSION_TOP } from '../app/admission/report-admission.ts';
import { withCluster } from './act-program.ts';
import type { RunAction } from './command-context.ts';
import { parseCount, parseDuration } from './flag-values.ts';
import type { AdmissionFlags, AdmissionLogFlags, GlobalFlags } from './flags.ts';

/** `tare admission` and what belongs to it. */
export function addAdmission(program: Command, run: RunAction): void {
  const admission = withCluster(program.command('admission'))
    .description('a validating admission webhook of Kubernetes: judges what is launched as tare check does')
    .option('--port <n>', 'port to listen on; 0 takes a free one', parseCount, 8443)
    .option('--host <address>', 'address to listen on; 0.0.0.0 in a pod', '127.0.0.1')
    .option('--tls-cert <file>', 'certificate in PEM, with its chain; read again when it changes')
    .option('--tls-key <file>', 'its key in PEM')
    .option('--tls-ca <file>', 'what signed it, for the configuration; without it the API server has to know')
    .option('--client-ca <file>', 'answer only callers with a certificate that this authority signed')
    .option('--self-signed', 'make a certificate, keep it beside the store, and print the configuration')
    .option('--service <namespace/name>', 'the service that leads here', 'tare/tare-admission')
    .option(
      '--url <url>',
      'instead of a service: https://HOST:PORT/admit, for an API server outside of the cluster',
    )
    .option('--print-configuration', 'print the ValidatingWebhookConfiguration for kubectl apply, and end')
    .option('--dry-run', 'refuse nothing: warn of what would be refused')
    .option('--fail-closed', 'refuse what cannot be judged, instead of letting it through')
    .option('--offline', 'ask no ledger: no past runs, and nothing of what is spent')
    .option('--every <duration>', 'how often to ask the ledger', parseDuration, 60_000)
    .option(
      '--time-limit <duration>',
      'turn away a review that has not arrived by then',
      parseDuration,
      1_000,
    )
    .action((_, command: Command) => {
      const flags = command.optsWithGlobals<AdmissionFlags>();
      return run(flags, async (context) =>
        (await import('./commands/admission.ts')).admission(context, flags),
      );
    });
  admission
    .command('log')
    .description('what the webhook refused, warned of, or let through unchecked; newest first')
    .option('--unchecked', 'only what was let through unchecked')
    .option('--top <n>', 'at most so many', parseCount, DEFAULT_ADMISSION_TOP)
    .action((_, command: Command) => {
      const flags = command.optsWithGlobals<AdmissionLogFlags>();
      return run(flags, async (context) =>
        (await import('./commands/admission-log.ts')).admissionLog(context, flags),
      );
    });
  admission
    .command('ledger', { hidden: true })
    .description('what the webhook has to know of the ledger, as JSON; it calls this itself')
    .action((_, command: Command) => {
      const flags = command.optsWithGlobals<GlobalFlags>();
      return run(flags, async (context) =>
        (await import('./commands/admission-ledger.ts')).admissionLedger(context, flags),
      );
    });
}
