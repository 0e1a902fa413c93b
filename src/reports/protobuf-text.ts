type Value = unknown;

/** A document in the text format of protocol buffers, as Triton reads its models' configuration: messages in braces, lists in brackets. */
export function protobufText(document: Readonly<Record<string, Value>>, indent = ''): string {
  return Object.entries(document)
    .map(([name, value]) => `${indent}${field(name, value, indent)}\n`)
    .join('');
}

function field(name: string, value: Value, indent: string): string {
  if (Array.isArray(value)) return `${name}: [ ${value.map(scalar).join(', ')} ]`;
  if (typeof value === 'object' && value !== null) {
    return `${name} {\n${protobufText(value as Record<string, Value>, `${indent}  `)}${indent}}`;
  }
  return `${name}: ${scalar(value)}`;
}

function scalar(value: Value): string {
  return typeof value === 'string' ? JSON.stringify(value) : String(value);
}
