import type { KindId } from '../../formats/openapi/definition.ts';
import type { StrictSchema } from '../../formats/openapi/strict-schema.ts';
import type { Finding } from '../../model/finding.ts';
import type { JsonObject } from '../../model/json.ts';
import type { Resource } from '../../model/resource.ts';
import type { PolicyAnswer, PolicyQuestion } from './policy-engine.ts';

/** What is known of a kind besides its schema. */
export interface KindFacts {
  /** Whether the target serves it: the cluster said so, or nobody could be asked (null). */
  readonly served: boolean | null;
  /** Whether its group is one of Kubernetes' own. */
  readonly builtInGroup: boolean;
  /** What could be meant instead, such as `apps/v1 Deployment`; at most three. */
  readonly alternatives: readonly string[];
}

/** Policies, and what decides them. */
export interface PolicySet {
  /** ValidatingAdmissionPolicy and ValidatingAdmissionPolicyBinding objects. */
  readonly documents: readonly JsonObject[];
  evaluate(question: PolicyQuestion): PolicyAnswer;
}

/** What a check works on: the resources of one target, whole. */
export interface CheckInput {
  /** The target's id for findings, or null. */
  readonly target: string | null;
  readonly resources: readonly Resource[];
  /** The same target before the change; null when that is not known, and then every object is taken for new. */
  readonly base: readonly Resource[] | null;
  /** Null when there are none. */
  readonly policies: PolicySet | null;
  /** The target's Kubernetes minor version, 36 for 1.36; null when it is not known. */
  readonly minor: number | null;
  /** From a definition among the resources, else the cluster, else the bundle; null when nobody knows the kind. */
  schemaOf(id: KindId): StrictSchema | null;
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
  /** What beside the resources it reads; only what is named here is sent to it. */
  readonly needs: readonly ('schemas' | 'policies' | 'base')[];
  run(input: CheckInput): readonly Finding[];
}
