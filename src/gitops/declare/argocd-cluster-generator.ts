import { normalizeName } from '../../formats/argocd/go-text.ts';
import { compileSelector, isSelective } from '../../formats/argocd/label-selector.ts';
import type { Parameters } from '../../formats/argocd/parameters.ts';
import type { KnownCluster } from '../../model/argocd-knowledge.ts';
import { isJsonObject, type JsonObject } from '../../model/json.ts';
import { unknown } from './argocd-fault.ts';
import { type GeneratorContext, withValues } from './argocd-values.ts';

/** Parameters of the clusters a generator chooses (Argo CD 3.5, applicationset/generators/cluster.go). */
export async function clusterParameters(
  generator: JsonObject,
  pointer: string,
  context: GeneratorContext,
): Promise<readonly Parameters[]> {
  const { clusters } = context.world;
  if (clusters.kind === 'unknown') {
    const message = `the cluster generator needs the clusters that Argo CD knows, and ${clusters.why}`;
    throw unknown(pointer, message, clusters.remedy);
  }
  const selector = isJsonObject(generator['selector']) ? generator['selector'] : {};
  const isChosen = compileSelector(selector);
  const chosen = clusters.value.filter(({ labels }) => isChosen({ ...labels, ...secretType }));
  // Argo CD's own cluster needs no Secret, and then has no labels by which it could be chosen.
  const addsOwn = !isSelective(selector) && !chosen.some(({ server }) => server === ownServer);
  const sets = [...chosen.map((cluster) => parametersOf(cluster, context)), ...(addsOwn ? [ownCluster] : [])];
  const filled = await withValues(sets, generator['values'], context);
  return generator['flatList'] === true ? [{ clusters: filled }] : filled;
}

const secretType = { 'argocd.argoproj.io/secret-type': 'cluster' };
const ownServer = 'https://kubernetes.default.svc';
const ownCluster = { name: 'in-cluster', nameNormalized: 'in-cluster', server: ownServer, project: '' };

/** Argo CD's own state on the Secret, which would go round in circles. */
const hiddenAnnotations = new Set([
  'argocd.argoproj.io/refresh',
  'argocd.argoproj.io/hydrate',
  'argocd.argoproj.io/tracking-id',
  'argocd.argoproj.io/installation-id',
  'kubectl.kubernetes.io/last-applied-configuration',
]);

function parametersOf(cluster: KnownCluster, { usesGoTemplate }: GeneratorContext): Parameters {
  const { name, server, project, labels } = cluster;
  const own = { name, nameNormalized: normalizeName(name), server, project };
  const annotations = Object.fromEntries(
    Object.entries(cluster.annotations).filter(([key]) => !hiddenAnnotations.has(key)),
  );
  const all = { ...labels, ...secretType };
  if (usesGoTemplate) {
    const hasAnnotations = Object.keys(cluster.annotations).length > 0;
    return { ...own, metadata: { labels: all, ...(hasAnnotations ? { annotations } : {}) } };
  }
  return { ...own, ...prefixed('metadata.annotations.', annotations), ...prefixed('metadata.labels.', all) };
}

function prefixed(prefix: string, texts: Readonly<Record<string, string>>): Parameters {
  return Object.fromEntries(Object.entries(texts).map(([key, value]) => [prefix + key, value]));
}
