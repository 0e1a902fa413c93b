/** How often something was written that figures are made of. */
export interface Revisions {
  /** Names the state of the store: it changes when figures may have changed, and with every start of the server. */
  current(): string;
  /** Told after each change; the answer ends it. */
  watch(onChange: () => void): () => void;
}
