import type { Finding, Severity } from '../../model/finding.ts';
import { lineOf, type Resource, type Source } from '../../model/resource.ts';

/** An object of Argo CD and where it is written; for one that was generated or rendered, where what made it is written. */
export type ArgoDocument = Resource & { readonly source: Source };

/** The group of Argo CD's own kinds. */
export const argoGroup = 'argoproj.io';

/** The finding's rule for what Argo CD refuses. */
export const invalidRule = 'argocd-invalid';
/** The finding's rule for what Argo CD may well render and we cannot: the verdict is incomplete. */
export const incompleteRule = 'argocd-incomplete';
/** The finding's rule for what is rendered in a way that may differ from Argo CD's. */
export const differsRule = 'argocd-differs';

/** What is wrong with a place of a document. */
export interface Problem {
  readonly rule: typeof invalidRule | typeof incompleteRule | typeof differsRule;
  readonly severity: Severity;
  /** JSON pointer into the document. */
  readonly pointer: string;
  /** One sentence, without a full stop where it is Argo CD's own. */
  readonly message: string;
  readonly fix: string | null;
}

/** Whether a resource is an Application or ApplicationSet of the version there is. */
export function isArgoObject({ id }: Resource, kind: 'Application' | 'ApplicationSet'): boolean {
  return id.group === argoGroup && id.version === 'v1alpha1' && id.kind === kind;
}

/** A problem that makes Argo CD refuse the object. */
export function invalid(pointer: string, message: string, fix: string | null = null): Problem {
  return { rule: invalidRule, severity: 'block', pointer, message, fix };
}

/** A problem of ours: Argo CD could go on. */
export function incomplete(pointer: string, message: string, fix: string | null = null): Problem {
  return { rule: incompleteRule, severity: 'caution', pointer, message, fix };
}

/** A remark: it is rendered, though perhaps not as Argo CD does. */
export function differs(pointer: string, message: string): Problem {
  return { rule: differsRule, severity: 'note', pointer, message, fix: null };
}

/** A problem as a finding with the file and line of its place. */
export function findingOf(document: ArgoDocument, problem: Problem): Finding {
  const { rule, severity, pointer, message, fix } = problem;
  const line = lineOf(document, pointer);
  return { rule, severity, target: null, resource: document.id, file: document.source.file, line, message, fix };
}
