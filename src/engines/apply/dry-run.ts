import { omitPaths } from '../../gitops/diff/values.ts';
import { findingAt } from '../../gitops/validate/place.ts';
import { BorderError } from '../../model/error.ts';
import type { Finding, Severity } from '../../model/finding.ts';
import type { JsonObject } from '../../model/json.ts';
import type { Resource } from '../../model/resource.ts';
import type { Cluster } from '../../world/cluster/cluster.ts';
import { type Complaint, invalidComplaints, typedComplaints } from './field-text.ts';
import { isImmutable } from './judge-immutable.ts';
import { missingReference } from './missing-reference.ts';
import type { Wanted } from './pair-resources.ts';
import type { Unasked } from './subject.ts';

/** What asking the server about one object gave. */
export type DryRun =
  /** What applying it would make of the object. */
  | { readonly kind: 'predicted'; readonly object: JsonObject; readonly findings: readonly Finding[] }
  /** The server will not take the object as it is; the findings tell why, but for fields that may not change any more. */
  | {
      readonly kind: 'refused';
      readonly findings: readonly Finding[];
      /** What it lets nobody change in an object that is there. */
      readonly immutable: readonly Complaint[];
    }
  /** Its namespace, or its kind, does not exist in the cluster. */
  | { readonly kind: 'homeless'; readonly missing: 'namespace' | 'kind'; readonly message: string }
  /** It cannot be asked: no permission, a webhook that does not answer, or something that comes with the same change is missing. */
  | {
      readonly kind: 'unasked';
      readonly unasked: Unasked;
      readonly findings: readonly Finding[];
      /** What is to be told where it cannot be worked out without the cluster either; null: the findings are enough. */
      readonly error: BorderError | null;
    }
  /** Nothing is known: no answer. */
  | { readonly kind: 'failed'; readonly error: BorderError };

export interface DryRunOptions {
  readonly cluster: Cluster;
  readonly manager: string;
  /** The target's id, for findings. */
  readonly target: string;
  /** What head wants of the whole target: what is missing may come with it. */
  readonly head: readonly Resource[];
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
  return { kind: 'refused', findings, immutable: [] };
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

/** What was asked and said before a refusal. */
export interface Refusal {
  readonly wanted: Wanted;
  /** What was sent, unknown fields left out. */
  readonly object: JsonObject;
  /** What was said before. */
  readonly findings: readonly Finding[];
  readonly options: Pick<DryRunOptions, 'target'>;
}

function judge(error: BorderError, refusal: Refusal & { readonly options: DryRunOptions }): DryRun {
  const { wanted, object, findings, options } = refusal;
  const typed = typedComplaints(error.message, object);
  if (typed.length > 0) {
    const more = typed.map((complaint) => strictFinding(wanted, options.target, complaint));
    return { kind: 'refused', findings: [...findings, ...more], immutable: [] };
  }
  if (error.code === 'kind-not-served') return { kind: 'homeless', missing: 'kind', message: error.message };
  if (isNamespaceMissing(error, wanted)) return { kind: 'homeless', missing: 'namespace', message: error.message };
  const unasked = unaskedBy(error, refusal);
  if (unasked !== null) return unasked;
  if (error.kind !== 'invalid' && error.kind !== 'too-large') return { kind: 'failed', error };
  return judgeInvalid(error, refusal);
}

/** What the words of a refused validation (422) say: each field by itself, else the whole. */
export function judgeInvalid(
  error: Pick<BorderError, 'message' | 'code' | 'remedy'>,
  { wanted, object, findings, options }: Refusal,
): Extract<DryRun, { kind: 'refused' }> {
  const invalid = invalidComplaints(error.message, object);
  const immutable = invalid.filter(isImmutable);
  const others = invalid.filter((complaint) => !isImmutable(complaint));
  const told =
    invalid.length === 0
      ? [plainFinding(wanted, options.target, error)]
      : others.map((complaint) => fieldFinding(wanted, options.target, { rule: 'server-invalid', ...complaint }));
  return { kind: 'refused', findings: [...findings, ...told], immutable };
}

/** Why the cluster cannot say, by its own words; null: it said no. */
function unaskedBy(
  error: BorderError,
  { wanted, findings, options }: Refusal & { readonly options: DryRunOptions },
): Extract<DryRun, { kind: 'unasked' }> | null {
  const unasked = (why: string, severity: Unasked['severity'], more: readonly Finding[] = []) => ({
    ...{ kind: 'unasked' as const, unasked: { why, severity } },
    findings: [...findings, ...more],
    error: error.kind === 'forbidden' ? error : null,
  });
  if (error.code === 'cluster-webhook-failed' || /does not support dry.?run/i.test(error.message)) {
    const finding = withoutAdmission(wanted, options.target, error);
    return unasked(`${webhookOf(error.message)} cannot be asked`, 'caution', [finding]);
  }
  const awaited = missingReference(error.message, wanted, options.head);
  if (awaited !== null) return unasked(`${awaited} is only created by the same change`, 'note');
  if (error.kind !== 'forbidden') return null;
  return unasked(`the cluster does not let Fairlead try it (${permissionOf(error.message)})`, 'caution');
}

function isNamespaceMissing(error: BorderError, { resource }: Wanted): boolean {
  const { namespace } = resource.id;
  return (
    error.kind === 'not-found' && namespace !== null && error.message.includes(`namespaces "${namespace}" not found`)
  );
}

function webhookOf(message: string): string {
  const [, name] = /webhook "([^"]+)"/.exec(message) ?? [];
  return name === undefined ? 'an admission webhook' : `admission webhook ${name}`;
}

/** `cannot patch deployments.apps`, of what the server says about missing rights. */
function permissionOf(message: string): string {
  const [, verb, resource, group] = /cannot (\w+) resource "([^"]+)"(?: in API group "([^"]*)")?/.exec(message) ?? [];
  if (verb === undefined || resource === undefined) return 'it may not be granted';
  return `no right to ${verb} ${group ? `${resource}.${group}` : resource}`;
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

function plainFinding(
  wanted: Wanted,
  target: string,
  error: Pick<BorderError, 'message' | 'code' | 'remedy'>,
): Finding {
  const rule = error.code === 'cluster-admission-refused' ? 'server-refused' : 'server-invalid';
  const { message, remedy } = error;
  return findingAt(wanted.resource, target, { rule, severity: 'block', at: [], message, fix: remedy });
}

function withoutAdmission(wanted: Wanted, target: string, { code, message }: BorderError): Finding {
  const isDown = code === 'cluster-webhook-failed';
  const why = isDown ? 'does not answer' : 'cannot be asked without side effects';
  return findingAt(wanted.resource, target, {
    ...{ rule: 'predicted-without-admission', severity: 'caution', at: [] },
    message: `predicted without admission, because an admission webhook ${why}: ${message}`,
    fix: isDown ? 'Repair the webhook, then look again.' : 'Let the webhook declare sideEffects None or NoneOnDryRun.',
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
