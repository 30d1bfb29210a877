import type { EnvironmentSettings, Settings } from '../../model/settings.ts';
import { quote } from './problem.ts';
import { tenancyWeakenings } from './tenancy-weakenings.ts';
import type { Weakening } from './weakening.ts';

/** Everything in which settings are weaker, or do more by themselves, than those that hold. */
export function weakenings(base: Settings, head: Settings): readonly Weakening[] {
  const names = [...base.environments.keys(), ...head.environments.keys()];
  return [
    ...changed(['mode'], base.mode, head.mode).filter(() => head.mode === 'observe'),
    ...[...new Set(names)].flatMap((name) => environmentWeakenings(name, base, head)),
    ...tenancyWeakenings(base, head),
    ...ruleWeakenings(base, head),
  ];
}

function environmentWeakenings(name: string, base: Settings, head: Settings): readonly Weakening[] {
  const before = base.environments.get(name) ?? unset;
  const after = head.environments.get(name) ?? unset;
  const at = ['environments', name];
  return [
    ...changed([...at, 'deploy', 'on'], before.deploy.on, after.deploy.on).filter(
      () => triggers.indexOf(after.deploy.on) > triggers.indexOf(before.deploy.on),
    ),
    ...approvalWeakenings([...at, 'deploy', 'approvals'], before, after),
    ...afterWeakenings([...at, 'deploy', 'after'], before, after),
    ...changed([...at, 'onFailure', 'action'], before.onFailure.action, after.onFailure.action),
    ...changed([...at, 'onDrift', 'action'], before.onDrift.action, after.onDrift.action),
    ...reachWeakenings(at, before, after),
    ...clusterWeakenings({ at, before, after }, base),
  ];
}

/** What holds for an environment that is not in the settings. */
const unset: EnvironmentSettings = {
  name: '',
  match: [],
  branch: null,
  clusters: [],
  deploy: { on: 'never', engine: '', after: null, approvals: null },
  onFailure: { action: 'none' },
  onDrift: { action: 'report' },
};

/** From the least to the most that happens by itself. */
const triggers: readonly EnvironmentSettings['deploy']['on'][] = ['never', 'command', 'merge'];

function changed(at: readonly string[], before: string | null, after: string | null): readonly Weakening[] {
  if (before === after) return [];
  return [{ at, message: `changes from ${shown(before)} to ${shown(after)}` }];
}

function shown(value: string | null): string {
  return value === null ? 'the default' : quote(value);
}

function approvalWeakenings(
  at: readonly string[],
  { deploy: { approvals: before } }: EnvironmentSettings,
  { deploy: { approvals: after } }: EnvironmentSettings,
): readonly Weakening[] {
  if (before === null) return [];
  if (after === null) return [{ at, message: `no longer asks for ${before.count} approvals` }];
  const fewer = after.count < before.count ? [lowered([...at, 'count'], before.count, after.count)] : [];
  return [...fewer, ...teamWeakenings([...at, 'teams'], before.teams, after.teams)];
}

function lowered(at: readonly string[], before: string | number, after: string | number): Weakening {
  return { at, message: `goes down from ${before} to ${after}` };
}

/** No team at all lets everybody count, one more team lets its members count. */
function teamWeakenings(
  at: readonly string[],
  before: readonly string[],
  after: readonly string[],
): readonly Weakening[] {
  if (before.length === 0) return [];
  if (after.length === 0) return [{ at, message: `no longer asks for a member of ${before.join(' or ')}` }];
  const gained = after.filter((team) => !before.includes(team));
  return gained.length === 0 ? [] : [{ at, message: `lets members of ${gained.join(', ')} approve as well` }];
}

function afterWeakenings(
  at: readonly string[],
  { deploy: { after: before } }: EnvironmentSettings,
  { deploy: { after } }: EnvironmentSettings,
): readonly Weakening[] {
  if (before === null) return [];
  if (after === null) return [{ at, message: `no longer waits for ${before.environment}` }];
  const other = changed([...at, 'environment'], before.environment, after.environment);
  if (after.healthyFor >= before.healthyFor) return other;
  return [...other, lowered([...at, 'healthyFor'], `${before.healthyFor / 1000} s`, `${after.healthyFor / 1000} s`)];
}

/** Another branch may be less guarded; other globs may take applications out of an environment that asks for approvals. */
function reachWeakenings(
  at: readonly string[],
  before: EnvironmentSettings,
  after: EnvironmentSettings,
): readonly Weakening[] {
  if (before === unset || after === unset) return [];
  const globs = before.match.filter((glob) => !after.match.includes(glob));
  const isGuarded = before.deploy.approvals !== null && globs.length > 0;
  const lost = isGuarded ? [{ at: [...at, 'match'], message: `no longer covers ${globs.map(quote).join(', ')}` }] : [];
  return [...changed([...at, 'branch'], before.branch, after.branch), ...lost];
}

/** A cluster others only reach with approvals, which this environment now reaches without. */
function clusterWeakenings(
  { at, before, after }: { at: readonly string[]; before: EnvironmentSettings; after: EnvironmentSettings },
  base: Settings,
): readonly Weakening[] {
  if (after.deploy.approvals !== null) return [];
  const gained = after.clusters.filter((cluster) => !before.clusters.includes(cluster));
  return gained.flatMap((cluster): readonly Weakening[] => {
    const guard = [...base.environments.values()].find(
      ({ clusters, deploy }) => deploy.approvals !== null && clusters.includes(cluster),
    );
    if (guard === undefined) return [];
    const message = `reaches ${cluster} without the approvals ${guard.name} asks for`;
    return [{ at: [...at, 'clusters'], message }];
  });
}

/** What a rule is where nothing is written is the rule's own matter: taken for the gravest when left, the mildest when gone to. */
function ruleWeakenings(
  { policy: { rules: before } }: Settings,
  { policy: { rules: after } }: Settings,
): readonly Weakening[] {
  const ids = [...new Set([...before.keys(), ...after.keys()])];
  return ids.flatMap((id): readonly Weakening[] => {
    const [from, to] = [before.get(id), after.get(id)];
    if (grades.indexOf(from ?? 'block') <= grades.indexOf(to ?? 'note')) return [];
    const message = `changes from ${from ?? 'its own severity'} to ${to ?? 'its own severity'}`;
    return [{ at: ['policy', 'rules', id], message }];
  });
}

const grades: readonly string[] = ['off', 'note', 'caution', 'block'];
