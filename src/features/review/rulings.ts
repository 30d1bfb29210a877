import { type Finding, type Severity, severities } from '../../model/finding.ts';
import { outsideRule } from '../../model/tenancy.ts';

/** What the repository's owner and its people say about findings. */
export interface Rulings {
  /** Rule id -> severity, or off: `policy.rules` of the settings. */
  readonly rules: ReadonlyMap<string, Severity | 'off'>;
  /** Rules a person allowed for exactly this head, and why. */
  readonly allowed: readonly { readonly rule: string; readonly by: string; readonly reason: string }[];
  /** Findings about the pull as a whole, such as a broken configuration. */
  readonly findings: readonly Finding[];
}

/** Nothing was said. */
export const noRulings: Rulings = { rules: new Map(), allowed: [], findings: [] };

/** Rules that no ruling changes: what they tell was refused before anything was looked at, and stays refused. */
const fixedRules: ReadonlySet<string> = new Set([outsideRule]);

/** Findings with the severities the owner gave their rules; what a person allowed is no blocker any more, but stays in sight. */
export function applyRulings(findings: readonly Finding[], rulings: Rulings): readonly Finding[] {
  return [...rulings.findings, ...findings].flatMap((finding): readonly Finding[] => {
    if (fixedRules.has(finding.rule)) return [finding];
    const severity = rulings.rules.get(finding.rule) ?? finding.severity;
    if (severity === 'off') return [];
    const permit = rulings.allowed.find(({ rule }) => rule === finding.rule);
    if (permit === undefined || severity === 'note') return [{ ...finding, severity }];
    const reason = permit.reason === '' ? '' : `: ${permit.reason}`;
    return [
      { ...finding, severity: lower(severity), message: `${finding.message} (allowed by ${permit.by}${reason})` },
    ];
  });
}

function lower(severity: Severity): Severity {
  return severities[severities.indexOf(severity) + 1] ?? 'note';
}
