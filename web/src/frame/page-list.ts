/** A page in the navigation. What it shows is in `app.tsx`; a new page is a line here and a line there. */
export type PageEntry = Readonly<{
  name: string;
  path: string;
  /** After `g`. */
  key: string;
  /** The page that this one stands beneath in the navigation. */
  under?: string;
}>;

export const PAGES = [
  { name: 'Overview', path: '/', key: 'o' },
  { name: 'Explore', path: '/explore', key: 'e' },
  { name: 'Fleet', path: '/fleet', key: 'f' },
  { name: 'Runs', path: '/runs', key: 'r' },
  { name: 'Units', path: '/units', key: 'u' },
  { name: 'Savings', path: '/savings', key: 's' },
  { name: 'Plan', path: '/plan', key: 'p', under: 'Savings' },
  { name: 'Spot', path: '/spot', key: 't', under: 'Savings' },
  { name: 'Hardware', path: '/hardware', key: 'a', under: 'Savings' },
  { name: 'What if', path: '/what-if', key: 'w' },
  { name: 'Size', path: '/size', key: 'z', under: 'What if' },
  { name: 'Budgets', path: '/budgets', key: 'b' },
  { name: 'Policies', path: '/policies', key: 'y', under: 'Budgets' },
  { name: 'Actions', path: '/actions', key: 'c', under: 'Budgets' },
  { name: 'Health', path: '/health', key: 'h' },
  { name: 'Reports', path: '/reports', key: 'd' },
] as const satisfies readonly PageEntry[];

export type PageName = (typeof PAGES)[number]['name'];

/** `below` is what follows the path of the page: the name of one thing of its list, `null` for the list itself. */
export type Address = Readonly<{ page: PageName; below: string | null }>;

/** `null`: there is no such page. */
export function readPath(path: string): Address | null {
  const trimmed = path.length > 1 ? path.replace(/\/$/, '') : path;
  for (const { name, path: own } of PAGES) {
    if (trimmed === own) return { page: name, below: null };
    if (own !== '/' && path.startsWith(`${own}/`))
      return { page: name, below: decoded(path.slice(own.length + 1)) };
  }
  return null;
}

/** Names hold slashes and colons, which read well in an address; only what would bend the path is written in code. */
export function pathBelow(page: PageName, name: string): string {
  const own = PAGES.find((entry) => entry.name === page)!.path;
  const parts = name.split('/');
  const isPlain = parts.every((part) => part !== '' && part !== '.' && part !== '..');
  const encoded = isPlain ? parts.map(encodeURIComponent).join('/') : encodeURIComponent(name);
  return `${own}/${encoded.replaceAll('%3A', ':')}`;
}

function decoded(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}
