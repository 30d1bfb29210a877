import { parseRepositoryReference } from '../../formats/kustomization/repository-reference.ts';
import { follows, isThisRepository } from '../../formats/repository-url.ts';
import { type LentTree, lentFile } from '../../model/lent.ts';
import type { Found, LentReads } from './found.ts';
import type { Kustomizations } from './kustomizations.ts';

/** What another repository lends, and what stands in it. */
export interface Lent {
  readonly tree: LentTree;
  readonly kustomizations: Pick<Kustomizations, 'closureOf'>;
}

/** Applications with all they read of the lent repository: declared sources, and remote bases of kustomizations. */
export async function withLent(found: readonly Found[], lent: Lent, signal: AbortSignal): Promise<readonly Found[]> {
  const all: Found[] = [];
  for (const one of found) {
    const bases = await basesOf(one, lent, signal);
    const reads = one.lent === undefined ? bases : [one.lent, ...bases];
    all.push(withReads(one, reads, lent));
  }
  return all;
}

/** What the bases read that are in the lent repository, at the branch that is lent. */
async function basesOf(
  { remote = [] }: Found,
  { tree: { own }, kustomizations }: Lent,
  signal: AbortSignal,
): Promise<readonly LentReads[]> {
  const references = remote.flatMap(({ reference }) => parseRepositoryReference(reference) ?? []);
  const lent = references.filter(({ url, revision }) => isThisRepository(url, own.urls) && follows(revision, own));
  return Promise.all(
    lent.map(async ({ path }): Promise<LentReads> => {
      const { files, missing } = await kustomizations.closureOf(path, signal);
      const inputs = [...files, ...missing];
      const read = new Set(inputs);
      return { inputs, relate: (file) => (read.has(file) ? 'base' : null) };
    }),
  );
}

function withReads(one: Found, reads: readonly LentReads[], { tree }: Lent): Found {
  const inputs = [...new Set(reads.flatMap((read) => read.inputs))];
  const { application } = one;
  return {
    ...one,
    application: { ...application, inputs: [...application.inputs, ...inputs.map((input) => lentFile(tree, input))] },
    lent: {
      inputs,
      relate: (path) => reads.map(({ relate }) => relate(path)).find((relation) => relation !== null) ?? null,
    },
  };
}
