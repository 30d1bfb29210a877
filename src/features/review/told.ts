import type { CommentSettings } from '../../model/settings.ts';
import type { Verdict } from '../../model/verdict.ts';

/** Whether a review gets a comment of its own. Quiet by default: a pull that changes nothing gets a green check alone. */
export function isTold(verdict: Verdict, { when }: CommentSettings): boolean {
  switch (when) {
    case 'always':
      return true;
    case 'never':
      return false;
    case 'changes':
      return verdict !== 'no-change';
    case 'findings':
      return verdict !== 'no-change' && verdict !== 'ready' && verdict !== 'routine';
    default:
      return when satisfies never;
  }
}
