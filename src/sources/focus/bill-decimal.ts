/**
 * How amounts are written: `plain` (FOCUS: `-1234.5`, `5.6E-05`), `us-currency` (`$1,234.50`, `($3.00)`) or `decimal-comma`
 * (`1.234,50`). Stated by `--set numbers=…`; never guessed, because `1,234` is two different amounts.
 */
export type NumberStyle = 'plain' | 'us-currency' | 'decimal-comma';
export const NUMBER_STYLES = [
  'plain',
  'us-currency',
  'decimal-comma',
] as const satisfies readonly NumberStyle[];

const PLAIN = /^[+-]?(?:\d+\.?\d*|\.\d+)(?:[eE][+-]?\d{1,3})?$/;
const US_GROUPS = /^\d{1,3}(?:,\d{3})+(?:\.\d*)?$/;
const COMMA_GROUPS = /^(?:\d{1,3}(?:\.\d{3})+|\d+)(?:,\d*)?$/;

/** The same amount as a plain decimal text, to the digit; `undefined` when it is not written in this style. */
export function toPlainDecimal(text: string, style: NumberStyle): string | undefined {
  if (style === 'us-currency') return fromUsCurrency(text);
  if (style === 'decimal-comma') return fromDecimalComma(text);
  return PLAIN.test(text) ? text : undefined;
}

/** What is wrong with a text that is no decimal, and what to do about it. */
export function explainDecimal(text: string): string {
  const quoted = `\`${text}\``;
  if (/^[+-]?\d{1,3}(?:\.\d{3})+,\d+$|^[+-]?\d+,(?:\d{1,2}|\d{4,})$/.test(text)) {
    return `${quoted} has a decimal comma; expected a decimal point (12.5). Export it with one, or import with --set numbers=decimal-comma`;
  }
  if (/^\(?[+-]?\s*\$?\s*[+-]?[\d,]+(?:\.\d*)?\)?$/.test(text)) {
    return `${quoted} has a currency sign or a thousands separator; expected a plain decimal (1234.50). Export it without, or import with --set numbers=us-currency to read it as US dollars are written`;
  }
  return `${quoted} is not a decimal; expected digits with a decimal point (1234.50, 5.6E-05). Correct the cell, or export the bill again`;
}

function fromUsCurrency(text: string): string | undefined {
  const isNegative = /^\(.*\)$/.test(text) || /^\$?\s*-/.test(text);
  const bare = text.replace(/^\((.*)\)$/, '$1').replace(/^[+-]?\s*\$?\s*[+-]?\s*/, '');
  const plain = US_GROUPS.test(bare) ? bare.replaceAll(',', '') : bare;
  if (!PLAIN.test(plain) || /^[+-]/.test(plain)) return undefined;
  return isNegative ? `-${plain}` : plain;
}

function fromDecimalComma(text: string): string | undefined {
  const [, sign = '', bare = ''] = /^([+-]?)(.*)$/.exec(text) ?? [];
  if (!COMMA_GROUPS.test(bare)) return undefined;
  return sign + bare.replaceAll('.', '').replace(',', '.');
}
