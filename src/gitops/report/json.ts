import type { Change } from '../../model/change.ts';
import type { Finding } from '../../model/finding.ts';
import type { Json, JsonObject } from '../../model/json.ts';
import type { ResourceId } from '../../model/resource.ts';
import type { Coverage, Review } from '../../model/review.ts';

/**
 * The documented JSON of a review, `schemaVersion: 1`. Numbers beyond 2^53 are bigint: write it with formats/json.
 */
export function reviewJson(review: Review): JsonObject {
  return {
    schemaVersion: 1,
    verdict: review.verdict,
    base: review.base,
    head: review.head,
    targets: review.targets.map(({ id, application, environment, cluster, digest, error }) => ({
      id,
      application,
      environment,
      cluster,
      digest,
      error,
    })),
    changes: review.changes.map((change) => ({
      target: change.target,
      part: change.part,
      resource: resourceJson(change.resource),
      action: change.action,
      paths: change.paths.map((path) => ({
        path: path.path as readonly Json[], // a segment is a text, a number or a flat object of scalars: all JSON
        before: path.before,
        after: path.after,
        cause: path.cause,
      })),
      ...mannerJson(change),
    })),
    findings: findingsJson(review.findings),
    coverage: {
      applications: review.coverage.applications,
      rendered: review.coverage.rendered,
      unownedFiles: review.coverage.unownedFiles,
      ...usedByJson(review.coverage.usedBy),
    },
    helm: review.helm.map((engine) => (engine === 'helm3' ? 'v3' : 'v4')),
  };
}

/** How a change comes about, as far as it is not the usual way. */
function mannerJson({ offline, stays, adopts, takes }: Change): JsonObject {
  return {
    ...(offline === undefined ? {} : { offline }),
    ...(stays === undefined
      ? {}
      : { stays: stays.map(({ path, owners }) => ({ path: path as readonly Json[], owners })) }), // all JSON, as above
    ...(adopts === undefined ? {} : { adopts: { owner: adopts.owner, fields: adopts.fields } }),
    ...(takes === undefined ? {} : { takes }),
  };
}

/** Findings as the documented JSON has them. */
export function findingsJson(findings: readonly Finding[]): readonly JsonObject[] {
  return findings.map((finding) => ({
    rule: finding.rule,
    severity: finding.severity,
    target: finding.target,
    resource: finding.resource === null ? null : resourceJson(finding.resource),
    file: finding.file,
    ...(finding.repository === undefined ? {} : { repository: finding.repository }),
    line: finding.line,
    message: finding.message,
    fix: finding.fix,
  }));
}

function usedByJson(usedBy: Coverage['usedBy']): JsonObject {
  if (usedBy === undefined) return {};
  return { usedBy: usedBy.map(({ repository, applications }) => ({ repository, applications })) };
}

function resourceJson(id: ResourceId): JsonObject {
  return { group: id.group, version: id.version, kind: id.kind, namespace: id.namespace, name: id.name };
}
