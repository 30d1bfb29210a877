import { isJsonList, type JsonObject, pick, pickText } from '../../model/json.ts';

/** Who says an object is theirs. */
export interface Claim {
  /** `Argo CD`, `Flux`, `Helm`, `kapp`, or `owner` for a controller of the cluster. */
  readonly tool: string;
  /** What the tool calls it, such as `application shop` or `release shop/web`; null where it does not say. */
  readonly name: string | null;
  /** What tells it: a label, an annotation, a field manager, `ownerReferences`. */
  readonly by: string;
}

/** A mark that a tool leaves on what it owns, and how the tool's own name of the owner is read from it. */
interface Mark {
  readonly place: 'labels' | 'annotations';
  readonly key: string;
  readonly tool: string;
  readonly nameOf: (value: string, live: JsonObject) => string | null;
}

const named = (word: string) => (value: string) => `${word} ${value}`;

/** `<application>:<group>/<kind>:<namespace>/<name>` (Argo CD 3, common.AnnotationKeyAppInstance). */
function trackedBy(value: string): string | null {
  const [application = ''] = value.split(':');
  return application === '' ? null : `application ${application}`;
}

function fluxName(kind: string, prefix: string) {
  return (value: string, live: JsonObject): string => {
    const namespace = pickText(live, 'metadata', 'labels', `${prefix}.toolkit.fluxcd.io/namespace`);
    return `${kind} ${[namespace, value].filter(Boolean).join('/')}`;
  };
}

function releaseName(value: string, live: JsonObject): string {
  const namespace = pickText(live, 'metadata', 'annotations', 'meta.helm.sh/release-namespace');
  return `release ${[namespace, value].filter(Boolean).join('/')}`;
}

/** What tools write on their objects. The most telling first: a release of Flux bears Helm's marks too. */
export const marks: readonly Mark[] = [
  { place: 'annotations', key: 'argocd.argoproj.io/tracking-id', tool: 'Argo CD', nameOf: trackedBy },
  { place: 'annotations', key: 'argocd.argoproj.io/installation-id', tool: 'Argo CD', nameOf: () => null },
  { place: 'labels', key: 'argocd.argoproj.io/instance', tool: 'Argo CD', nameOf: named('application') },
  {
    ...{ place: 'labels', key: 'kustomize.toolkit.fluxcd.io/name', tool: 'Flux' },
    nameOf: fluxName('Kustomization', 'kustomize'),
  },
  { place: 'labels', key: 'helm.toolkit.fluxcd.io/name', tool: 'Flux', nameOf: fluxName('HelmRelease', 'helm') },
  { place: 'annotations', key: 'meta.helm.sh/release-name', tool: 'Helm', nameOf: releaseName },
  { place: 'labels', key: 'kapp.k14s.io/app', tool: 'kapp', nameOf: named('app') },
  { place: 'labels', key: 'applyset.kubernetes.io/part-of', tool: 'kubectl (an ApplySet)', nameOf: () => null },
  { place: 'annotations', key: 'config.k8s.io/owning-inventory', tool: 'kpt', nameOf: named('inventory') },
];

/** Field managers that only these tools write as; Argo CD's older marks are labels that every chart has as well. */
export const writers: Readonly<Record<string, string>> = {
  'argocd-controller': 'Argo CD',
  'argocd-application-controller': 'Argo CD',
  'kustomize-controller': 'Flux',
  'helm-controller': 'Flux',
};

/**
 * Who says the object is theirs, the most telling mark first: what tools write on it, else who of them wrote it, and a controller
 * of the cluster that owns it (`ownerReferences` with `controller: true`). Empty: nobody does. A label
 * `app.kubernetes.io/managed-by` is no claim: what `helm template` gives has it, whoever applies it.
 */
export function claimsOf(live: JsonObject): readonly Claim[] {
  const marked = marks.flatMap(({ place, key, tool, nameOf }): readonly Claim[] => {
    const value = pickText(live, 'metadata', place, key);
    return value === undefined ? [] : [{ tool, name: nameOf(value, live), by: key }];
  });
  const written = marked.length > 0 ? [] : writtenBy(live);
  return [...marked, ...written, ...ownedBy(live)];
}

/** How a claim is told: `Helm release shop/web`, `Argo CD`, `ReplicaSet web-5d9f`. */
export function claimText({ tool, name }: Claim): string {
  if (name === null) return tool;
  return tool === 'owner' ? name : `${tool} ${name}`;
}

function writtenBy(live: JsonObject): readonly Claim[] {
  const entries = pick(live, 'metadata', 'managedFields');
  const names = (isJsonList(entries) ? entries : [])
    .filter((entry) => !pickText(entry, 'subresource'))
    .map((entry) => pickText(entry, 'manager') ?? '');
  return [...new Set(names)].flatMap((by) => {
    const tool = Object.hasOwn(writers, by) ? writers[by] : undefined;
    return tool === undefined ? [] : [{ tool, name: null, by }];
  });
}

function ownedBy(live: JsonObject): readonly Claim[] {
  const name = controllerOf(live);
  return name === null ? [] : [{ tool: 'owner', name, by: 'metadata.ownerReferences' }];
}

/** The controller of the cluster that owns the object, such as `ReplicaSet web-5d9f`; null: none does. */
export function controllerOf(live: JsonObject): string | null {
  const owners = pick(live, 'metadata', 'ownerReferences');
  const owner = (isJsonList(owners) ? owners : []).find((one) => pick(one, 'controller') === true);
  return owner === undefined ? null : `${pickText(owner, 'kind') ?? ''} ${pickText(owner, 'name') ?? ''}`;
}
