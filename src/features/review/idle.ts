import { unmatchedRules } from '../../gitops/render/unmatched.ts';
import { unreadValueRule } from '../../gitops/render/unread-values.ts';
import type { Finding } from '../../model/finding.ts';

const rules: ReadonlySet<string> = new Set([...Object.values(unmatchedRules), unreadValueRule]);

/** The findings without those of entries and values that were idle before the change as well: that is not its doing. */
export function newlyIdle(findings: readonly Finding[], before: readonly Finding[]): readonly Finding[] {
  const known = new Set(before.map(({ rule, message }) => `${rule} ${message}`));
  return findings.filter(({ rule, message }) => !rules.has(rule) || !known.has(`${rule} ${message}`));
}

/** The findings without a word of what is idle: where no change is looked at nobody asks about it. */
export function withoutIdle(findings: readonly Finding[]): readonly Finding[] {
  return findings.filter(({ rule }) => !rules.has(rule));
}
