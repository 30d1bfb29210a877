import { BorderError } from '../../model/error.ts';
import type { RepoRef } from '../../model/repo.ts';
import type { CheckState, Pull, RepoPort } from '../../world/forge/forge.ts';
import type { Store } from '../../world/store/store.ts';
import { checkName } from './pull-check.ts';

/**
 * Why an open pull of which no event told must be reviewed: its head was never spoken of, or its check is missing or was begun and
 * not ended (`pull`); or the branch it goes into is not where it was (`base`). null: what stands there is right.
 */
export async function lacking(
  repo: RepoRef,
  { pull, port }: { readonly pull: Pull; readonly port: RepoPort },
  { pulls }: Pick<Store, 'pulls'>,
): Promise<'pull' | 'base' | null> {
  const last = await pulls.last(repo, pull.number);
  if (last?.head !== pull.head.sha) return 'pull';
  if ((await checkOf(pull, port)) !== 'done') return 'pull';
  return (await port.branchHead(pull.base.ref)) === last.base ? null : 'base';
}

/** Whether Fairlead lost its memory of a pull it wrote on: what people said to it there is lost as well. */
export async function isForgotten(
  repo: RepoRef,
  { pull, port }: { readonly pull: Pull; readonly port: RepoPort },
  { store, commentKey }: { readonly store: Pick<Store, 'pulls' | 'plans'>; readonly commentKey: string },
): Promise<boolean> {
  if ((await store.pulls.last(repo, pull.number)) !== null) return false;
  if ((await store.plans.of(repo, pull.number, null)) !== null) return false;
  return port.hasComment(pull.number, commentKey);
}

/** A check that may not be read cannot be made right either. */
async function checkOf({ head }: Pull, port: RepoPort): Promise<CheckState> {
  try {
    return await port.checkState(head.sha, checkName);
  } catch (error) {
    if (error instanceof BorderError && error.kind === 'forbidden') return 'done';
    throw error;
  }
}
