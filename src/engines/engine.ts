import type { Change } from '../model/change.ts';
import type { DeclaredApplication } from '../model/declared.ts';
import type { ApplyCounts } from '../model/deployment.ts';
import type { Finding } from '../model/finding.ts';
import type { TargetHealth } from '../model/health.ts';
import type { Json, JsonObject } from '../model/json.ts';
import type { RepoRef } from '../model/repo.ts';
import type { Resource, ResourceId } from '../model/resource.ts';
import type { FieldConflict, Takeover } from '../model/takeover.ts';
import type { Target } from '../model/target.ts';

/** What Git wants of a target, before and after the pull. */
export interface Desired {
  /** null where the base could not be rendered. */
  readonly base: readonly Resource[] | null;
  readonly head: readonly Resource[];
  /** The object that declares the target, where one does: it may say how its controller writes. */
  readonly declared?:
    | (Pick<DeclaredApplication, 'kind' | 'syncOptions'> & Partial<Pick<DeclaredApplication, 'name' | 'namespace'>>)
    | null;
}

/** What an engine would do to a target's cluster. */
export interface ChangeSet {
  readonly changes: readonly Change[];
  readonly findings: readonly Finding[];
  /** Why some object could not be read or predicted; null when all were. */
  readonly error: string | null;
  /** Live objects read for it, secrets masked, by resource key. */
  readonly live: ReadonlyMap<string, JsonObject>;
}

/** One commit to be carried out on one target. Lives in memory only: `desired` holds clear secret values. */
export interface EngineWork {
  /** Id of the deployment, told to controllers so that their records name it. */
  readonly deployment: string;
  readonly repo: RepoRef;
  /** Clone addresses of the repository without credentials, to match sources of controllers. */
  readonly urls: readonly string[];
  readonly target: Target;
  /** Folder of the application in the repository. */
  readonly root: string;
  readonly branch: string;
  /** Full commit id. */
  readonly commit: string;
  readonly desired: readonly Resource[];
  /** Resource keys of objects that failed before anything was written: what fails anew is told before them. */
  readonly failedBefore?: readonly string[];
  /** What the accepted plan deletes: nothing else may be deleted. */
  readonly deletes: readonly ResourceId[];
  /** Whether a person confirmed deletes of Namespace, CustomResourceDefinition, PersistentVolume and PersistentVolumeClaim. */
  readonly confirmed: boolean;
  /** What people were shown as taken over and accepted: nothing else may be forced. */
  readonly takeovers: readonly AcceptedTakeover[];
}

/** Fields of an object that may be taken from their owners; `all`: the object is put back whole, whoever took what of it. */
export interface AcceptedTakeover extends Pick<Takeover, 'key'> {
  readonly fields: readonly FieldConflict[] | 'all';
}

/** What one step of carrying out came to. `journal` is handed to the next step, also after a restart. */
export type EngineStep =
  /** Not done: call again after so many milliseconds. */
  | {
      readonly kind: 'again';
      readonly journal: Json;
      readonly afterMs: number;
      readonly counts: ApplyCounts | null;
      /** What it waits for, one short sentence. */
      readonly note: string;
    }
  /** Exactly this commit is written everywhere (or the controller says so); health is next. */
  | {
      readonly kind: 'applied';
      readonly journal: Json;
      readonly counts: ApplyCounts;
      /** Objects Git has no more that stay, and why. */
      readonly kept: readonly { readonly resource: ResourceId; readonly why: string }[];
    }
  /** The cluster is not as the plan showed (a takeover nobody saw): a person must look. */
  | {
      readonly kind: 'refused';
      readonly journal: Json;
      readonly reason: string;
      /** What the reason names as owned by others; left out when it is about something else. */
      readonly takeovers?: readonly Takeover[];
    }
  /** The server or controller refused the commit: a positive failure signal. */
  | {
      readonly kind: 'failed';
      readonly journal: Json;
      readonly reason: string;
      /** The object it failed at; null when it was the whole. */
      readonly resource: ResourceId | null;
      readonly counts: ApplyCounts | null;
    };

/** Says what carrying out would change, by the method the engine really uses. */
export interface Predictor {
  readonly name: string;
  /** The field manager it writes as. */
  readonly manager: string;
  predict(target: Target, desired: Desired, signal: AbortSignal): Promise<ChangeSet>;
}

/** What sets engines apart; differences are data, never a name to be compared. */
export interface EngineCapabilities {
  /** Whether a merged commit may reach the cluster before it is asked to: a controller that follows the branch by itself. */
  readonly writesUnasked: boolean;
  /** What is known of putting one commit back after somebody else changed its objects. */
  readonly drift: {
    /** Milliseconds after a step that says `applied` within which a field may still be put back. */
    readonly settlesMs: number;
    /** What to do about a field that stays all the same: one or two sentences. */
    readonly remedy: string;
  };
}

/**
 * Who changes a cluster. `step` and `status` may run twice and must not
 * mind: every write is a function of target and commit. They throw `BorderError` when the cluster cannot be reached; the caller
 * tries again.
 */
export interface Engine extends Predictor {
  readonly capabilities: EngineCapabilities;
  /** Takes one step towards the commit; `journal` is null at first. Short: at most one stage or one trigger. */
  step(work: EngineWork, journal: Json, signal: AbortSignal): Promise<EngineStep>;
  /** How the target fares now, the controller's own word included where there is one. */
  status(work: EngineWork, journal: Json, signal: AbortSignal): Promise<TargetHealth>;
}
