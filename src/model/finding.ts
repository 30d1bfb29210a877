import type { ResourceId } from './resource.ts';

/** `block` stops a merge in enforce mode, `caution` wants a look, `note` is for information. */
export type Severity = 'block' | 'caution' | 'note';

/** The severities, gravest first. */
export const severities: readonly Severity[] = ['block', 'caution', 'note'];

/** Something a check says about the change. */
export interface Finding {
  /** Stable id in kebab-case, such as `schema-unknown-field`. */
  readonly rule: string;
  readonly severity: Severity;
  /** The target's id, or null when it concerns the whole pull. */
  readonly target: string | null;
  readonly resource: ResourceId | null;
  readonly file: string | null;
  /** Repository of the file, `owner/name`; left out: the one under review. */
  readonly repository?: string;
  /** 1-based. */
  readonly line: number | null;
  /** One sentence: what happened, to what. Never holds a secret value. */
  readonly message: string;
  /** What to do about it, or null. */
  readonly fix: string | null;
}
