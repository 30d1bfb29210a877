import type { CommentSettings } from '../../model/settings.ts';
import type { Verdict } from '../../model/verdict.ts';

/**
 * Whether a review gets a comment of its own. Quiet by default: a pull that changes nothing gets a green check alone. Where the forge
 * took no check (`unreported`: why), nobody would see what is not in a comment.
 */
export function isTold(verdict: Verdict, { when }: CommentSettings, unreported: string | null): boolean {
  if (when === 'never') return false;
  if (unreported !== null) return true;
  switch (when) {
    case 'always':
      return true;
    case 'changes':
      return verdict !== 'no-change';
    case 'findings':
      return verdict !== 'no-change' && verdict !== 'ready' && verdict !== 'routine';
    default:
      return when satisfies never;
  }
}
