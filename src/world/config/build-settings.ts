import type { KnownCluster } from '../../model/argocd-knowledge.ts';
import { isJsonObject, type Json, type JsonObject } from '../../model/json.ts';
import type { DeploySettings, EnvironmentSettings, Settings } from '../../model/settings.ts';
import type { Tenancy, Tenant } from '../../model/tenancy.ts';
import { parseDuration } from './duration.ts';
import type { Group, Option, Shape } from './option.ts';
import { configOptions } from './options.ts';

/** The settings of a file the schema found in order, defaults filled in. */
export function buildSettings(value: Json, engines: readonly string[]): Settings {
  // The schema has accepted the value, and every default is of its option's shape (a test holds that).
  const filled = withDefaults(configOptions(engines), value) as unknown as Filled;
  const environments = Object.entries(filled.environments).map(
    ([name, environment]) => [name, environmentOf(name, environment)] as const,
  );
  const applications = Object.entries(filled.applications).map(
    ([name, { path }]) => [name, { path: normalisePath(path) }] as const,
  );
  return {
    version: 1,
    mode: filled.mode,
    environments: new Map(environments),
    applications: new Map(applications),
    tenancy: tenancyOf(Object.entries(filled.tenancy).map(tenantOf)),
    policy: { rules: new Map(Object.entries(filled.policy.rules)) },
    comment: filled.comment,
    render: { helm: filled.render.helm === null ? null : helms[filled.render.helm] },
    argocd: { clusters: Object.entries(filled.argocd.clusters).map(knownCluster) },
  };
}

const helms = { v3: 'helm3', v4: 'helm4' } as const;

/** What holds without a file: Fairlead only watches. */
export function defaultSettings(engines: readonly string[]): Settings {
  return buildSettings({ version: 1 }, engines);
}

/** A value with everything that is not written, as deep as it goes; null where nothing holds. */
export function withDefaults(shape: Shape, value: Json | undefined): Json {
  if (shape.kind === 'named') return fillNamed(shape.of, value);
  return shape.kind === 'group' ? fillGroup(shape, value) : (value ?? null);
}

function fillGroup({ options }: Group, value: Json | undefined): Json {
  const written = isJsonObject(value) ? value : {};
  return Object.fromEntries(options.map((option) => [option.name, fillOption(option, written)]));
}

function fillOption(option: Option, written: JsonObject): Json {
  const value = Object.hasOwn(written, option.name) ? written[option.name] : option.default;
  return value === null ? null : withDefaults(option.shape, value);
}

function fillNamed(shape: Shape, value: Json | undefined): Json {
  const written = isJsonObject(value) ? value : {};
  return Object.fromEntries(Object.entries(written).map(([name, entry]) => [name, withDefaults(shape, entry)]));
}

/** A folder without `./` and slashes at its ends; '' is the root. */
export function normalisePath(path: string): string {
  const segments = path.split('/').filter((segment) => segment !== '' && segment !== '.');
  return segments.join('/');
}

/** The file with its defaults, as the options describe it. */
interface Filled extends Pick<Settings, 'mode' | 'comment'> {
  readonly environments: Readonly<Record<string, FilledEnvironment>>;
  readonly applications: Readonly<Record<string, { readonly path: string }>>;
  readonly tenancy: Readonly<Record<string, FilledTenant>>;
  readonly render: { readonly helm: 'v3' | 'v4' | null };
  readonly argocd: { readonly clusters: Readonly<Record<string, FilledCluster>> };
  readonly policy: { readonly rules: Readonly<Record<string, 'block' | 'caution' | 'note' | 'off'>> };
}

/** A tenant as it is written, with its defaults. */
export type FilledTenant = Omit<Tenant, 'name' | 'serviceAccount'>;

interface FilledCluster extends Pick<KnownCluster, 'server' | 'labels' | 'annotations'> {
  readonly project: string | null;
}

interface FilledEnvironment extends Pick<EnvironmentSettings, 'branch' | 'clusters' | 'onFailure' | 'onDrift'> {
  readonly match: string | readonly string[];
  readonly deploy: Pick<DeploySettings, 'on' | 'engine' | 'approvals'> & {
    readonly after: { readonly environment: string; readonly healthyFor: string | number } | null;
  };
}

function environmentOf(name: string, filled: FilledEnvironment): EnvironmentSettings {
  const { branch, clusters, onFailure, onDrift } = filled;
  const { after, ...deploy } = filled.deploy;
  const match = typeof filled.match === 'string' ? [filled.match] : filled.match;
  return {
    name,
    match: match.map(normalisePath),
    branch,
    clusters,
    deploy: {
      ...deploy,
      after: after === null ? null : { environment: after.environment, healthyFor: parseDuration(after.healthyFor) },
    },
    onFailure,
    onDrift,
  };
}

/** A tenant of a file under its name. */
export function tenantOf([name, { paths, clusters, namespaces, kinds }]: readonly [string, FilledTenant]): Tenant {
  return { name, paths: paths.map(normalisePath), clusters, namespaces, kinds };
}

/** A file without tenants bounds nothing. */
function tenancyOf(tenants: readonly Tenant[]): Tenancy {
  return tenants.length === 0 ? [] : [{ by: 'repository', tenants }];
}

function knownCluster([name, { project, ...cluster }]: readonly [string, FilledCluster]): KnownCluster {
  return { secret: null, name, ...cluster, project: project ?? '' };
}
