import { matchesGlob } from './glob.ts';
import type { RepoRef } from './repo.ts';
import type { Resource, ResourceId } from './resource.ts';
import type { Application } from './target.ts';

/** What some paths of a repository may reach. An object is within it when cluster, namespace and kind all are. */
export interface Tenant {
  readonly name: string;
  /** Globs on folders and files, from the root of the repository. */
  readonly paths: readonly string[];
  /** Globs on names of clusters; empty: every cluster. */
  readonly clusters: readonly string[];
  /** Globs on namespaces; empty: none. */
  readonly namespaces: readonly string[];
  readonly kinds: KindRules;
  /** Who reads, dry-runs and writes for targets of these paths, `NAMESPACE/NAME`; left out: the identities of the cluster. */
  readonly serviceAccount?: TenantAccounts;
}

/** A tenant of the server's file. */
export interface ServerTenant extends Tenant {
  /** Globs on `owner/name` or `forge:owner/name`. */
  readonly repositories: readonly string[];
}

/** Service accounts that are impersonated, `NAMESPACE/NAME`; null: nobody is. */
export interface TenantAccounts {
  readonly plan: string | null;
  readonly apply: string | null;
}

/** Kinds as `KIND` (of any group) or `KIND.GROUP`, the core group being `core`; `*` stands for any text. */
export interface KindRules {
  /** Empty: all but the guarded ones. */
  readonly allow: readonly string[];
  /** Wins over `allow`. */
  readonly deny: readonly string[];
}

/** The tenants somebody set: of several that cover a path, one that permits an object whole is enough. */
export interface Bound {
  /** `repository`: its own settings; `server`: the file of the server, the outer bound. */
  readonly by: 'repository' | 'server';
  readonly tenants: readonly Tenant[];
  /** Clusters where nothing is done but as a service account of a tenant; left out: none. */
  readonly impersonated?: readonly string[];
}

/** Every bound holds, so the narrowest counts. Empty: nothing is bounded. */
export type Tenancy = readonly Bound[];

/** Rule of what lies outside a tenancy. No ruling changes it: what it tells of was not looked at, and stays refused. */
export const outsideRule = 'outside-tenancy';

/** The bound of the server for a repository: empty where it set tenants and none is for this one; null where it set none at all. */
export function serverBound(
  tenants: readonly ServerTenant[],
  { forge, fullName }: Pick<RepoRef, 'forge' | 'fullName'>,
  impersonated: readonly string[] = [],
): Bound | null {
  if (tenants.length === 0) return null;
  // Forges mind no case in names of repositories.
  const names = [fullName, `${forge}:${fullName}`].map((name) => name.toLowerCase());
  const isMeant = (glob: string): boolean => names.some((name) => matchesGlob(name, glob.toLowerCase()));
  const own = tenants.filter(({ repositories }) => repositories.some(isMeant));
  return { by: 'server', tenants: own, ...(impersonated.length === 0 ? {} : { impersonated }) };
}

/** What an application may reach in one cluster. */
export interface Reach {
  readonly tenancy: Tenancy;
  /** Its folder, and the files of objects that declare it: each must be covered. */
  readonly declarers: readonly string[];
  /** Files that only add to it: each counts where it is covered. */
  readonly contributors: readonly string[];
  /** null: not known, and not asked. */
  readonly cluster: string | null;
}

/** The reach of an application in a cluster. */
export function reachOf(tenancy: Tenancy, application: Application, cluster: string | null): Reach {
  const { root, valuesFiles, declared } = application;
  const { declaredAt, viaFiles = [] } = declared?.application ?? {};
  const declarers = [root, ...(declaredAt === undefined ? [] : [declaredAt.file]), ...viaFiles];
  return { tenancy, declarers: [...new Set(declarers)], contributors: valuesFiles, cluster };
}

/** Whether an object, and the file it comes from (null: none of the repository), are within a reach. `id` has the namespace the server uses. */
export function isWithin(
  reach: Reach,
  id: Pick<ResourceId, 'group' | 'kind' | 'namespace' | 'name'>,
  file: string | null,
): boolean {
  return permits(reach, file, (tenant) => permitsKind(tenant, id) && permitsNamespace(tenant, id));
}

/** The resources that are within a reach. */
export function insideOf(reach: Reach, resources: readonly Resource[]): readonly Resource[] {
  return resources.filter(({ id, source }) => isWithin(reach, id, source?.file ?? null));
}

/** Whether anything of a cluster is within a reach. */
export function reachesCluster(reach: Reach): boolean {
  return permits(reach, null, () => true);
}

/** Who is impersonated for a target: the accounts of the first tenant that covers its folder in its cluster; null: nobody. */
export function accountsOf({ tenancy, declarers, cluster }: Reach): TenantAccounts | null {
  const [root = ''] = declarers;
  const covering = tenancy.flatMap(({ tenants }) =>
    tenants.filter((tenant) => isAny(tenant.paths, root) && isOfCluster(tenant, cluster)),
  );
  return covering.find(({ serviceAccount }) => serviceAccount !== undefined)?.serviceAccount ?? null;
}

/** Nothing is done as the identity itself where somebody must be impersonated. */
function lacksAccount(reach: Reach): boolean {
  const { tenancy, cluster } = reach;
  const isAsked = cluster !== null && tenancy.some(({ impersonated = [] }) => impersonated.includes(cluster));
  return isAsked && (accountsOf(reach)?.plan ?? null) === null;
}

function permits(reach: Reach, file: string | null, isPermitted: (tenant: Tenant) => boolean): boolean {
  if (lacksAccount(reach)) return false;
  const { tenancy, declarers, contributors, cluster } = reach;
  const others = file === null ? contributors : [...contributors, file];
  return tenancy.every(({ tenants }) => {
    const covering = (path: string): readonly Tenant[] => tenants.filter(({ paths }) => isAny(paths, path));
    const isOne = (found: readonly Tenant[]): boolean =>
      found.some((tenant) => isOfCluster(tenant, cluster) && isPermitted(tenant));
    return (
      declarers.every((path) => isOne(covering(path))) &&
      others.map(covering).every((found) => found.length === 0 || isOne(found))
    );
  });
}

function isOfCluster({ clusters }: Tenant, cluster: string | null): boolean {
  return cluster === null || clusters.length === 0 || isAny(clusters, cluster);
}

/** A Namespace counts as inside itself; what has no namespace is only named by its kind. */
function permitsNamespace(
  { namespaces }: Tenant,
  { group, kind, namespace, name }: Parameters<typeof isWithin>[1],
): boolean {
  if (namespace !== null) return isAny(namespaces, namespace);
  return group !== '' || kind !== 'Namespace' || isAny(namespaces, name);
}

function permitsKind({ kinds: { allow, deny } }: Tenant, id: Parameters<typeof isWithin>[1]): boolean {
  if (deny.some((pattern) => isOfKind(pattern, id))) return false;
  const allowed = (allow.length === 0 ? ['*'] : allow).filter((pattern) => isOfKind(pattern, id));
  return isGuarded(id) ? allowed.some(isNaming) : allowed.length > 0;
}

/** Kinds that reach beyond a namespace, or hand out rights: `*` alone does not name them. */
function isGuarded({ group, namespace }: Pick<ResourceId, 'group' | 'namespace'>): boolean {
  return namespace === null || group === 'rbac.authorization.k8s.io';
}

function isNaming(pattern: string): boolean {
  return pattern !== '*';
}

function isOfKind(pattern: string, { group, kind }: Pick<ResourceId, 'group' | 'kind'>): boolean {
  const dot = pattern.indexOf('.');
  const [wanted, of] = dot < 0 ? [pattern, '*'] : [pattern.slice(0, dot), pattern.slice(dot + 1)];
  return matchesGlob(kind, wanted) && matchesGlob(group === '' ? 'core' : group, of);
}

function isAny(globs: readonly string[], text: string): boolean {
  return globs.some((glob) => matchesGlob(text, glob));
}
