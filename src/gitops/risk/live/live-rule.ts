import type { Change } from '../../../model/change.ts';
import type { JsonObject } from '../../../model/json.ts';
import type { Resource } from '../../../model/resource.ts';
import type { Risk, RuleText } from '../rule.ts';
import type { Lister } from './lister.ts';

/** An object that the pull creates or changes, in a cluster that is read. */
export interface LiveSubject {
  readonly change: Change;
  /** What base wants; null where it wants none, or is not known. */
  readonly base: Resource | null;
  readonly head: Resource;
  /** As the cluster has it; null where it is not there. */
  readonly live: JsonObject | null;
}

/** What live rules ask. */
export interface LiveWorld {
  readonly lister: Lister;
  /** All that head wants of the target. */
  readonly head: readonly Resource[];
  /** Live objects that admission policies would refuse, as `Group/Kind Namespace/Name` and why. */
  readonly refused: (
    policies: readonly JsonObject[],
    objects: readonly JsonObject[],
  ) => Promise<readonly { readonly name: string; readonly why: string }[]>;
}

/** A rule that asks the cluster what an object would do to those that are there. */
export interface LiveRule extends RuleText {
  /** `GROUP/KIND`s it is about. */
  readonly kinds: readonly string[];
  readonly judgeLive: (subject: LiveSubject, world: LiveWorld) => Promise<readonly Risk[]>;
}
