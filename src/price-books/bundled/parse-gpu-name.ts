/** A GPU as someone spells it, taken apart: `NVIDIA A100-SXM4-80GB` → `a100`, `sxm`, 80. */
export type GpuName = Readonly<{
  /** Letters and digits that are left, in their order: `h100`, `rtx2080super`. */
  family: string;
  form: 'sxm' | 'pcie' | 'nvl' | null;
  memoryGb: number | null;
}>;

/** Words that name nothing: makers, product lines that never tell two chips apart, kinds of memory, marketing. */
const NOISE = new Set(
  (
    'nvidia amd intel corporation inc tesla geforce instinct habana gpu graphics accelerator tensor core oam vf vws mega cloud ' +
    'hbm hbm2 hbm2e hbm3 hbm3e gddr6 gddr6x gddr7'
  ).split(' '),
);

/** A MIG slice or a shared GPU is named after the whole one: `-MIG-1g.10gb`, `_3g.20gb+me`, `-SHARED`. */
const SLICE = /[-_. ]*(?:mig[-_. ]*)?\d+g\.\d+gb(?:[+.]me(?:\.all)?)?.*$/;
const SHARED = /[-_ ]shared$/;
const FORM = /^(.*?)(sxm\d?|pcie?|nvl)$/;
const MEMORY = /^(\d+)g(?:b|ib)?$/;

export function parseGpuName(reported: string): GpuName {
  const text = reported.toLowerCase().replace(SLICE, '').replace(SHARED, '');
  const name: { family: string; form: GpuName['form']; memoryGb: number | null } = {
    family: '',
    form: null,
    memoryGb: null,
  };
  for (const token of tokens(text)) {
    const memory = MEMORY.exec(token);
    const form = FORM.exec(token);
    if (memory) name.memoryGb = Number(memory[1]);
    else if (form) {
      name.form = formOf(form[2]!);
      name.family += form[1]!;
    } else if (!NOISE.has(token)) name.family += token;
  }
  return name;
}

/** Spellings with the same key mean the same GPU. */
export function nameKey(spelled: string): string {
  const { family, form, memoryGb } = parseGpuName(spelled);
  return `${family}|${form ?? ''}|${memoryGb ?? ''}`;
}

/** `80 GB` is one token; `h100-80gb` two. */
function tokens(text: string): readonly string[] {
  return text
    .replace(/(\d) +(g(?:i?b)?)\b/g, '$1$2')
    .split(/[^a-z0-9]+/)
    .filter((token) => token !== '');
}

function formOf(token: string): NonNullable<GpuName['form']> {
  if (token.startsWith('sxm')) return 'sxm';
  return token === 'nvl' ? 'nvl' : 'pcie';
}
