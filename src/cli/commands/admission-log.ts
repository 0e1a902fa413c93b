import { reportAdmission } from '../../app/admission/report-admission.ts';
import type { CommandContext } from '../command-context.ts';
import { EXIT } from '../exit-codes.ts';
import type { AdmissionLogFlags } from '../flags.ts';
import { readConfig, storeOf } from '../open-tare.ts';
import { formatOf, printData } from '../print.ts';

/** `tare admission log`: reads the journal, whether or not the webhook runs. */
export async function admissionLog(context: CommandContext, flags: AdmissionLogFlags): Promise<number> {
  const { openAdmissionJournal, openAdmissionTally } = await import('../../compose.ts');
  const store = storeOf(context, flags, readConfig(context, flags, false));
  const [journal, tally] = [await openAdmissionJournal(store), await openAdmissionTally(store)];
  const request = { uncheckedOnly: flags.unchecked ?? false, top: flags.top };
  const result = await reportAdmission(journal, request, tally);
  await printData(context, formatOf(flags), { name: 'admission', result });
  return EXIT.fine;
}
