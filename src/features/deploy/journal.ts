import type { Deployment } from '../../model/deployment.ts';
import type { ResourceId } from '../../model/resource.ts';
import { type Takeover, writeTakeovers } from '../../model/takeover.ts';

/** What a deployment that began keeps between its steps: what was accepted, and the engine's own notes. */
export interface Journal {
  readonly accepted: { readonly deletes: readonly ResourceId[]; readonly takeovers: readonly Takeover[] };
  readonly engine: Deployment['journal'];
}

/** Reads it back. */
export function readJournal({ journal }: Deployment): Journal {
  return journal as unknown as Journal; // written by `begin`, and only read in states after it
}

/** What it accepted to delete; nothing before it passed its gate. */
export function acceptedDeletes({ journal }: Deployment): readonly ResourceId[] {
  if (typeof journal !== 'object' || journal === null || !('accepted' in journal)) return [];
  return (journal as unknown as Journal).accepted.deletes; // written by `begin`
}

/** What was accepted, as it is kept. */
export function journalJson({ accepted }: Journal) {
  return {
    accepted: { deletes: accepted.deletes.map((id) => ({ ...id })), takeovers: writeTakeovers(accepted.takeovers) },
  };
}
