import type { Launch } from './launch.ts';

/**
 * The size of a model by the name that it is asked for: `meta-llama/Llama-3.1-8B-Instruct` has 8 billion parameters, `Mixtral-8x7B` has
 * 56 (all experts are in memory), `…-AWQ` and `…-GPTQ` take half a byte for each, `…-FP8` one, anything else two. `null` where the name
 * does not say.
 */
export function modelSize(name: string): Launch['modelSize'] {
  const [whole, experts, billions] = /(?:(\d+)x)?(\d+(?:\.\d+)?)b(?![a-z0-9])/i.exec(name) ?? [];
  if (whole === undefined) return null;
  return { billions: Number(experts ?? 1) * Number(billions), bytesPerParameter: bytesOf(name), from: name };
}

const MODEL_FLAG =
  /^--(?:model|model-id|model_id|model-name|model_name_or_path|model-name-or-path)(?:=(.+))?$/;
const MODEL_VARIABLES = ['MODEL_ID', 'MODEL_NAME', 'MODEL', 'HF_MODEL_ID', 'MODEL_NAME_OR_PATH'];

/** The model in the words of a command: `--model X`, `--model=X`, `vllm serve X`. */
export function modelOfCommand(words: readonly string[]): string | null {
  for (const [index, word] of words.entries()) {
    const flag = MODEL_FLAG.exec(word);
    if (flag) return flag[1] ?? words[index + 1] ?? null;
    if (word === 'serve' && /vllm$/.test(words[index - 1] ?? '')) return words[index + 1] ?? null;
  }
  return null;
}

export function isModelVariable(name: string): boolean {
  return MODEL_VARIABLES.includes(name);
}

function bytesOf(name: string): number {
  if (/awq|gptq|int4|w4a16|4bit|nf4|fp4/i.test(name)) return 0.5;
  return /fp8|int8|w8a8|8bit/i.test(name) ? 1 : 2;
}
