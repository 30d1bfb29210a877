/** Budgets of one file. All are checked while reading, before anything walks the result. */
export interface DecodeLimits {
  /** Size of the file. */
  readonly bytes: number;
  /** Documents in one file, list items included. */
  readonly documents: number;
  /** Nesting of collections, through aliases too. */
  readonly depth: number;
  /** Aliases (`*name`) in one file. */
  readonly aliases: number;
  /** Values and keys in one file with every alias and merge key written out. */
  readonly nodes: number;
}

/** What a repository file may cost. Rendered output is larger: its reader passes its own numbers. */
export const defaultLimits: DecodeLimits = {
  bytes: 5 * 1024 * 1024,
  documents: 10_000,
  depth: 100,
  aliases: 1_000,
  nodes: 200_000,
};
