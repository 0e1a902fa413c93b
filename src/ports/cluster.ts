import type { ClusterObject, OwnerReference, PatchDocument } from '../domain/actions/change-for.ts';

/** A cluster that takes changes. Throws `OutsideFailure` when it does not answer as it should. */
export interface Cluster {
  /** For people: the address, without credentials. */
  readonly name: string;
  pod(namespace: string, name: string): Promise<ClusterObject | null>;
  owner(namespace: string, reference: OwnerReference): Promise<ClusterObject | null>;
  /**
   * A merge patch of an object as it was read: refused when it has changed since. With `isDryRun` everything is checked, by webhooks and
   * policies too, and nothing is kept.
   */
  patch(object: ClusterObject, patch: PatchDocument, isDryRun: boolean): Promise<ClusterObject>;
}

/** What was done, or begun: who, when, to what, how it was before, and how it is taken back. */
export type ActionRecord = Readonly<{
  id: string;
  action: string;
  /** `Deployment search/chat`. */
  object: string;
  target: string;
  owner: string;
  /** User and machine of the command line. */
  by: string;
  cluster: string;
  at: string;
  /** `begun` is written before the change is made, so that none is ever made unseen. */
  state: 'begun' | 'done' | 'failed' | 'undone';
  because: string;
  change: string;
  namespace: string;
  reference: OwnerReference;
  patch: PatchDocument;
  /** `null`: nothing takes it back. */
  undo: PatchDocument | null;
  /** The object before it. */
  before: ClusterObject;
  failure: string | null;
  undoneAt: string | null;
  undoneBy: string | null;
}>;
