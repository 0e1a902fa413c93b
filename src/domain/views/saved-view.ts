/** A page of the dashboard under a name: its address holds everything that it shows. */
export type SavedView = Readonly<{ name: string; address: string; savedAtMs: number }>;

const LONGEST_NAME = 80;
const LONGEST_ADDRESS = 2_000;
/** More would no longer be a menu. */
export const MOST_VIEWS = 200;

// biome-ignore lint/suspicious/noControlCharactersInRegex: they are what is refused
const CONTROL = /[\u0000-\u001f\u007f]/;

/** What is wrong with a name or an address, in words; `null` when both can be kept. */
export function viewProblem({ name, address }: Pick<SavedView, 'name' | 'address'>): string | null {
  return nameProblem(name) ?? addressProblem(address);
}

function nameProblem(name: string): string | null {
  if (name === '' || name !== name.trim())
    return 'the name is empty, or begins or ends with a blank: expected a name such as "October, search"';
  if (name.length > LONGEST_NAME)
    return `the name has ${name.length} characters: expected at most ${LONGEST_NAME}`;
  return CONTROL.test(name) ? 'the name holds a line break or another control character' : null;
}

/** Only pages of this dashboard: an address that leads anywhere else would make a link of the server a trap. */
function addressProblem(address: string): string | null {
  const shown = JSON.stringify(address.slice(0, 60));
  if (!/^\/(?![/\\])/.test(address) || CONTROL.test(address) || /[\s\\]/.test(address))
    return `the address ${shown} is none of this dashboard: expected one such as "/explore?by=team"`;
  if (/^\/(api|views|v1|mcp|healthz|readyz|metrics|openapi\.json)(\/|\?|$)/.test(address))
    return `the address ${shown} is no page: expected one such as "/explore?by=team"`;
  return address.length > LONGEST_ADDRESS
    ? `the address has ${address.length} characters: expected at most ${LONGEST_ADDRESS}`
    : null;
}
