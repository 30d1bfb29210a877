import { applyEntry } from '../gitops/diff/attribute.ts';
import { type Claim, claimsOf } from '../gitops/diff/claims.ts';
import type { JsonObject } from '../model/json.ts';

/** By what an engine knows its own objects from those of others. */
export interface Ownership {
  /** Whether it applied the object before. */
  isOurs(live: JsonObject): boolean;
  /** Who else says the object is theirs, the most telling first. */
  claims(live: JsonObject): readonly Claim[];
  /** Whether it writes over what others claim: the controllers do, Fairlead does not. */
  readonly takesOthers: boolean;
}

/** Of an engine that leaves no mark but its entry in `managedFields`. */
export function ownByEntry(manager: string): Ownership {
  return {
    isOurs: (live) => Object.keys(applyEntry(live, manager)?.fields ?? {}).length > 0,
    claims: claimsOf,
    takesOthers: false,
  };
}

/** Of a controller that marks its objects; `isOwn` knows its mark. `seen` gives an object with the marks, where they are kept out of sight. */
export function ownByMark(
  isOwn: (claim: Claim) => boolean,
  seen: (live: JsonObject) => JsonObject = (live) => live,
): Ownership {
  return {
    isOurs: (live) => claimsOf(seen(live)).some(isOwn),
    claims: (live) => claimsOf(seen(live)),
    takesOthers: true,
  };
}

/** Who claims an object that the engine did not apply; null: it did, or nobody does. */
export function strangerOf(live: JsonObject, ownership: Ownership): Claim | null {
  return ownership.isOurs(live) ? null : (ownership.claims(live)[0] ?? null);
}
