import { mostParts, readTimePattern } from '../../gitops/report/comment.ts';
import type { Redacted } from '../../model/redacted.ts';
import type { RepoPort } from '../../world/forge/forge.ts';
import { commentKey } from './pull-tools.ts';

/** The key of each comment one review is spread over, the first first. */
export const commentKeys: readonly string[] = Array.from({ length: mostParts }, (_, index) =>
  index === 0 ? commentKey : `${commentKey}-${index + 1}`,
);

/** Puts the comments of a review on a pull, and takes those away that an earlier review needed beside them (`before`: how many it had). */
export async function postComments(
  port: RepoPort,
  pull: number,
  { bodies, before }: { readonly bodies: readonly Redacted[]; readonly before: number },
): Promise<void> {
  for (const [index, key] of commentKeys.entries()) {
    const body = bodies[index];
    if (body !== undefined) await port.ensureComment(pull, key, body, readTimePattern);
    else if (index < before) await port.retireComment(pull, key);
  }
}
