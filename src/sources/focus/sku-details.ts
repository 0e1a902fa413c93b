/** What SkuPriceDetails (or Azure's x_SkuDetails) says about the machine behind a SKU. */
export type SkuDetails = Readonly<{
  instanceType: string | null;
  gpuCount: string | null;
  gpuModel: string | null;
}>;

const NOTHING: SkuDetails = { instanceType: null, gpuCount: null, gpuModel: null };

/** Spellings without regard to case, blanks and the `x_` that FOCUS asks of keys that are not its own. */
const KEYS = {
  instanceType: ['instancetype', 'servicetype', 'vmsize', 'machinetype', 'machinespec'],
  gpuCount: ['gpucount', 'acceleratorcount'],
  gpuModel: ['gpumodel', 'gputype', 'gpu', 'acceleratortype'],
} as const;

/** Reads the JSON of SkuPriceDetails. Text that is no JSON object says nothing. */
export function parseSkuDetails(text: string): SkuDetails {
  const details = parseObject(text);
  if (!details) return NOTHING;
  const byKey = new Map(Object.entries(details).map(([key, value]) => [plainKey(key), value]));
  const pick = (keys: readonly string[]) => {
    const value = keys.map((key) => byKey.get(key)).find((found) => found !== undefined && found !== null);
    return typeof value === 'string' || typeof value === 'number' ? String(value).trim() || null : null;
  };
  return {
    instanceType: pick(KEYS.instanceType),
    gpuCount: pick(KEYS.gpuCount),
    gpuModel: pick(KEYS.gpuModel),
  };
}

function parseObject(text: string): object | undefined {
  try {
    const value: unknown = JSON.parse(text);
    return typeof value === 'object' && value !== null && !Array.isArray(value) ? value : undefined;
  } catch {
    return undefined;
  }
}

function plainKey(key: string): string {
  return key
    .toLowerCase()
    .replace(/^x_/, '')
    .replace(/[\s_-]/g, '');
}
