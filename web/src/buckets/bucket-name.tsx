import type { Bucket } from './buckets.ts';
import { BUCKET_LOOKS } from './buckets.ts';

/** The bucket's colour and pattern; says nothing by itself, so its name always stands beside it. */
export function Swatch({ bucket }: Readonly<{ bucket: Bucket }>) {
  return <span className="swatch bucket-fill" data-bucket={bucket} aria-hidden="true" />;
}

export function BucketName({ bucket }: Readonly<{ bucket: Bucket }>) {
  const meaning = BUCKET_LOOKS.find((look) => look.bucket === bucket)?.meaning;
  return (
    <span className="bucket-name" title={meaning}>
      <Swatch bucket={bucket} />
      {bucket}
    </span>
  );
}
