/** The list as it was last looked at, so that a receipt can lead back to it. */
let search = '';

export function rememberList(next: string): void {
  search = next;
}

export function listAddress(): string {
  return `/runs${search}`;
}
