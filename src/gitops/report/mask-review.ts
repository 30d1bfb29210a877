import type { Change, PathChange } from '../../model/change.ts';
import type { Finding } from '../../model/finding.ts';
import { isJsonList, isJsonObject, type Json } from '../../model/json.ts';
import { HIDDEN, HIDDEN_CHANGED } from '../../model/redacted.ts';
import type { Review } from '../../model/review.ts';

/** Replaces every known secret in a text. */
export type Mask = (text: string) => string;

/** A review without known secrets, and what each of its findings and changes was before. */
export interface MaskedReview {
  readonly review: Review;
  readonly findingOf: (masked: Finding) => Finding;
  readonly changeOf: (masked: Change) => Change;
}

/**
 * Masks what a review says before it is written as Markdown: what is cut, escaped or compared word by word afterwards has no spelling any
 * more in which a secret would be found.
 */
export function maskReview(review: Review, mask: Mask): MaskedReview {
  const findings = new Map(review.findings.map((finding) => [maskFinding(finding, mask), finding]));
  const changes = new Map(review.changes.map((change) => [maskChange(change, mask), change]));
  const masked = {
    ...review,
    targets: review.targets.map((target) => ({ ...target, error: maskOrNull(target.error, mask) })),
    findings: [...findings.keys()],
    changes: [...changes.keys()],
    gitOnly: maskOrNull(review.gitOnly, mask),
  };
  return {
    review: masked,
    findingOf: (finding) => findings.get(finding) ?? finding,
    changeOf: (change) => changes.get(change) ?? change,
  };
}

function maskFinding(finding: Finding, mask: Mask): Finding {
  return { ...finding, message: mask(finding.message), fix: maskOrNull(finding.fix, mask) };
}

function maskChange(change: Change, mask: Mask): Change {
  const { offline, takes } = change;
  return {
    ...change,
    paths: change.paths.map((path) => maskPath(path, mask)),
    ...(offline === undefined ? {} : { offline: mask(offline) }),
    ...(takes === undefined ? {} : { takes: takes.map(mask) }),
  };
}

/** Two texts that differ in nothing but a secret read alike once masked: that it changes is still said. */
function maskPath(path: PathChange, mask: Mask): PathChange {
  const [before, after] = [maskValue(path.before, mask), maskValue(path.after, mask)];
  const isAlike = typeof after === 'string' && before === after && path.before !== path.after;
  return { ...path, before, after: isAlike ? after.replaceAll(HIDDEN, HIDDEN_CHANGED) : after };
}

function maskValue(value: Json, mask: Mask): Json {
  if (typeof value === 'string') return mask(value);
  if (isJsonList(value)) return value.map((item) => maskValue(item, mask));
  if (!isJsonObject(value)) return value;
  return Object.fromEntries(Object.entries(value).map(([key, item]) => [key, maskValue(item, mask)]));
}

function maskOrNull(text: string | null, mask: Mask): string | null {
  return text === null ? null : mask(text);
}
