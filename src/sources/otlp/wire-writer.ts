/** The few messages that a receiver writes, field by field. */
export function varintField(field: number, value: number): number[] {
  return value === 0 ? [] : [...varint(field * 8), ...varint(value)];
}

export function bytesField(field: number, bytes: readonly number[] | Uint8Array): number[] {
  return [...varint(field * 8 + 2), ...varint(bytes.length), ...bytes];
}

export function textField(field: number, text: string): number[] {
  return text === '' ? [] : bytesField(field, Buffer.from(text));
}

function varint(value: number): number[] {
  const bytes: number[] = [];
  let rest = value;
  while (rest >= 0x80) {
    bytes.push((rest % 0x80) | 0x80);
    rest = Math.floor(rest / 0x80);
  }
  return [...bytes, rest];
}
