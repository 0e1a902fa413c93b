/** The address of the page as it is, for a view: what it shows is all in there. */
export function pageAddress(): string {
  return `${location.pathname}${location.search}`;
}
