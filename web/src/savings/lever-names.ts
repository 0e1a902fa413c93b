const NAMES: Readonly<Record<string, string>> = {
  reclaim: 'Reclaim',
  'scale-to-zero': 'Scale to zero',
  share: 'Share',
  release: 'Release',
  batch: 'Batch',
  all: 'All levers',
  pack: 'Pack',
  quota: 'Lend quota',
  autoscale: 'Autoscale',
  spot: 'Spot',
  commit: 'Commit',
  'right-size': 'Right-size',
  quantise: 'Quantise',
  distil: 'Distil',
  route: 'Route',
  cache: 'Cache',
};

export function leverName(lever: string): string {
  return NAMES[lever] ?? lever;
}

/** Advice comes as a phrase that begins small. */
export function asSentence(phrase: string): string {
  return `${phrase.charAt(0).toUpperCase()}${phrase.slice(1)}`;
}
