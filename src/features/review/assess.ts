import type { Change } from '../../model/change.ts';
import type { Finding } from '../../model/finding.ts';
import type { Target } from '../../model/target.ts';
import type { Verdict } from '../../model/verdict.ts';
import { isRoutine } from './routine.ts';

/** What a verdict rests on. */
export interface Evidence {
  readonly targets: readonly Target[];
  readonly changes: readonly Change[];
  readonly findings: readonly Finding[];
  /** Why the pull as a whole could not be worked out (a merge conflict), or null. */
  readonly incomplete: string | null;
}

/** The verdict, by the order of design.md section 1. */
export function assess(evidence: Evidence): Verdict {
  if (evidence.findings.some((finding) => finding.severity === 'block')) return 'blocked';
  if (evidence.incomplete !== null || evidence.targets.some((target) => target.error !== null)) return 'incomplete';
  if (evidence.findings.some((finding) => finding.severity === 'caution')) return 'caution';
  const changes = evidence.changes.filter((change) => change.part === 'pull' && change.action !== 'none');
  if (changes.length === 0) return 'no-change';
  return isRoutine(changes) ? 'routine' : 'ready';
}
