import type { MeasureFigures, VerificationReport } from '../results/verification.ts';

/** The verdict as one would say it, with its interval. */
export function verificationSentence(
  report: Omit<VerificationReport, 'sentence'>,
  money: (text: string) => string,
): string {
  const { verdict, measures, saving, before, after, confidence } = report;
  const cost = measures.find(({ kind }) => kind === 'cost');
  if (cost === undefined || cost.changePercent === null || saving === null) {
    return `Too little to compare: ${before.blocks} before and ${after.blocks} after, and 4 of each are needed.`;
  }
  const certain = `at ${percent(100 * confidence)} % confidence`;
  const slipped = measures.filter(({ judgement, kind }) => judgement === 'worse' && kind !== 'cost');
  const saved = `${money(saving.expected)} a month (${money(saving.low)} to ${money(saving.high)})`;
  if (verdict === 'saved') return `Saved ${saved}: ${changeOf(cost)}, ${certain}.`;
  if (verdict === 'no_difference') {
    return `No difference shown: cost ${cost.unit} changed by ${interval(cost)}, ${certain}.`;
  }
  const beside = cost.judgement === 'better' ? `, while it saved ${saved}` : '';
  if (slipped.length > 0) return `Degraded: ${slipped.map(changeOf).join('; ')}${beside}, ${certain}.`;
  return `Degraded: it costs more, ${changeOf(cost)}, ${certain}.`;
}

function changeOf(measure: MeasureFigures): string {
  const { low, expected, high } = measure.changePercent!;
  const name = measure.kind === 'cost' ? `cost ${measure.unit}` : measure.name;
  const [from, to] = [Math.abs(low), Math.abs(high)].sort((a, b) => a - b);
  const word = expected < 0 ? 'lower' : 'higher';
  return `${name} ${percent(Math.abs(expected))} % ${word} (${percent(from!)} to ${percent(to!)} %)`;
}

function interval({ changePercent }: MeasureFigures): string {
  const { low, expected, high } = changePercent!;
  const signed = (value: number) => {
    const text = percent(Math.abs(value));
    if (text === '0') return text;
    return `${value > 0 ? '+' : '−'}${text}`;
  };
  return `${signed(expected)} % (${signed(low)} to ${signed(high)} %)`;
}

function percent(value: number): string {
  return Number(value.toFixed(1)).toString();
}
