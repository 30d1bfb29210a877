import { maskChanges } from '../../formats/redaction/mask-changes.ts';
import type { Change } from '../../model/change.ts';
import type { Finding } from '../../model/finding.ts';
import type { PathSegment } from '../../model/path.ts';
import type { ResourceId } from '../../model/resource.ts';
import type { Coverage, Review } from '../../model/review.ts';
import type { Target } from '../../model/target.ts';

/** Replaces the secret values in a text. */
export type Mask = (text: string) => string;

/**
 * The review with every foreign text masked, its lists in their order. What is written from it is masked before, not after: a value that is
 * cut, compared word by word, or spelled with entities or escapes would not be found any more, and one that is a word of a page would break it.
 */
export function maskReview(review: Review, mask: Mask): Review {
  const known = remembered(mask);
  return {
    ...review,
    targets: review.targets.map((target) => maskTarget(target, known)),
    changes: review.changes.map((change) => maskChange(change, known)),
    findings: review.findings.map((finding) => maskFinding(finding, known)),
    coverage: maskCoverage(review.coverage, known),
    clustersRead: review.clustersRead.map(known),
    gitOnly: orNull(review.gitOnly, known),
  };
}

/** Names stand in a review many times over. */
function remembered(mask: Mask): Mask {
  const seen = new Map<string, string>();
  return (text) => {
    const before = seen.get(text);
    if (before !== undefined) return before;
    const masked = mask(text);
    if (text.length < 200) seen.set(text, masked);
    return masked;
  };
}

function maskTarget(target: Target, mask: Mask): Target {
  return {
    ...target,
    id: mask(target.id),
    application: mask(target.application),
    environment: orNull(target.environment, mask),
    cluster: orNull(target.cluster, mask),
    error: orNull(target.error, mask),
  };
}

function maskChange(change: Change, mask: Mask): Change {
  const { offline, stays, adopts, takes } = change;
  const said = {
    ...(offline === undefined ? {} : { offline: mask(offline) }),
    ...(stays === undefined ? {} : { stays: stays.map((stay) => maskStay(stay, mask)) }),
    ...(adopts === undefined ? {} : { adopts: { ...adopts, owner: orNull(adopts.owner, mask) } }),
    ...(takes === undefined ? {} : { takes: takes.map(mask) }),
  };
  const [masked = change] = maskChanges([change], mask);
  const paths = masked.paths.map((path) => ({ ...path, path: path.path.map((segment) => maskSegment(segment, mask)) }));
  return { ...change, ...said, target: mask(change.target), resource: maskId(change.resource, mask), paths };
}

function maskStay(stay: NonNullable<Change['stays']>[number], mask: Mask): NonNullable<Change['stays']>[number] {
  return { path: stay.path.map((segment) => maskSegment(segment, mask)), owners: stay.owners.map(mask) };
}

function maskSegment(segment: PathSegment, mask: Mask): PathSegment {
  if (typeof segment === 'number') return segment;
  if (typeof segment === 'string') return mask(segment);
  const entries = Object.entries(segment).map(([key, value]) => [
    mask(key),
    typeof value === 'string' ? mask(value) : value,
  ]);
  return Object.fromEntries(entries);
}

function maskFinding(finding: Finding, mask: Mask): Finding {
  const { resource, repository } = finding;
  return {
    ...finding,
    target: orNull(finding.target, mask),
    resource: resource === null ? null : maskId(resource, mask),
    file: orNull(finding.file, mask),
    message: mask(finding.message),
    fix: orNull(finding.fix, mask),
    ...(repository === undefined ? {} : { repository: mask(repository) }),
  };
}

function maskCoverage(coverage: Coverage, mask: Mask): Coverage {
  const { usedBy } = coverage;
  const users = usedBy?.map((user) => ({ ...user, repository: mask(user.repository) }));
  const unownedFiles = coverage.unownedFiles.map(mask);
  return { ...coverage, unownedFiles, ...(users === undefined ? {} : { usedBy: users }) };
}

function maskId(id: ResourceId, mask: Mask): ResourceId {
  return {
    group: mask(id.group),
    version: mask(id.version),
    kind: mask(id.kind),
    namespace: orNull(id.namespace, mask),
    name: mask(id.name),
  };
}

function orNull(text: string | null, mask: Mask): string | null {
  return text === null ? null : mask(text);
}
