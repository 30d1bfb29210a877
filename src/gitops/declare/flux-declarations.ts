import { type FluxHelmRelease, isFluxHelmRelease, readFluxHelmRelease } from '../../formats/flux/helm-release.ts';
import {
  type FluxKustomization,
  isFluxKustomization,
  readFluxKustomization,
} from '../../formats/flux/kustomization.ts';
import type { Declaration, Declarations, SecretTold } from '../../model/declared.ts';
import type { Resource } from '../../model/resource.ts';
import type { Tree } from '../../model/tree.ts';
import { readBatches } from '../../tools/read-batches.ts';
import { applicationOf, type Declaring, renderOnTheWay } from './declaring.ts';
import { type DeclareFluxInput, declareFlux, type FluxApplication } from './flux.ts';
import { declareKustomization } from './flux-declared.ts';
import { type IsStrict, strictControllers } from './flux-gates.ts';
import { readFluxObjects } from './flux-roots.ts';
import { ignoreOf } from './flux-sources.ts';
import { gatherVariables, type Lookup, type Variables } from './flux-variables.ts';
import { helmOfFluxCd } from './installed-helm.ts';
import { originOf } from './source-origin.ts';

/** What the Kustomizations and HelmReleases of a tree declare. */
export async function declareFluxOf(declaring: Declaring, signal: AbortSignal): Promise<Declarations> {
  const { question, likely, closures } = declaring;
  const { tree, own } = question;
  const objects = await readFluxObjects(tree, likely.flux, signal);
  const worthwhile = new Set([...likely.flux, ...(await filesNaming(tree, namesOf(objects), signal))]);
  const renderChildren: DeclareFluxInput['renderChildren'] = async (kustomization, { source, lookup }) => {
    if (!(await closures.holds(kustomization.path, worthwhile, signal))) return [];
    const variables = await gatherVariables(kustomization, lookup);
    const application = declareKustomization(kustomization, source, { via: [], hints: [] });
    const build = { ignore: ignoreOf(source), variables: told(variables), isStrict: false };
    const declaration: Declaration = { application, origins: ['tree'], build, dummies: [] };
    return renderOnTheWay(applicationOf(declaration, 'flux'), declaring, signal);
  };
  const input = { likely: likely.flux, own, renderChildren, lookup: notInGit };
  const { applications, findings, unknown } = await declareFlux(tree, input, signal);
  const helm = await helmOfFluxCd(declaring, signal);
  const isStrict = await strictControllers(declaring, signal);
  const declared = applications.map((application) => ({
    ...declarationFor(application, declaring, isStrict),
    ...helm,
  }));
  return {
    declared,
    findings: [...findings, ...applications.flatMap(({ composed }) => composed?.findings ?? [])],
    unknown,
    ...{ isPassing: false, clusterSecrets: [] },
  };
}

/** What no file holds may be in the cluster all the same: it counts as a value that is not known. */
const notInGit: Lookup = async () => ({ kind: 'secret', keys: null });

function declarationFor(
  { declared, source, variables, composed }: FluxApplication,
  { question }: Declaring,
  isStrict: IsStrict,
): Declaration {
  const ignore = source === null ? null : ignoreOf(source);
  return {
    application: declared,
    origins: declared.sources.map(({ place }) => originOf(place, question.tree, question)),
    build: variables === null ? null : { ignore, variables: told(variables), isStrict: isStrict(declared) },
    dummies: composed?.dummies ?? [],
  };
}

function told({ values, secret, hasUnknown }: Variables): SecretTold {
  return { values: Object.fromEntries(values), secret: [...secret], hasUnknown };
}

/** Names of the ConfigMaps and Secrets that variables and values come from. */
function namesOf(objects: readonly Resource[]): readonly string[] {
  const specs = objects.flatMap((resource): readonly (FluxKustomization | FluxHelmRelease)[] => {
    const read = isFluxKustomization(resource)
      ? readFluxKustomization(resource)
      : isFluxHelmRelease(resource)
        ? readFluxHelmRelease(resource)
        : [];
    return 'kind' in read ? [read] : [];
  });
  const names = specs.flatMap((spec) =>
    spec.kind === 'kustomization' ? (spec.postBuild?.substituteFrom ?? []) : spec.valuesFrom,
  );
  return [...new Set(names.map(({ name }) => name))].filter((name) => name !== '');
}

/** Files in which one of the names stands: what is built of them may be looked up. */
async function filesNaming(tree: Tree, names: readonly string[], signal: AbortSignal): Promise<readonly string[]> {
  if (names.length === 0) return [];
  const files = tree.entries.filter(({ path, mode }) => mode.startsWith('100') && /\.ya?ml$/.test(path));
  const paths = files.filter(({ size }) => size <= 1024 * 1024).map(({ path }) => path);
  const found: string[] = [];
  for await (const contents of readBatches(tree, paths, signal)) {
    for (const [path, bytes] of contents) {
      const text = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
      if (names.some((name) => text.includes(name))) found.push(path);
    }
  }
  return found;
}
