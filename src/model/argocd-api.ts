import type { JsonObject } from './json.ts';

/** An Application that Argo CD has. */
export interface LiveApplication {
  readonly name: string;
  /** Namespace of the Application itself; null: that of Argo CD. */
  readonly namespace: string | null;
  readonly project: string;
}

/** What is asked of an Application. */
export interface ManifestsQuestion extends LiveApplication {
  /** A commit for each of `positions`. */
  readonly revisions: readonly string[];
  /** Places in `spec.sources`, from 1; null: there is `spec.source`, and one revision. */
  readonly positions: readonly number[] | null;
}

/** What a line of Argo CD's policy allows. */
export interface ArgoCdRight {
  readonly resource: 'applications' | 'applicationsets';
  readonly action: 'get' | 'create';
  /** `PROJECT/NAME`; stars for all. */
  readonly object: string;
}

/** Programs of an Argo CD, as it names them, such as `v3.5.7+abcdef`; '' where it does not say. */
export interface ArgoCdVersions {
  readonly argocd: string;
  readonly helm: string;
  readonly kustomize: string;
}

/**
 * What only Argo CD itself can tell. It answers with its own rights: what is asked may make it run plugins and speak to forges with its
 * Secrets. Nothing of it changes anything. Every call throws `BorderError` with Argo CD's words and what to do, and the signal's reason.
 */
export interface ArgoCdApi {
  /** The Applications of an ApplicationSet that need not exist. */
  generate(set: JsonObject, signal: AbortSignal): Promise<readonly JsonObject[]>;
  /** An Application as Argo CD has it. */
  application(of: LiveApplication, signal: AbortSignal): Promise<JsonObject>;
  /** What an Application renders at these revisions: Argo CD's own tracking is on it, and values of Secrets are `++++`. */
  manifests(question: ManifestsQuestion, signal: AbortSignal): Promise<readonly JsonObject[]>;
  version(signal: AbortSignal): Promise<ArgoCdVersions>;
  /** Whether the account of the token may do something. */
  may(right: ArgoCdRight, signal: AbortSignal): Promise<boolean>;
}
