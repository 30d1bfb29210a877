import { helmOfArgo, helmOfVersion } from '../../formats/argocd/installed-helm.ts';
import { helmOfFlux } from '../../formats/flux/installed-helm.ts';
import { knownOf, nothingKnown } from '../../model/argocd-knowledge.ts';
import type { Declaration } from '../../model/declared.ts';
import type { Declaring } from './declaring.ts';

/** The Helm of a controller, as declarations carry it: that of the only kind the tree installs, else what its cluster has. */
type Helm = Pick<Declaration, 'helm'>;

/** That of Argo CD: as the tree installs it, else as it says itself, else as its cluster has it. */
export async function helmOfArgoCd(declaring: Declaring, signal: AbortSignal): Promise<Helm> {
  const image = knownOf((declaring.knowledge ?? nothingKnown).repoServer);
  const outside = image === null ? null : helmOfVersion(image);
  const { argocd } = declaring.parts;
  const here = await installed(declaring, helmOfArgo, signal);
  return told(here ?? (argocd === null ? null : await argocd.helm(signal)) ?? outside);
}

/** That of Flux. */
export async function helmOfFluxCd(declaring: Declaring, signal: AbortSignal): Promise<Helm> {
  return told(await installed(declaring, helmOfFlux, signal));
}

function told(helm: Declaration['helm'] | null): Helm {
  return helm === null || helm === undefined ? {} : { helm };
}

/** Null where the tree installs none, or some of either kind. */
async function installed(
  { question: { tree }, likely }: Declaring,
  read: typeof helmOfArgo,
  signal: AbortSignal,
): Promise<'helm3' | 'helm4' | null> {
  if (likely.installs.size === 0) return null;
  const contents = await tree.read([...likely.installs], signal);
  const engines = new Set([...contents.values()].flatMap((bytes) => read(new TextDecoder().decode(bytes))));
  const [engine] = engines;
  return engine !== undefined && engines.size === 1 ? engine : null;
}
