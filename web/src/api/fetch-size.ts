import type { SizeReport } from '../../../src/app/results/size.ts';
import { askApi, hasParts } from './ask-api.ts';

export function fetchSize(path: string, signal: AbortSignal): Promise<SizeReport> {
  return askApi(path, signal, isSize);
}

function isSize(body: unknown): body is SizeReport {
  return hasParts(body, ['monthlyCost', 'levers', 'price']);
}
