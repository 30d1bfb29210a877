/** A repository on a forge, by the forge's own numeric id, which survives renames. */
export interface RepoRef {
  /** Name of the configured forge: `github`, `gitlab`. */
  readonly forge: string;
  readonly id: number;
  /** `owner/name` at the time of the event. */
  readonly fullName: string;
  /** GitHub App installation; null where the forge has none. */
  readonly installation: number | null;
}

/** `github:42`: what jobs, rows and leases of a repository are keyed by. */
export function repoKey(repo: Pick<RepoRef, 'forge' | 'id'>): string {
  return `${repo.forge}:${repo.id}`;
}

/** A place where people write: a pull, or Fairlead's own issue. */
export interface Thread {
  readonly kind: 'pull' | 'issue';
  /** Number of the pull or issue in its repository. */
  readonly number: number;
}

/** What objects of controllers may mean by the repository under review. */
export interface OwnRepository {
  /** Its clone addresses; empty where none is known: whatever is found in the tree is then taken for its own. */
  readonly urls: readonly string[];
  /** The branch a change goes to; '' where it is not known: every branch is then taken for it. */
  readonly branch: string;
  /** '' where it is not known. */
  readonly defaultBranch: string;
}
