import { incompleteRule } from '../../formats/argocd/document.ts';
import type { DeclaredApplication } from '../../model/declared.ts';
import type { Finding } from '../../model/finding.ts';

/** That something about an application cannot be told, as what Argo CD knows may not be read. */
export function unread(
  { name, declaredAt: { file, line } }: DeclaredApplication,
  what: string,
  { why, remedy }: { readonly why: string; readonly remedy: string },
): Finding {
  return {
    ...{ rule: incompleteRule, severity: 'caution', target: null, resource: null, file, line },
    message: `Application ${name}: ${what} cannot be told, as ${why}`,
    fix: remedy,
  };
}
