import type { ClusterProbe, RealWrite, Right } from '../../world/cluster/kubernetes/probe.ts';
import { type Diagnosis, type Probe, type Teller, teller } from './diagnosis.ts';
import { judgeClock } from './judge-forge.ts';

/** A cluster to look at. */
export interface ClusterSubject {
  readonly name: string;
  readonly namespace: string;
  /** Whether the file names another identity for writing. */
  readonly hasTwoIdentities: boolean;
  /** Opens a probe; the looker closes it. */
  open(identity: 'plan' | 'apply'): Promise<ClusterProbe>;
}

/** Looks at a cluster as each of its identities sees it. */
export function clusterProbes(subject: ClusterSubject, now: () => Date): readonly Probe[] {
  const area = `cluster ${subject.name}`;
  const plan: Probe = {
    area,
    check: 'plan identity',
    look: (signal) => withProbe(subject, 'plan', (probe) => lookAsPlan(probe, { subject, now }, signal)),
  };
  const apply: Probe = {
    area,
    check: 'apply identity',
    look: (signal) => withProbe(subject, 'apply', (probe) => lookAsApply(probe, subject, signal)),
  };
  return subject.hasTwoIdentities ? [plan, apply] : [plan];
}

async function withProbe(
  subject: ClusterSubject,
  identity: 'plan' | 'apply',
  work: (probe: ClusterProbe) => Promise<readonly Diagnosis[]>,
): Promise<readonly Diagnosis[]> {
  const probe = await subject.open(identity);
  try {
    return await work(probe);
  } finally {
    await probe.close();
  }
}

async function lookAsPlan(
  probe: ClusterProbe,
  { subject, now }: { readonly subject: ClusterSubject; readonly now: () => Date },
  signal: AbortSignal,
): Promise<readonly Diagnosis[]> {
  const tell = teller(`cluster ${subject.name}`, 'plan identity');
  const { gitVersion, time } = await probe.version(signal);
  const clock = time === null ? [] : [judgeClock(tell, time, now())];
  const who = (await probe.whoAmI(signal).catch(() => null)) ?? 'an account it does not name';
  const rights = (...verbs: readonly string[]) => rightsOf(verbs, subject.namespace);
  return [
    tell.ok(`${probe.server} answers, ${gitVersion}; signed in as ${who}`),
    ...clock,
    await judgeRights(tell, { probe, rights: rights('get', 'list'), purpose: 'read' }, signal),
    await judgeDryRuns(tell, { probe, rights: rights('patch', 'create') }, signal),
    await judgeHold(tell, { probe, subject }, signal),
  ];
}

/** Without them a review works all the same, by schemas and merge rules. */
async function judgeDryRuns(
  tell: Teller,
  asked: { readonly probe: ClusterProbe; readonly rights: readonly Right[] },
  signal: AbortSignal,
): Promise<Diagnosis> {
  const judged = await judgeRights(tell, { ...asked, purpose: 'dry-run' }, signal);
  if (judged.state !== 'fault') return judged;
  const fix = 'Grant them where the API server itself is to say what a change does (docs/plan-identity-roles.yaml).';
  return tell.warning(`${judged.says}: changes are worked out without the server`, fix, 'rights to dry-run');
}

async function lookAsApply(
  probe: ClusterProbe,
  { name, namespace }: ClusterSubject,
  signal: AbortSignal,
): Promise<readonly Diagnosis[]> {
  const tell = teller(`cluster ${name}`, 'apply identity');
  await probe.version(signal);
  const rights = rightsOf(['patch', 'create', 'delete'], namespace);
  const who = (await probe.whoAmI(signal).catch(() => null)) ?? 'an account it does not name';
  return [tell.ok(`signed in as ${who}`), await judgeRights(tell, { probe, rights, purpose: 'deploy' }, signal)];
}

/** What nearly every repository holds. */
const kinds = [
  { group: '', resource: 'configmaps' },
  { group: '', resource: 'services' },
  { group: 'apps', resource: 'deployments' },
];

function rightsOf(verbs: readonly string[], namespace: string): readonly Right[] {
  return kinds.flatMap((kind) => verbs.map((verb) => ({ ...kind, verb, namespace })));
}

async function judgeRights(
  tell: Teller,
  {
    probe,
    rights,
    purpose,
  }: { readonly probe: ClusterProbe; readonly rights: readonly Right[]; readonly purpose: string },
  signal: AbortSignal,
): Promise<Diagnosis> {
  const allowed = await Promise.all(rights.map((right) => probe.may(right, signal)));
  const missing = rights.filter((_, index) => allowed[index] !== true);
  const check = `rights to ${purpose}`;
  if (missing.length === 0) return tell.ok('on ConfigMaps, Services and Deployments', check);
  const named = [...new Set(missing.map(({ resource }) => resource))].map(
    (resource) =>
      `${missing
        .filter((right) => right.resource === resource)
        .map(({ verb }) => verb)
        .join('/')} ${resource}`,
  );
  const fix = `Grant them in the namespaces it works in (Role and RoleBinding).`;
  return tell.fault(`may not ${named.join(', ')} in ${rights[0]?.namespace ?? 'default'}`, fix, {
    check,
    kind: 'forbidden',
  });
}

const policy = 'Apply docs/plan-identity.yaml with the name of the plan identity.';

async function judgeHold(
  tell: Teller,
  { probe, subject }: { readonly probe: ClusterProbe; readonly subject: ClusterSubject },
  signal: AbortSignal,
): Promise<Diagnosis> {
  const check = 'held to dry-runs';
  if (!subject.hasTwoIdentities)
    return tell.warning(
      'one identity both plans and writes',
      'Name an apply identity of its own in the file of the server.',
      check,
    );
  const found: RealWrite = await probe.tryRealWrite(subject.namespace, signal);
  if (found === 'held-by-policy') return tell.ok('an admission policy refuses its real writes', check);
  if (found === 'no-right') return tell.ok('it has no right to write at all', check);
  if (found === 'possible') return tell.fault('it can really write', policy, { check });
  return tell.unknown(`not tried: namespace ${subject.namespace} holds nothing harmless to try it on`, policy, check);
}
