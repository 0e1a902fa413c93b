/** `endpoint:chat`, or `endpoint:chat@2026-10` with anything that `--from` understands, or `@FROM..TO`; a name may hold an `@`. */
export function namesEndpoint(text: string): boolean {
  return text.startsWith('endpoint:');
}
