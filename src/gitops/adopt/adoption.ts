import type { Json } from '../../model/json.ts';
import type { Path } from '../../model/path.ts';
import type { Resource } from '../../model/resource.ts';
import type { Application } from '../../model/target.ts';
import type { Tree } from '../../model/tree.ts';

/** Live values that are to become Git's. */
export interface AdoptionWish {
  readonly application: Application;
  readonly tree: Tree;
  /** As rendered from the tree. */
  readonly resource: Resource;
  /** Paths as `formatPath` writes them; values as text, null for a field that is gone. */
  readonly changes: readonly { readonly path: string; readonly live: string | null }[];
}

/** The changed files, or why it cannot be done (one sentence). */
export type Adoption =
  | { readonly kind: 'files'; readonly files: ReadonlyMap<string, Uint8Array> }
  | { readonly kind: 'none'; readonly why: string };

/** One value to be written: what rendering gives now, and what is live (null: the field goes). */
export interface Wanted {
  readonly resource: Resource;
  readonly path: Path;
  readonly git: Json;
  readonly live: Json;
}

/** The files as changed so far. */
export interface Draft {
  /** Whether a regular file stands there. */
  has(file: string): boolean;
  read(file: string, signal: AbortSignal): Promise<string>;
  write(file: string, text: string): void;
}

/** A value that Fairlead does not write to Git; the message is the sentence people are told. */
export class NotWritable extends Error {}
