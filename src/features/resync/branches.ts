import type { RepoPort } from '../../world/forge/forge.ts';
import type { BranchFacts } from './decide.ts';
import type { LookMark } from './mark.ts';
import type { ResyncTools } from './tools.ts';

/** What is known of a repository when its branches are read. */
export interface Around {
  readonly port: RepoPort;
  readonly mark: LookMark | null;
  /** The default branch, as it is now. */
  readonly trunk: { readonly name: string; readonly head: string };
  /** Whether there are pulls to be looked at. */
  readonly isWorkedIn: boolean;
}

/** The default branch and those of environments, each as it is and as it was known. */
export async function readBranches(
  around: Around,
  tools: ResyncTools,
  signal: AbortSignal,
): Promise<readonly BranchFacts[]> {
  const { port, mark, trunk } = around;
  const facts: BranchFacts[] = [];
  for (const name of await namesOf(around, tools, signal)) {
    const head = name === trunk.name ? trunk.head : await port.branchHead(name);
    const worked = await tools.store.heads.get(port.ref, name);
    if (head !== null) facts.push({ name, head, worked, seen: mark?.heads.get(name) ?? null });
  }
  return facts;
}

/**
 * Which branches matter is read again only where the default branch moved: settings come from it. A repository that nobody works in
 * is not fetched for it.
 */
async function namesOf(
  { port, mark, trunk, isWorkedIn }: Around,
  { store, settings, moved }: ResyncTools,
  signal: AbortSignal,
): Promise<ReadonlySet<string>> {
  if (mark?.heads.get(trunk.name) === trunk.head) return new Set([trunk.name, ...mark.heads.keys()]);
  if (mark !== null) moved(port.ref);
  if (!isWorkedIn && (await store.heads.get(port.ref, trunk.name)) === null) return new Set([trunk.name]);
  const inForce = await settings(port.ref, signal);
  const own = [...inForce.settings.environments.values()].map(({ branch }) => branch ?? trunk.name);
  return new Set([trunk.name, ...own]);
}
