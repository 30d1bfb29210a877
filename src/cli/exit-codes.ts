import { BorderError, FairleadError } from '../model/error.ts';
import { type Severity, severities } from '../model/finding.ts';
import type { Review } from '../model/review.ts';

/** From which severity on findings fail the command; `never` leaves findings out of the exit code. */
export type FailOn = Severity | 'never';

/** Exit codes of the command line. */
export const exitCodes = {
  ok: 0,
  /** Findings at or over `--fail-on`, or differences with `--exit-code`. */
  findings: 1,
  usage: 2,
  /** Something could not be rendered, reached or checked. */
  incomplete: 3,
  /** Authentication or permission. */
  forbidden: 4,
  unreachable: 5,
  /** A deploy or rollback failed. */
  failed: 6,
  /** Refused: no server, another one's folder, or the mode forbids it. */
  refused: 7,
  interrupted: 130,
} as const;

/** The exit code of a review: findings first, then what is unknown, then differences. */
export function reviewExitCode(
  review: Review,
  options: { readonly failOn: FailOn; readonly exitCode: boolean },
): number {
  if (
    failsOn(
      review.findings.map((finding) => finding.severity),
      options.failOn,
    )
  )
    return exitCodes.findings;
  if (review.verdict === 'incomplete' || review.targets.some((target) => target.error !== null))
    return exitCodes.incomplete;
  const differs = review.changes.some((change) => change.part === 'pull' && change.action !== 'none');
  return options.exitCode && differs ? exitCodes.findings : exitCodes.ok;
}

/** Whether any severity is at or over the threshold. */
export function failsOn(found: readonly Severity[], failOn: FailOn): boolean {
  if (failOn === 'never') return false;
  return found.some((severity) => severities.indexOf(severity) <= severities.indexOf(failOn));
}

const usageCodes = new Set([
  'usage',
  'unknown-context',
  'kubeconfig-unreadable',
  'kubeconfig-untrusted',
  'insecure-tls',
  'way-broken',
  'argocd-secret',
  'unknown-revision',
  'not-a-repository',
  'path-missing',
  'weak-webhook-secret',
  'bad-private-key',
  'unsafe-repository',
  'listen-failed',
  'store-missing',
  'store-newer',
  'store-older',
]);

const refusedCodes = new Set(['server-down', 'server-elsewhere', 'refused']);

/** The exit code of a command that threw. */
export function errorExitCode(error: unknown): number {
  if (error instanceof BorderError)
    return error.kind === 'forbidden' || error.kind === 'unauthorized' ? exitCodes.forbidden : exitCodes.unreachable;
  if (!(error instanceof FairleadError)) return exitCodes.incomplete;
  if (refusedCodes.has(error.code)) return exitCodes.refused;
  return usageCodes.has(error.code) ? exitCodes.usage : exitCodes.incomplete;
}
