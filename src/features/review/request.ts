import type { EngineCapabilities, Predictor } from '../../engines/engine.ts';
import type { Within } from '../../formats/redaction/tag-key.ts';
import type { AffectedPairs, AffectedQuestion } from '../../gitops/discover/affected.ts';
import type { LeakFile } from '../../gitops/validate/find-leaks.ts';
import type { ClusterMap } from '../../model/cluster-map.ts';
import type { Declare, TreeOrigin } from '../../model/declare.ts';
import type { Finding } from '../../model/finding.ts';
import type { JsonObject } from '../../model/json.ts';
import type { Lending } from '../../model/lent.ts';
import type { PlanTarget } from '../../model/plan.ts';
import type { Redacted } from '../../model/redacted.ts';
import type { Renderer } from '../../model/renderer.ts';
import type { Resource } from '../../model/resource.ts';
import type { Settings } from '../../model/settings.ts';
import type { RendererName } from '../../model/target.ts';
import type { Tree } from '../../model/tree.ts';
import type { Cluster, Discovery, OpenApi } from '../../world/cluster/cluster.ts';
import type { ClusterHandle } from '../../world/cluster/place.ts';
import type { Rulings } from './rulings.ts';

/** What is to be reviewed: the merge of a head and its base, read as two trees. */
export interface ReviewRequest {
  /** Commit ids shown to people. */
  readonly base: string;
  readonly head: string;
  readonly baseTree: Tree;
  /** The merge result, or the files in conflict. */
  readonly merged:
    | { readonly kind: 'clean'; readonly tree: Tree }
    | { readonly kind: 'conflict'; readonly files: readonly string[] };
  /** Paths that differ between base and merge result, both sides of a rename. */
  readonly changedFiles: readonly string[];
  readonly clusters: ClusterMap;
  /** Only applications of this environment, or null for all. */
  readonly environment: string | null;
  /** Whether a cluster named for an environment the repository does not have is a usage error: it is for one repository. */
  readonly strictEnvironments: boolean;
  /** What `.fairlead.yaml` of the protected branch says. */
  readonly settings: Settings;
  readonly rulings: Rulings;
  /** What `.fairlead.yaml` of the head says, where the pull changes it and it is sound; left out: nothing else. Nothing is done by it. */
  readonly proposed?: Settings;
  /** Why live clusters may not be read for this pull (a fork, an author without write access), or null. */
  readonly untrusted: string | null;
  /** Where both trees come from. */
  readonly origin: TreeOrigin;
  /** Repositories with applications that take files of this one; left out: none is known. */
  readonly users?: readonly RepositoryUser[];
  /** Findings about other open pulls that change these targets; left out: nobody knows of any. */
  readonly alsoOpen?: (targets: readonly PlanTarget[]) => Promise<readonly Finding[]>;
  /** The change of another repository that is looked at, whose changed files these are; left out: the change of these trees. */
  readonly lending?: Lending;
}

/** A repository with applications that take files of the one under review, as a branch of it has it; or why it cannot be read. */
export type RepositoryUser =
  | ({
      readonly kind: 'read';
      /** `owner/name`. */
      readonly name: string;
      /** Full id of the commit that is looked at, and its files. */
      readonly commit: string;
      readonly tree: Tree;
      /** As in `Lending`. */
      readonly isEveryBranch: boolean;
      /** What is wrong with its settings. */
      readonly findings: readonly Finding[];
    } & Pick<ReviewRequest, 'settings' | 'clusters' | 'origin'>)
  | UnreadUser;

/** One that cannot be read. */
export interface UnreadUser {
  readonly kind: 'unread';
  readonly name: string;
  /** A sentence. */
  readonly reason: string;
  readonly remedy: string;
}

/** What strict validation needs to know of where the resources go. */
export interface ValidationContext {
  /** The target before the change; null when it is not known, and then every object is taken for new. */
  readonly base: readonly Resource[] | null;
  readonly target: string;
  /** What the cluster serves and its schemas; null for the offline bundle. */
  readonly read: {
    readonly openapi: OpenApi;
    readonly discovery: Discovery;
    /** Such as `v1.36.3`. */
    readonly kubeVersion: string;
  } | null;
}

/** What the review works with, handed in by the composition root. */
export interface ReviewTools {
  readonly affected: (question: AffectedQuestion, signal: AbortSignal) => Promise<AffectedPairs>;
  /** Reads what objects of controllers declare. */
  readonly declare: Declare;
  readonly rendererFor: (name: RendererName) => Renderer;
  /**
   * Loads what these renderers and the checks of what they render need, while something else is waited for; nothing for none. `kinds`: of
   * the objects, where they are known; else null.
   */
  readonly warm: (names: ReadonlySet<RendererName>, kinds: ReadonlySet<string> | null) => void;
  readonly validate: (
    resources: readonly Resource[],
    context: ValidationContext,
    signal: AbortSignal,
  ) => Promise<readonly Finding[]>;
  /** What admission policies say of objects that are there: findings as of `validate`, none of other checks. */
  readonly admit: (
    asked: {
      readonly target: string;
      readonly policies: readonly JsonObject[];
      readonly resources: readonly Resource[];
    },
    signal: AbortSignal,
  ) => Promise<readonly Finding[]>;
  /** Secrets and tokens in clear in changed files, searched off this thread. */
  readonly findLeaks: (files: readonly LeakFile[], signal: AbortSignal) => Promise<readonly Finding[]>;
  /** `v1`, `apps/v1`, `apps/v1/Deployment`, ...: what charts are told where no cluster says. */
  readonly offlineApiVersions: readonly string[];
  /** Throws `FairleadError` codes `unknown-context`, `kubeconfig-unreadable`. Does not contact the cluster. */
  readonly openCluster: (context: string) => Promise<ClusterHandle>;
  /** What the named engine is like. Throws `FairleadError` `unknown-engine`. */
  readonly capabilitiesOf: (name: string) => EngineCapabilities;
  /** The prediction of the named engine. Throws `FairleadError` `unknown-engine`. */
  readonly engineFor: (name: string, cluster: Cluster) => Promise<Predictor>;
  /** Predicts without a cluster: base against head. */
  readonly gitEngine: Predictor;
  /** Lets the redactor know the clear values of a rendered Secret. */
  readonly learnSecret: (object: JsonObject) => void;
  /** Hides every secret value that is known. */
  readonly redact: (text: string) => Redacted;
  /** Reviews within a scope of its own: masked values can be compared with no other review's. */
  readonly within: Within;
  /** Installation key for digests, or null. */
  readonly key: Uint8Array | null;
  readonly now: () => Date;
  /** Tells people what is going on; one short line each. */
  readonly progress: (line: string) => void;
}
