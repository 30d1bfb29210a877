import { syncOptionsOf } from '../../formats/argocd/sync-options.ts';
import type { DeclaredApplication } from '../../model/declared.ts';
import type { Finding } from '../../model/finding.ts';
import { type Resource, resourceKey } from '../../model/resource.ts';

/** Rules that say: the cluster does not serve this kind. */
const missing: ReadonlySet<string> = new Set(['kind-not-served', 'schema-unknown-kind']);

const option = 'SkipDryRunOnMissingResource=true';

/**
 * Findings with kinds that are not served as no blocker where Argo CD is told to expect that (`SkipDryRunOnMissingResource=true`, of the
 * Application or of the object): something else brings the kind, or the sync fails.
 */
export function heedMissing(
  findings: readonly Finding[],
  { declared, head }: { readonly declared: DeclaredApplication | null; readonly head: readonly Resource[] },
): readonly Finding[] {
  if (declared?.kind !== 'argocd-application') return findings;
  const isAll = declared.syncOptions.includes(option);
  const told = new Set(
    head
      .filter((resource) => isAll || syncOptionsOf(resource.object).includes(option))
      .map(({ id }) => resourceKey(id)),
  );
  return findings.map((finding) => {
    const { rule, severity, resource, message } = finding;
    if (severity !== 'block' || resource === null || !missing.has(rule) || !told.has(resourceKey(resource)))
      return finding;
    const expected = `${message} Argo CD is told to expect that (${option}), and fails where nothing else brings it.`;
    return { ...finding, severity: 'caution', message: expected };
  });
}
