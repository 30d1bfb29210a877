import type { KindId } from '../../formats/openapi/definition.ts';
import type { Schema } from '../../formats/openapi/schema.ts';
import type { Finding } from '../../model/finding.ts';
import type { Resource } from '../../model/resource.ts';

/** What is known of a kind besides its schema. */
export interface KindFacts {
  /** Whether the target serves it: the cluster said so, or nobody could be asked (null). */
  readonly served: boolean | null;
  /** Whether its group is one of Kubernetes' own. */
  readonly builtInGroup: boolean;
  /** What could be meant instead, such as `apps/v1 Deployment`; at most three. */
  readonly alternatives: readonly string[];
}

/** What a check works on: the resources of one target, whole. */
export interface CheckInput {
  /** The target's id for findings, or null. */
  readonly target: string | null;
  readonly resources: readonly Resource[];
  /** From a definition among the resources, else the cluster, else the bundle; null when nobody knows the kind. */
  schemaOf(id: KindId): Schema | null;
  factsOf(id: KindId): KindFacts;
}

/** One rule, or several that look at the same thing. Pure and synchronous: it runs in a pool worker that can be killed. */
export interface Check {
  /** Kebab-case; also names it when it had to be killed. */
  readonly name: string;
  /** One line for the documentation. */
  readonly text: string;
  /** Rule ids of the findings it can make. */
  readonly rules: readonly string[];
  /** What beside the resources it reads; documents are only sent to checks that need `schemas`. */
  readonly needs: readonly 'schemas'[];
  run(input: CheckInput): readonly Finding[];
}
