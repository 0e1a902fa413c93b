/** Manifests that cannot be read; no files, since no formatter could read them either. */

/** A template of Helm: line 4 has the first value. */
export const CHART_TEMPLATE = `apiVersion: apps/v1
kind: Deployment
metadata:
  name: {{ .Release.Name }}-llm
spec:
  replicas: {{ .Values.replicas }}
`;

/** A map that is never closed, found at line 4. */
export const BROKEN_YAML = `apiVersion: batch/v1
kind: Job
metadata: { name: broken
spec:
  parallelism: 2
`;
