/**
 * The spelling under which a billed ResourceId and a node's provider id meet.
 *
 * - AWS: an ARN or `aws:///us-east-1a/i-0abc` → `i-0abc`
 * - Azure: the lower-cased resource path (bills lower-case it, Kubernetes does not)
 * - Google: `//compute.googleapis.com/projects/P/zones/Z/instances/N` and `gce://P/Z/N` → `gce/p/z/n`
 * - anything else: trimmed and lower-cased
 */
export function resourceKey(resourceId: string): string {
  const text = resourceId.trim().toLowerCase();
  const google =
    /(?:projects\/([^/]+)\/zones\/([^/]+)\/instances\/([^/]+)$)|(?:^gce:\/\/([^/]+)\/([^/]+)\/([^/]+)$)/.exec(
      text,
    );
  if (google) {
    const [, project, zone, name, project2, zone2, name2] = google;
    return `gce/${project ?? project2}/${zone ?? zone2}/${name ?? name2}`;
  }
  const azure = /(\/subscriptions\/.+)$/.exec(text);
  if (azure) return azure[1]!.replace(/\/+$/, '');
  const aws = /(?:^aws:\/\/.*\/|^arn:.*[/:])(i-[0-9a-z]+)$/.exec(text);
  if (aws) return aws[1]!;
  return text;
}
