import { isJsonList, isJsonObject, type Json, pick } from '../../model/json.ts';
import type { ResourceId } from '../../model/resource.ts';
import { anyText, compileGlob } from './glob.ts';

/** Kinds that an Argo CD does not manage. */
export interface ResourceFilter {
  /** Whether objects of a kind are left out in a cluster (its address, null: not known); null where that depends on the cluster. */
  excludes(kind: Pick<ResourceId, 'group' | 'kind'>, server: string | null): boolean | null;
}

interface Rule {
  readonly groups: readonly string[];
  readonly kinds: readonly string[];
  readonly clusters: readonly string[];
}

/** What no Argo CD manages (3.5, util/settings `coreExcludedResources`). */
const always: readonly Rule[] = [
  { groups: ['events.k8s.io', 'metrics.k8s.io'], kinds: [], clusters: [] },
  { groups: [''], kinds: ['Event'], clusters: [] },
  { groups: ['coordination.k8s.io'], kinds: ['Lease'], clusters: [] },
];

/** Reads `resource.exclusions` and `resource.inclusions` of `argocd-cm`, as their YAML reads (`ResourcesFilter.IsExcludedResource`). */
export function readResourceFilter(exclusions: Json, inclusions: Json): ResourceFilter {
  const [excluded, included] = [[...always, ...rulesOf(exclusions)], rulesOf(inclusions)];
  return {
    excludes: (kind, server) => {
      const isExcluded = some(excluded.map((rule) => matches(rule, kind, server)));
      if (isExcluded !== false) return isExcluded;
      const isIncluded = some(included.map((rule) => matches(rule, kind, server)));
      if (isIncluded !== false) return isIncluded === null ? null : false;
      // Where something is included, nothing else is.
      return some(included.map((rule) => matchesCluster(rule, server)));
    },
  };
}

function rulesOf(value: Json): readonly Rule[] {
  return (isJsonList(value) ? value : []).filter(isJsonObject).map((entry) => ({
    groups: textsOf(pick(entry, 'apiGroups')),
    kinds: textsOf(pick(entry, 'kinds')),
    clusters: textsOf(pick(entry, 'clusters')),
  }));
}

function textsOf(value: Json | undefined): readonly string[] {
  return isJsonList(value) ? value.filter((item) => typeof item === 'string') : [];
}

/** True where one is, else null where one may be. */
function some(answers: readonly (boolean | null)[]): boolean | null {
  if (answers.includes(true)) return true;
  return answers.includes(null) ? null : false;
}

function matches(
  rule: Rule,
  { group, kind }: Pick<ResourceId, 'group' | 'kind'>,
  server: string | null,
): boolean | null {
  const isGroup = rule.groups.length === 0 || rule.groups.some((glob) => isMatch(glob, group));
  const isKind = rule.kinds.length === 0 || rule.kinds.some((one) => one === '*' || one === kind);
  return isGroup && isKind ? matchesCluster(rule, server) : false;
}

function matchesCluster({ clusters }: Rule, server: string | null): boolean | null {
  if (clusters.length === 0 || clusters.includes('*')) return true;
  return server === null ? null : clusters.some((glob) => isMatch(glob, server));
}

function isMatch(glob: string, text: string): boolean {
  return compileGlob(glob, anyText)?.(text) ?? false;
}
