import { BUCKETS, type Bucket } from '../../domain/ledger/buckets.ts';
import { closestWord } from '../../domain/text/closest-word.ts';
import { type EpochMs, floorToHour, formatInstant, parseInstant } from '../../domain/time/window.ts';
import { TareError } from '../errors.ts';

/** One figure of the ledger: a device's hour, who held it, and one bucket of it. */
export type RowName = Readonly<{
  hourMs: EpochMs;
  deviceId: string;
  /** The name of the workload; empty for time that nobody held. */
  workload: string;
  bucket: Bucket;
}>;

const FORM = /^([^/]+)\/([^/]+)\/(.*)\/([^/]+)$/s;
const REMEDY =
  'write HOUR/DEVICE/WORKLOAD/BUCKET, such as 2026-10-14T09:00Z/GPU-7f3a/search-llm/idle; leave WORKLOAD empty for time that nobody held';

/** Reads `2026-10-14T09:00Z/DEVICE/WORKLOAD/BUCKET`. A device never contains a slash, a workload may. */
export function parseRowName(text: string): RowName {
  const match = FORM.exec(text.trim());
  if (!match) throw new TareError('badRowName', `"${text}" does not name a row`, REMEDY);
  const [, hour = '', deviceId = '', workload = '', bucket = ''] = match;
  return { hourMs: readHour(hour), deviceId, workload, bucket: readBucket(bucket) };
}

export function formatRowName({ hourMs, deviceId, workload, bucket }: RowName): string {
  return `${formatInstant(hourMs).replace(':00:00Z', ':00Z')}/${deviceId}/${workload}/${bucket}`;
}

function readHour(text: string): EpochMs {
  const at = parseInstant(text);
  if (at === undefined) throw new TareError('badRowName', `"${text}" is not an hour`, REMEDY);
  if (at === floorToHour(at)) return at;
  const hour = formatInstant(floorToHour(at));
  throw new TareError('badRowName', `"${text}" is inside an hour; rows are whole hours`, `write ${hour}`);
}

function readBucket(text: string): Bucket {
  const bucket = BUCKETS.find((name) => name === text);
  if (bucket) return bucket;
  const meant = closestWord(text, BUCKETS);
  const list = `buckets: ${BUCKETS.join(', ')}`;
  throw new TareError(
    'badRowName',
    `"${text}" is not a bucket`,
    meant ? `did you mean ${meant}? ${list}` : list,
  );
}
