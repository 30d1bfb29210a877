import { omitPaths } from '../../gitops/diff/values.ts';
import { findingAt } from '../../gitops/validate/place.ts';
import { BorderError } from '../../model/error.ts';
import type { Finding, Severity } from '../../model/finding.ts';
import type { JsonObject } from '../../model/json.ts';
import type { Cluster } from '../../world/cluster/cluster.ts';
import { type Complaint, invalidComplaints, typedComplaints } from './field-text.ts';
import type { Wanted } from './pair-resources.ts';

/** What asking the server about one object gave. */
export type DryRun =
  /** What applying it would make of the object. */
  | { readonly kind: 'predicted'; readonly object: JsonObject; readonly findings: readonly Finding[] }
  /** The server will not take the object as it is, or cannot say; the findings tell why. */
  | { readonly kind: 'refused'; readonly findings: readonly Finding[] }
  /** Its namespace, or its kind, does not exist in the cluster. */
  | { readonly kind: 'homeless'; readonly missing: 'namespace' | 'kind'; readonly message: string }
  /** Nothing is known: no permission, no answer. */
  | { readonly kind: 'failed'; readonly error: BorderError };

export interface DryRunOptions {
  readonly cluster: Cluster;
  readonly manager: string;
  /** The target's id, for findings. */
  readonly target: string;
}

/** Unknown fields of one object that are taken out, one dry-run each, before it counts as refused. */
const mostUnknownFields = 20;

/**
 * Asks the server what applying an object would give. Server-side apply refuses an object with unknown fields whatever
 * the validation level (the typed patch cannot be made), a few at a time: each is a finding and is left out of the next
 * try, so that the rest of the object can still be shown.
 */
export async function dryRun(wanted: Wanted, options: DryRunOptions, signal: AbortSignal): Promise<DryRun> {
  const findings: Finding[] = [];
  let object = wanted.object;
  for (let tries = 0; tries <= mostUnknownFields; tries += 1) {
    const attempt = await attemptWrite(object, options, signal);
    if (attempt.kind === 'answered') {
      const warnings = attempt.warnings.map((text) => warningFinding(wanted, options.target, text));
      return { kind: 'predicted', object: attempt.object, findings: [...findings, ...warnings] };
    }
    const unknown = typedComplaints(attempt.error.message, object).filter(isUnknownField);
    if (unknown.length === 0) return judge(attempt.error, { wanted, object, findings, options });
    findings.push(...unknown.map((complaint) => strictFinding(wanted, options.target, complaint)));
    object = omitPaths(
      object,
      unknown.map(({ at }) => at),
    );
  }
  return { kind: 'refused', findings };
}

type Attempt =
  | { readonly kind: 'answered'; readonly object: JsonObject; readonly warnings: readonly string[] }
  | { readonly kind: 'declined'; readonly error: BorderError };

/** Conflicts are shown, not met: a preview is always forced. */
const asked = { force: true, dryRun: true, validation: 'Strict', as: null } as const;

async function attemptWrite(
  object: JsonObject,
  { cluster, manager }: DryRunOptions,
  signal: AbortSignal,
): Promise<Attempt> {
  try {
    const written = await cluster.write(object, { manager, ...asked }, signal);
    return { kind: 'answered', object: written.object, warnings: written.warnings };
  } catch (error) {
    if (error instanceof BorderError) return { kind: 'declined', error };
    throw error;
  }
}

interface Refusal {
  readonly wanted: Wanted;
  /** What was sent, unknown fields left out. */
  readonly object: JsonObject;
  /** What was said before. */
  readonly findings: readonly Finding[];
  readonly options: DryRunOptions;
}

function judge(error: BorderError, refusal: Refusal): DryRun {
  const { wanted, object, findings, options } = refusal;
  const refused = (more: readonly Finding[]): DryRun => ({ kind: 'refused', findings: [...findings, ...more] });
  const typed = typedComplaints(error.message, object);
  if (typed.length > 0) return refused(typed.map((complaint) => strictFinding(wanted, options.target, complaint)));
  if (error.code === 'kind-not-served') return { kind: 'homeless', missing: 'kind', message: error.message };
  if (error.kind === 'not-found') return notFound(error, wanted);
  if (/does not support dry.?run/i.test(error.message)) return refused([withoutAdmission(wanted, options, error)]);
  if (error.kind !== 'invalid' && error.kind !== 'too-large') return { kind: 'failed', error };
  const invalid = invalidComplaints(error.message, object);
  if (invalid.length === 0) return refused([plainFinding(wanted, options, error)]);
  return refused(
    invalid.map((complaint) => fieldFinding(wanted, options.target, { rule: 'server-invalid', ...complaint })),
  );
}

function notFound(error: BorderError, wanted: Wanted): DryRun {
  const namespace = wanted.resource.id.namespace;
  const isNamespace = namespace !== null && error.message.includes(`namespaces "${namespace}" not found`);
  return isNamespace ? { kind: 'homeless', missing: 'namespace', message: error.message } : { kind: 'failed', error };
}

function isUnknownField({ at, reason }: Complaint): boolean {
  return at.length > 0 && reason === 'field not declared in schema';
}

function strictFinding(wanted: Wanted, target: string, complaint: Complaint): Finding {
  return fieldFinding(wanted, target, { rule: 'server-strict', ...complaint });
}

function fieldFinding(wanted: Wanted, target: string, complaint: Complaint & { readonly rule: string }): Finding {
  const { rule, at, field, reason } = complaint;
  return findingAt(wanted.resource, target, {
    rule,
    severity: 'block',
    at,
    message: `the API server refuses ${field}: ${reason}`,
    fix: rule === 'server-strict' ? `Correct or remove ${field}.` : null,
  });
}

function plainFinding(wanted: Wanted, options: DryRunOptions, error: BorderError): Finding {
  const rule = error.code === 'cluster-admission-refused' ? 'server-refused' : 'server-invalid';
  const { message, remedy } = error;
  return findingAt(wanted.resource, options.target, { rule, severity: 'block', at: [], message, fix: remedy });
}

function withoutAdmission(wanted: Wanted, options: DryRunOptions, error: BorderError): Finding {
  return findingAt(wanted.resource, options.target, {
    rule: 'predicted-without-admission',
    severity: 'caution',
    at: [],
    message: `compared with Git only, because an admission webhook cannot be asked without side effects: ${error.message}`,
    fix: 'Let the webhook declare sideEffects None or NoneOnDryRun.',
  });
}

/** Deprecations want a look, the rest is information. */
function warningFinding(wanted: Wanted, target: string, text: string): Finding {
  const isDeprecation = /\bdeprecated\b/i.test(text);
  const severity: Severity = isDeprecation ? 'caution' : 'note';
  const rule = isDeprecation ? 'api-deprecated' : 'server-warning';
  return findingAt(wanted.resource, target, {
    rule,
    severity,
    at: [],
    message: `the API server warns: ${text}`,
    fix: null,
  });
}
