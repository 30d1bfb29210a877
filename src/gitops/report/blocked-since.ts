import { prose } from '../../formats/markdown.ts';
import type { Finding } from '../../model/finding.ts';
import { someOf } from '../../model/some-of.ts';
import { name, sentence } from './compose.ts';
import { commitCode } from './deployment-words.ts';

/** A pull that somebody approved and whose review is blocked since. */
export interface BlockedSince {
  readonly head: string;
  readonly approvers: readonly string[];
  /** What blocks it, the gravest first. */
  readonly blockers: readonly Finding[];
  /** Hides secret values; asked before anything is cut or escaped. */
  readonly mask: (text: string) => string;
}

/** Most of what blocks, and most people, that are named. */
const mostNamed = 3;

/** What tells the people who approved: edits of the review notify nobody. */
export function blockedSinceText({ head, approvers, blockers, mask }: BlockedSince): string {
  const people = someOf(approvers.map(name), mostNamed);
  const title = `### ⛔ Blocked since it was approved — ${people} approved this pull; at ${commitCode(head)} its review is blocked`;
  const lines = blockers
    .slice(0, mostNamed)
    .map(({ rule, message }) => `- **${prose(rule)}** — ${sentence(mask(message), 300)}`);
  const rest = blockers.length - lines.length;
  const more = rest > 0 ? [`- and ${rest} more`] : [];
  const foot = 'The review above tells all of it. This comment goes once nothing blocks the pull.';
  // A pull in conflict is blocked without a finding.
  return [title, [...lines, ...more].join('\n'), foot].filter((part) => part !== '').join('\n\n');
}
