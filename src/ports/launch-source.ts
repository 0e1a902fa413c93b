import type { Launch } from '../domain/governance/launch.ts';
import type { Reject } from './source.ts';

/** Manifests, job scripts and plans, as text and already read. */
export type LaunchFile = Readonly<{
  /** As messages name it. */
  path: string;
  text: string;
  /** Named by the user, or found in a folder: what is no manifest is left out there, and refused here. */
  isNamed: boolean;
}>;

export type LaunchReading = Readonly<{
  launches: readonly Launch[];
  /** What cannot be understood; the rest of the file is still read. */
  unreadable: readonly Reject[];
  /** Files that held something to judge, or nothing with a GPU. */
  files: number;
}>;

/** Reads launches out of files of every kind that it knows. */
export interface LaunchReader {
  read(files: readonly LaunchFile[]): LaunchReading;
  /** Reads one object of Kubernetes that is parsed already. It has no lines; `name` stands for the file. */
  readObject(object: unknown, name: string): LaunchReading;
}

/** Finds the files. */
export interface LaunchFiles {
  /** Files as they are; folders stand for the manifests below them. */
  open(
    paths: readonly string[],
  ): Promise<Readonly<{ files: readonly LaunchFile[]; unreadable: readonly Reject[] }>>;
  /** The same paths as they were where the current branch left `reference`, for comparison. */
  openBase(
    paths: readonly string[],
    reference: string,
  ): Promise<Readonly<{ commit: string; files: readonly LaunchFile[] }>>;
}
