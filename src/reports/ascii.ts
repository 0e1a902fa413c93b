const REPLACEMENTS: readonly (readonly [RegExp, string])[] = [
  [/[–—−]/g, '-'],
  [/·/g, '|'],
  [/…/g, '...'],
  [/×/g, 'x'],
  [/÷/g, '/'],
  [/→/g, '->'],
  [/├─/g, '|-'],
  [/└─/g, '`-'],
  [/✔/g, 'ok'],
  [/✘/g, '!!'],
  [/€/g, 'EUR '],
  [/£/g, 'GBP '],
];

/** The signs that Tare prints, in plain ASCII; names that users gave stay as they are. */
export function toAscii(text: string): string {
  return REPLACEMENTS.reduce((result, [sign, plain]) => result.replace(sign, plain), text);
}
