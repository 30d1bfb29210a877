import { outdatedLine, outdatedPattern } from '../../gitops/report/outdated-line.ts';
import { BorderError } from '../../model/error.ts';
import type { RepoRef } from '../../model/repo.ts';
import type { RepoPort } from '../../world/forge/forge.ts';
import { commentKey, type PullTools } from './pull-tools.ts';

/** Whose comment is outdated, and by what. */
export interface Outdated {
  readonly repo: RepoRef;
  readonly pull: number;
  /** The head that is reviewed now. */
  readonly head: string;
  /** Whether pushes come so fast that one such line has to do for all of them. */
  readonly isStorm: boolean;
}

/**
 * Says above the comment of an older head, in its first line, that it is outdated and which head is reviewed now; the rest of it stays to
 * be read. A forge that does not take it keeps no review back.
 */
export async function showOutdated(
  { repo, pull, head, isStorm }: Outdated,
  port: RepoPort,
  {
    store,
    redact,
    onUnreported,
  }: Pick<PullTools, 'redact' | 'onUnreported'> & { readonly store: Pick<PullTools['store'], 'pulls'> },
): Promise<void> {
  const shown = (await store.pulls.last(repo, pull))?.head;
  if (shown === undefined || shown === head) return;
  try {
    await port.retitleComment(pull, commentKey, redact(outdatedLine(shown, head)), isStorm ? outdatedPattern : null);
  } catch (error) {
    if (!(error instanceof BorderError)) throw error;
    onUnreported({ repo, pull }, error);
  }
}
