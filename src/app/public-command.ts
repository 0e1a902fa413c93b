/** Stands where a word may be a secret. */
const HIDDEN = '…';
/** Not `--tokenizer`, `--max-tokens` and `--author`. */
const SECRET_NAME =
  'token(?!iz|s)|secret|passw(?:or)?d|passphrase|api[-_]?key|access[-_]?key|private[-_]?key|credentials?|auth(?!or)';
const SECRET_FLAG = new RegExp(`^--?[\\w.-]*(?:${SECRET_NAME})[\\w.-]*$`, 'i');
const SECRET_PAIR = new RegExp(`^([\\w.-]*(?:${SECRET_NAME})[\\w.-]*=).+$`, 'is');
/** How well-known services spell what they hand out, and passwords in addresses. */
const SECRET_VALUE = /\b(?:hf_|sk-|ghp_|gho_|github_pat_|xox[abp]-|AKIA)[\w-]{12,}/g;
const ADDRESS_PASSWORD = /(:\/\/[^/\s:@]*):[^/\s@]+@/g;

/**
 * A command line as it may be kept and shown: words quoted where a shell needs it, and without what looks like a secret
 * (`--hf-token abc` → `--hf-token …`). Environment variables are never part of it.
 */
export function publicCommand(words: readonly string[]): string {
  return words
    .map((word, place) =>
      SECRET_FLAG.test(words[place - 1] ?? '') && !word.startsWith('-') ? HIDDEN : shown(word),
    )
    .join(' ');
}

function shown(word: string): string {
  const hidden = word
    .replace(SECRET_PAIR, `$1${HIDDEN}`)
    .replace(SECRET_VALUE, HIDDEN)
    .replace(ADDRESS_PASSWORD, `$1:${HIDDEN}@`);
  return /^[\w@%+=:,./…-]+$/.test(hidden) ? hidden : `'${hidden.replaceAll("'", "'\\''")}'`;
}
