import type { Finding, Severity } from '../../model/finding.ts';
import type { ResourceId } from '../../model/resource.ts';
import type { Remark } from './composed.ts';

/** Remarks of one file that become findings; more are the same mistake again. */
const maxRemarks = 50;

/** What a document's remarks say to people. Names paths, never values: they may be secret. */
export function toFindings(remarks: readonly Remark[], file: string, resource: ResourceId | null): readonly Finding[] {
  return remarks
    .filter((remark) => !isFileMode(remark))
    .slice(0, maxRemarks)
    .map((remark) => {
      const text = texts[remark.kind];
      const subject = remark.pointer === '' ? 'The document' : remark.pointer;
      return {
        rule: text.rule,
        severity: text.severity,
        target: null,
        resource,
        file,
        line: remark.line,
        message: `${subject} ${text.message}`,
        fix: text.fix,
      };
    });
}

/** `defaultMode: 0644` is what Kubernetes means by it: octal. */
function isFileMode(remark: Remark): boolean {
  return remark.kind === 'leading-zero' && /\/(?:defaultMode|mode)$/.test(remark.pointer);
}

interface Text {
  readonly rule: string;
  readonly severity: Severity;
  readonly message: string;
  readonly fix: string;
}

const texts: Readonly<Record<Remark['kind'], Text>> = {
  'boolean-word': {
    rule: 'ambiguous-scalar',
    severity: 'note',
    message: 'is an unquoted yes, no, on, off, y or n, which Kubernetes reads as true or false',
    fix: 'Quote it, or write true or false.',
  },
  'leading-zero': {
    rule: 'ambiguous-scalar',
    severity: 'note',
    message: 'is an unquoted number with a leading zero, which Kubernetes reads as octal where it can',
    fix: 'Quote it, or write the decimal number.',
  },
  exponent: {
    rule: 'ambiguous-scalar',
    severity: 'note',
    message: 'is unquoted digits with an e, which Kubernetes reads as a number with an exponent',
    fix: 'Quote it if it is text, such as a commit id.',
  },
  'duplicate-key': {
    rule: 'duplicate-key',
    severity: 'caution',
    message: 'is written twice in one mapping; Kubernetes keeps only the last',
    fix: 'Remove one of them.',
  },
  'ignored-document': {
    rule: 'ignored-document',
    severity: 'caution',
    message: 'ends with ... and kubectl reads nothing of what follows',
    fix: 'Write --- instead of ....',
  },
};
