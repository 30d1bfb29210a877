import type { MergeGroup } from '../../model/jobs.ts';
import type { RepoRef, Thread } from '../../model/repo.ts';

/** What the bot understands of a webhook. A webhook only says "look again". */
export type ForgeEvent =
  /** `before`: the head that a push replaced; null where it was another change, or is not told. */
  | {
      readonly kind: 'pull-changed';
      readonly repo: RepoRef;
      readonly pull: number;
      readonly head: string;
      readonly before?: string;
    }
  /** `branch`: the one it goes into. */
  | { readonly kind: 'pull-merged'; readonly repo: RepoRef; readonly pull: number; readonly branch: string }
  | { readonly kind: 'pull-closed'; readonly repo: RepoRef; readonly pull: number }
  /** `before`: the head until now; null for a new branch. */
  | {
      readonly kind: 'branch-moved';
      readonly repo: RepoRef;
      readonly branch: string;
      readonly head: string;
      readonly before: string | null;
    }
  /** A repository has another name or owner, or (`isBack`) may be worked on again: installed anew, unarchived. */
  | { readonly kind: 'repo-seen'; readonly repo: RepoRef; readonly isBack: boolean }
  /** A merge queue asks for the checks of a group, or has done with it. */
  | ({ readonly kind: 'group-changed' } & MergeGroup)
  | { readonly kind: 'check-rerequested'; readonly repo: RepoRef; readonly head: string }
  /** A person wrote a new comment with a line that starts with `/fairlead`. Never for edited comments, bots or the forge itself. */
  | {
      readonly kind: 'comment-created';
      readonly repo: RepoRef;
      readonly thread: Thread;
      readonly comment: number;
      readonly author: string;
    };

/** Raw webhook, already read to the end. Header names in lower case. */
export interface RawDelivery {
  readonly body: Uint8Array;
  readonly headers: Readonly<Record<string, string | undefined>>;
}

/** Turns raw webhooks into events. Pure: no I/O. */
export interface Receiver {
  /** The delivery id, or why it is refused. Constant time over the raw bytes; any of the active secrets will do. */
  authenticate(
    delivery: RawDelivery,
  ):
    | { readonly ok: true; readonly id: string; readonly event: string }
    | { readonly ok: false; readonly status: 400 | 401; readonly reason: string };
  /** Events in it; an empty list for what the bot does not want. Throws `FairleadError` code `broken-payload`. */
  normalise(delivery: RawDelivery): readonly ForgeEvent[];
}
