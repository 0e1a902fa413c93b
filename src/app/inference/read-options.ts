import type { QualityBar } from '../../domain/economics/good-inferences.ts';
import type { TokenWeight } from '../../domain/economics/serving-work.ts';
import type { TokenPrice } from '../../domain/economics/unit-costs.ts';
import { type Picos, parsePicos } from '../../domain/money/picos.ts';
import { closestWord } from '../../domain/text/closest-word.ts';
import { CALL_DIMENSIONS, type CallDimension } from '../../ports/serving.ts';
import { TareError } from '../errors.ts';

/** Reads what people write into the flags of the inference report. */
export function readCallDimensions(text: string): CallDimension[] {
  const words = text
    .split(',')
    .map((word) => word.trim())
    .filter(Boolean);
  return [...new Set(words)].map(readCallDimension);
}

function readCallDimension(word: string): CallDimension {
  const found = CALL_DIMENSIONS.find((dimension) => dimension === word);
  if (found) return found;
  if (isTag(word)) return word;
  const meant = closestWord(word, CALL_DIMENSIONS);
  const list = `dimensions: ${CALL_DIMENSIONS.join(', ')}, or tag:NAME`;
  throw new TareError(
    'unknownDimension',
    `"${word}" is not a dimension of this report`,
    meant ? `did you mean ${meant}? ${list}` : list,
  );
}

function isTag(word: string): word is `tag:${string}` {
  return /^tag:./.test(word);
}

export type CallFilter = Readonly<{ dimension: CallDimension; values: readonly string[] }>;

/** `endpoint=chat`; the same dimension twice means either value, two dimensions mean both. */
export function readCallFilters(texts: readonly string[]): CallFilter[] {
  const values = new Map<CallDimension, string[]>();
  for (const text of texts) {
    const [, name, value] = /^([^=]+)=(.*)$/s.exec(text) ?? [];
    if (name === undefined || value === undefined)
      throw wrong(`"${text}" is not a filter`, 'write dimension=value, such as endpoint=chat');
    const dimension = readCallDimension(name);
    values.set(dimension, [...(values.get(dimension) ?? []), value]);
  }
  return [...values].map(([dimension, list]) => ({ dimension, values: list }));
}

/** `helpfulness=0.8` or `helpfulness>=0.8`: at least; `hallucination<=0.1`: at most. */
export function readBar(text: string): QualityBar {
  const [, score, sign, limit] = /^(.+?)\s*(>=|<=|=)\s*(-?\d*\.?\d+)$/.exec(text.trim()) ?? [];
  if (score === undefined || limit === undefined)
    throw wrong(
      `"${text}" is not a bar of quality`,
      'write score=0.8 for at least 0.8, or score<=0.1 for at most',
    );
  return { score, limit: Number(limit), isCeiling: sign === '<=' };
}

const MOST_DECIMALS = 6;

/** `1:2.5`: what an input token weighs against an output token. */
export function readTokenWeight(text: string): TokenWeight {
  const [, input, output] = /^(\d+(?:\.\d+)?)\s*:\s*(\d+(?:\.\d+)?)$/.exec(text.trim()) ?? [];
  const weight = { input: inMillionths(input), output: inMillionths(output) };
  if (weight.input + weight.output === 0n)
    throw wrong(`"${text}" is not a weight of tokens`, 'write input:output, such as 1:2.5 or 3:15');
  return weight;
}

function inMillionths(text: string | undefined): bigint {
  const [whole = '0', decimals = ''] = (text ?? '0').split('.');
  return BigInt(whole + decimals.slice(0, MOST_DECIMALS).padEnd(MOST_DECIMALS, '0'));
}

/** `3/15` or `3/15/0.3`: input, output and cached input, for a million tokens each. */
export function readTokenPrice(text: string): TokenPrice {
  const [input, output, cached, ...more] = text.split('/').map((part) => parsePicos(part)?.picos);
  const isWrong = [input, output, cached].some((picos) => picos !== undefined && picos < 0n);
  if (input === undefined || output === undefined || isWrong || more.length > 0 || isMissing(text, cached))
    throw wrong(
      `"${text}" is not a price of tokens`,
      'write input/output for a million tokens each, such as 3/15, or input/output/cached',
    );
  return { inputPer1mPicos: input, outputPer1mPicos: output, cachedInputPer1mPicos: cached ?? null };
}

function isMissing(text: string, cached: Picos | undefined): boolean {
  return text.split('/').length === 3 && cached === undefined;
}

export type TrainingShare = Readonly<{ name: string; costPicos: Picos; inferences: number }>;

/** `llama-8b=50000/100000000`: what training an endpoint's (or model's) model cost, and over how many inferences it is spread. */
export function readTraining(text: string): TrainingShare {
  const [, name, cost, count] = /^(.+)=([\d.]+)\/(\d+)$/.exec(text.trim()) ?? [];
  const picos = cost === undefined ? undefined : parsePicos(cost)?.picos;
  const inferences = Number(count);
  if (name === undefined || picos === undefined || !(inferences > 0))
    throw wrong(
      `"${text}" is not a cost of training`,
      'write endpoint=COST/INFERENCES or model=COST/INFERENCES, such as llama-8b=50000/100000000',
    );
  return { name, costPicos: picos, inferences };
}

/** A server that could answer an API's calls, as the user states it. */
export type StatedThroughput = Readonly<{
  name: string;
  /** Tokens of all requests together, when it does nothing else. */
  inputPerSecond: number;
  outputPerSecond: number;
  gpus: number;
  gpuModel: string;
}>;

/** `llama-70b=9500/1800@4xH100-SXM5-80GB`: tokens a second in and out, each when the server does nothing else, and on what. */
export function readThroughput(text: string): StatedThroughput {
  const [, name, input, output, gpus, gpuModel] =
    /^(.+?)=(\d+(?:\.\d+)?)\/(\d+(?:\.\d+)?)@(\d+)x(.+)$/.exec(text.trim()) ?? [];
  const stated = { inputPerSecond: Number(input), outputPerSecond: Number(output), gpus: Number(gpus) };
  const isWhole = Object.values(stated).every((value) => value > 0);
  if (name === undefined || gpuModel === undefined || !isWhole)
    throw wrong(
      `"${text}" is not a throughput`,
      'write NAME=INPUT/OUTPUT@GPUSxMODEL in tokens a second, such as llama-70b=9500/1800@4xH100-SXM5-80GB',
    );
  return { name, gpuModel, ...stated };
}

function wrong(problem: string, remedy: string): TareError {
  return new TareError('usage', problem, remedy);
}
