import type { NamedRemote } from '../../formats/kustomization/named-reference.ts';
import type { Application } from '../../model/target.ts';

/** How a file belongs to an application: its own, of something it builds on, a chart's, or values. */
export type Relation = 'own' | 'base' | 'chart' | 'values';

/** An application before its name is made unique, and the files that change it. */
export interface Found {
  readonly application: Application;
  /** What else it is called where others have its name; left out: its folder. */
  readonly longName?: string;
  /** How a file, present or deleted, belongs to it; null when it does not. */
  relate(path: string): Relation | null;
  /** Bases it builds on that are in other repositories; left out: none. */
  readonly remote?: readonly NamedRemote[];
  /** What it reads of another repository, where one lends its files. */
  readonly lent?: LentReads;
}

/** Files of another repository that an application reads. */
export interface LentReads extends Pick<Found, 'relate'> {
  /** As `Application.inputs`, in that repository. */
  readonly inputs: readonly string[];
}

/** The folder of a path, '' at the root. */
export function folderOf(path: string): string {
  const slash = path.lastIndexOf('/');
  return slash === -1 ? '' : path.slice(0, slash);
}

/** Whether a path lies in a folder, at any depth; everything lies in ''. */
export function isWithin(path: string, folder: string): boolean {
  return folder === '' || path.startsWith(`${folder}/`);
}

/** A folder as an input of an application. */
export function folderInput(folder: string): string {
  return `${folder}/`;
}
