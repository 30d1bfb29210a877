import { maskChanges, maskFindings, maskSentence } from '../../formats/redaction/mask-changes.ts';
import type { Change } from '../../model/change.ts';
import type { Finding } from '../../model/finding.ts';
import type { PlanTarget } from '../../model/plan.ts';
import type { Review } from '../../model/review.ts';
import { decide } from './decide.ts';
import { type Facts, type GatheredUser, gather } from './gather.ts';
import { joinUsers, type UserReview } from './join-users.ts';
import { planTargets } from './plan.ts';
import { previewApplications, previewEnvironments, previewFindings } from './preview-settings.ts';
import type { ReviewRequest, ReviewTools, UnreadUser } from './request.ts';

/** Reviews the merge of a head and its base: gather what the world says, then decide. Writes nothing anywhere. */
export async function review(request: ReviewRequest, tools: ReviewTools, signal: AbortSignal): Promise<Review> {
  return (await reviewToPlan(request, tools, signal)).review;
}

/** A review and what a deploy of it is held to. */
export async function reviewToPlan(
  request: ReviewRequest,
  tools: ReviewTools,
  signal: AbortSignal,
): Promise<{ readonly review: Review; readonly targets: readonly PlanTarget[] }> {
  const { own, users } = await gather(request, tools, signal);
  const planned = planTargets(own.targets);
  const { rulings } = request;
  const others = (await request.alsoOpen?.(planned)) ?? [];
  const preview = await previewOf(request, own, tools, signal);
  const decided = decide(own, { ...rulings, findings: [...rulings.findings, ...others, ...preview] });
  const review = joinUsers(decided, users.map(decideUser));
  const mask = maskOnce(tools.redact);
  // What others deploy is carried out where it is declared.
  const targets = planned.map((target) => ({ ...target, changes: mask(target.changes) }));
  return { review: { ...review, changes: mask(review.changes), ...maskSaid(review, tools.redact) }, targets };
}

/** What checks, renderers and servers said, before a report shortens it or sets it as Markdown. */
function maskSaid({ findings, targets }: Review, redact: ReviewTools['redact']): Pick<Review, 'findings' | 'targets'> {
  return {
    findings: maskFindings(findings, redact),
    targets: targets.map((target) => ({
      ...target,
      error: target.error === null ? null : maskSentence(target.error, redact),
    })),
  };
}

/** The verdict is found with clear values; what is kept and shown holds none. A change that is in both is masked once. */
function maskOnce(redact: ReviewTools['redact']): (changes: readonly Change[]) => readonly Change[] {
  const known = new Map<Change, readonly Change[]>();
  return (changes) =>
    changes.flatMap((change) => {
      const masked = known.get(change) ?? maskChanges([change], redact);
      known.set(change, masked);
      return masked;
    });
}

/** What the settings that a pull proposes would make of it. Nothing else rests on them. */
async function previewOf(
  request: ReviewRequest,
  own: Facts,
  tools: ReviewTools,
  signal: AbortSignal,
): Promise<readonly Finding[]> {
  const { proposed, rulings, merged, baseTree: base, changedFiles, origin, settings } = request;
  if (proposed === undefined || merged.kind === 'conflict') return [];
  const question = { base, head: merged.tree, changedFiles, origin };
  const [now, later] = await Promise.all(
    [settings, proposed].map((one) => tools.affected({ ...question, settings: one }, signal)),
  );
  const rules = proposed.policy.rules;
  return [
    ...previewEnvironments(settings, proposed),
    ...previewApplications(now?.applications ?? [], later?.applications ?? []),
    ...previewFindings({ now: decide(own, rulings), proposed: decide(own, { ...rulings, rules }) }),
  ];
}

function decideUser(user: GatheredUser): UserReview | UnreadUser {
  if (user.kind === 'unread') return user;
  const { name, lender, facts, request } = user;
  return { kind: 'reviewed', name, lender, review: decide(facts, request.rulings) };
}
