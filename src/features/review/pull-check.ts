import { fence } from '../../formats/markdown.ts';
import { checkText } from '../../gitops/report/check.ts';
import { FairleadError } from '../../model/error.ts';
import type { Redacted } from '../../model/redacted.ts';
import type { Review } from '../../model/review.ts';
import type { Mode } from '../../model/verdict.ts';
import type { CheckReport } from '../../world/forge/forge.ts';

/** Name of the check. */
export const checkName = 'fairlead';

type Redact = (text: string) => Redacted;

/** The check while the review is being made. */
export function running(redact: Redact): CheckReport {
  const text = redact('Fairlead is working out what merging would change.');
  return {
    name: checkName,
    state: 'running',
    conclusion: null,
    title: redact('Reviewing'),
    summary: text,
    annotations: [],
  };
}

/** A review that broke must not leave the check running for ever: it says what broke, and stops no merge. */
export function failed(error: unknown, redact: Redact): CheckReport {
  const isKnown = error instanceof FairleadError;
  const text = isKnown ? `${error.message}\n\n${error.remedy}` : 'A fault of Fairlead itself; its log says more.';
  const summary = `${fence(text, 'text')}\n\nIt is tried again by itself; a push or \`/fairlead check\` tries at once.`;
  return neutral('The review could not be made', summary, redact);
}

/** The review of a merge group broke: the check stays open while it is tried again, so that nothing is merged unseen. */
export function failedYet(error: unknown, redact: Redact): CheckReport {
  const { summary } = failed(error, redact);
  return { ...running(redact), title: redact('The review could not be made yet'), summary };
}

/** The merge queue gave the group up, or merged it. */
export function groupEnded(redact: Redact): CheckReport {
  return neutral(
    'The merge group is gone',
    'The merge queue merged it or took it apart before it was looked at.',
    redact,
  );
}

/** A push came: what this head would change is not worked out any more. */
export function superseded(head: string, redact: Redact): CheckReport {
  const short = head.slice(0, 12);
  return neutral(
    `Replaced by ${short}`,
    `A newer head, \`${head}\`, took the place of this one: see its check.`,
    redact,
  );
}

/** The pull was closed or merged while it was looked at. */
export function ended(state: 'open' | 'closed' | 'merged', redact: Redact): CheckReport {
  return neutral(`The pull was ${state}`, `It was not looked at to the end, as the pull was ${state}.`, redact);
}

/** A check that says why there is no verdict, and stops no merge. */
export function neutral(title: string, summary: string, redact: Redact): CheckReport {
  return {
    name: checkName,
    state: 'done',
    conclusion: 'neutral',
    title: redact(title),
    summary: redact(summary),
    annotations: [],
  };
}

/** What the review came to, with its remarks at their lines. */
export function finished(
  result: Review,
  { summary, text: page, mode }: { readonly summary: Redacted; readonly text?: Redacted | null; readonly mode: Mode },
  redact: Redact,
): CheckReport {
  const text = checkText(result, mode);
  const annotations = text.remarks.map((remark) => ({
    ...remark,
    title: redact(remark.title),
    message: redact(remark.message),
  }));
  return {
    name: checkName,
    state: 'done',
    conclusion: text.conclusion,
    title: redact(text.title),
    summary,
    ...(page === undefined || page === null ? {} : { text: page }),
    annotations,
  };
}
