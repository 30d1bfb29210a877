import type { Finding, Severity } from '../../model/finding.ts';
import { formatResource } from '../../model/resource.ts';
import type { Review } from '../../model/review.ts';
import type { Mode, Verdict } from '../../model/verdict.ts';
import { sentences, sortFindings } from './finding-text.ts';
import { headline, verdictTitle } from './words.ts';

/** A remark on a line, before redaction. */
export interface Remark {
  readonly file: string;
  readonly line: number;
  readonly level: 'failure' | 'warning' | 'notice';
  readonly title: string;
  readonly message: string;
}

/** A check's text, before redaction. */
export interface CheckText {
  readonly conclusion: 'success' | 'neutral' | 'failure';
  /** Plain text, at most 255 characters. */
  readonly title: string;
  readonly remarks: readonly Remark[];
}

/** Most remarks of one check; the comment holds the rest. */
const remarkLimit = 200;

const levels: Readonly<Record<Severity, Remark['level']>> = { block: 'failure', caution: 'warning', note: 'notice' };

/** What a forge's check says for a review. Its summary is the comment itself. */
export function checkText(review: Review, mode: Mode): CheckText {
  return {
    conclusion: conclusionOf(review.verdict, mode),
    title: `${verdictTitle(review)} — ${headline(review)}`.slice(0, 255),
    remarks: sortFindings(review.findings).flatMap(remark).slice(0, remarkLimit),
  };
}

/** The check's conclusion by the table of design.md section 1. */
export function conclusionOf(verdict: Verdict, mode: Mode): CheckText['conclusion'] {
  if (verdict === 'blocked' || verdict === 'incomplete') return mode === 'enforce' ? 'failure' : 'neutral';
  return verdict === 'caution' ? 'neutral' : 'success';
}

function remark(finding: Finding): readonly Remark[] {
  if (finding.file === null || finding.repository !== undefined) return [];
  const subject = finding.resource === null ? '' : `${formatResource(finding.resource)}: `;
  return [
    {
      file: finding.file,
      line: finding.line ?? 1,
      level: levels[finding.severity],
      title: finding.rule,
      message: `${subject}${sentences(finding)}`,
    },
  ];
}
