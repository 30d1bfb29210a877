import type { Finding } from '../../model/finding.ts';
import { sortFindings } from './finding-text.ts';

/** The same finding, wherever it was made: it is said once. */
export interface SharedFinding {
  readonly finding: Finding;
  /** Ids of its targets, in order, each once; empty where it concerns the whole pull. */
  readonly targets: readonly string[];
  /** All that are alike, `finding` first. */
  readonly members: readonly Finding[];
}

/** Findings in order, gravest first, those that differ in nothing but their target as one. */
export function shareFindings(findings: readonly Finding[]): readonly SharedFinding[] {
  const alike = Map.groupBy(sortFindings(findings), ({ target: _, ...said }) => JSON.stringify(said));
  return [...alike.values()].flatMap((members) => {
    const [finding] = members;
    if (finding === undefined) return [];
    const targets = new Set(members.flatMap(({ target }) => (target === null ? [] : [target])));
    return [{ finding, targets: [...targets], members }];
  });
}
