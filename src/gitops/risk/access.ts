import { isJsonList, type Json, pick, pickText } from '../../model/json.ts';
import type { Resource } from '../../model/resource.ts';
import { someOf } from '../../model/some-of.ts';
import { type Risk, type RiskRule, type Subject, said } from './rule.ts';

const rbac = 'rbac.authorization.k8s.io';

function texts(value: Json | undefined): readonly string[] {
  return isJsonList(value) ? value.filter((item) => typeof item === 'string') : [];
}

function lists(side: Resource | null, ...path: readonly string[]): readonly Json[] {
  const value = pick(side?.object, ...path);
  return isJsonList(value) ? value : [];
}

/** `GROUP/RESOURCE: VERB` and `URL: VERB` for all that a role permits. */
function permits(side: Resource | null): ReadonlySet<string> {
  const all = lists(side, 'rules').flatMap((rule) => {
    const groups = texts(pick(rule, 'apiGroups'));
    const resources = texts(pick(rule, 'resources')).flatMap((resource) =>
      groups.map((group) => (group === '' ? resource : `${group}/${resource}`)),
    );
    const names = texts(pick(rule, 'resourceNames'));
    const named = names.length === 0 ? resources : resources.flatMap((one) => names.map((name) => `${one} ${name}`));
    return [...named, ...texts(pick(rule, 'nonResourceURLs'))].flatMap((what) =>
      texts(pick(rule, 'verbs')).map((verb) => `${what}: ${verb}`),
    );
  });
  return new Set(all);
}

/** With what stars and an unnamed resource stand for. */
function covers(known: ReadonlySet<string>, permit: string): boolean {
  const [what = '', verb = ''] = permit.split(': ');
  const [resource = ''] = what.split(' ');
  const [group = ''] = resource.includes('/') ? resource.split('/') : [''];
  const wider = [what, resource, group === '' ? '*' : `${group}/*`, '*/*', '*'];
  return wider.some((one) => known.has(`${one}: ${verb}`) || known.has(`${one}: *`));
}

function rbacWidened(subject: Subject): readonly Risk[] {
  const { change, base, head } = subject;
  if (change.part !== 'pull' || change.resource.group !== rbac || head === null || change.action === 'delete')
    return [];
  if (change.resource.kind.endsWith('Binding')) return boundMore(subject);
  // A new role gives nobody anything yet: its binding does.
  if (base === null || change.action === 'create') return [];
  const before = permits(base);
  const gained = [...permits(head)].filter((permit) => !covers(before, permit));
  return gained.length === 0 ? [] : [{ message: `gains ${someOf(grouped(gained), mostNamed)}`, at: ['rules'] }];
}

function grouped(gained: readonly string[]): readonly string[] {
  const verbs = Map.groupBy(
    gained.map((permit) => permit.split(': ') as [string, string]),
    ([what]) => what,
  );
  return [...verbs].map(([what, all]) => `${what} (${all.map(([, verb]) => verb).join(', ')})`);
}

function boundMore({ base, head }: Subject): readonly Risk[] {
  const names = (side: Resource | null) =>
    lists(side, 'subjects').map((one) =>
      [pickText(one, 'kind'), pickText(one, 'namespace'), pickText(one, 'name')].filter(Boolean).join(' '),
    );
  const known = new Set(names(base));
  const added = names(head).filter((name) => !known.has(name));
  if (added.length === 0) return [];
  const role = `${pickText(head?.object, 'roleRef', 'kind')} ${pickText(head?.object, 'roleRef', 'name')}`;
  return [{ message: `${someOf(added, mostNamed)} gains ${role}`, at: ['subjects'] }];
}

/** Rights and subjects that are named; the rest is counted. */
const mostNamed = 5;

function exposed(subject: Subject): readonly Risk[] {
  const { change, base, head } = subject;
  if (change.part !== 'pull' || head === null) return [];
  if (change.resource.kind === 'Service' && change.resource.group === '') {
    const [before, after] = [pickText(base?.object, 'spec', 'type'), pickText(head.object, 'spec', 'type')];
    const isOpen = after === 'LoadBalancer' || after === 'NodePort';
    return isOpen && before !== after
      ? [{ message: `is reached from outside: type ${after}`, at: ['spec', 'type'] }]
      : [];
  }
  const known = new Set(hosts(base));
  const added = hosts(head).filter((host) => !known.has(host));
  return added.length === 0
    ? []
    : [{ message: `is reached from outside as ${someOf(added, mostNamed)}`, at: ['spec'] }];
}

/** Hosts of an Ingress, an HTTPRoute or a Gateway; `*` where all are meant. */
function hosts(side: Resource | null): readonly string[] {
  const { group, kind } = side?.id ?? { group: '', kind: '' };
  if (group === 'networking.k8s.io' && kind === 'Ingress')
    return lists(side, 'spec', 'rules').map((rule) => pickText(rule, 'host') ?? '*');
  if (group !== 'gateway.networking.k8s.io') return [];
  if (kind.endsWith('Route')) return lists(side, 'spec', 'hostnames').filter((host) => typeof host === 'string');
  return kind === 'Gateway' ? lists(side, 'spec', 'listeners').map((one) => pickText(one, 'hostname') ?? '*') : [];
}

function failsClosed(subject: Subject): readonly Risk[] {
  const { change, base, head } = subject;
  if (change.part !== 'pull' || change.resource.group !== 'admissionregistration.k8s.io') return [];
  const policies = (side: Resource | null) =>
    new Map(
      lists(side, 'webhooks').map((one) => [pickText(one, 'name') ?? '', pickText(one, 'failurePolicy') ?? 'Fail']),
    );
  const before = policies(base);
  const strict = [...policies(head)].filter(([name, policy]) => policy === 'Fail' && before.get(name) !== 'Fail');
  return strict.map(([name]) => ({
    message: `${name} refuses what it judges while it cannot be reached (failurePolicy: Fail)`,
    at: ['webhooks'],
  }));
}

/** Who may do more, and who is reached from where. */
export const accessRules: readonly RiskRule[] = [
  {
    ...{ id: 'rbac-widened', severity: 'caution', judge: rbacWidened },
    when: 'A Role or ClusterRole permits more than before, or a binding gives a role to somebody new.',
    why: 'Whoever has the role, or gets it, may do more in the cluster from the merge on.',
    fix: 'See that each right is needed.',
  },
  {
    ...{ id: 'exposed-service', severity: 'caution', judge: exposed },
    when: 'A Service becomes a LoadBalancer or NodePort, or an Ingress, route or Gateway takes a host it had not.',
    why: 'It is reached from outside of the cluster from the merge on.',
    fix: 'See who may reach it, and how they show who they are.',
  },
  {
    ...{ id: 'webhook-failurepolicy', severity: 'caution', judge: failsClosed },
    when: 'An admission webhook begins to refuse while it cannot be reached.',
    why: 'When its pods are down, nothing it judges can be written any more, often its own pods included.',
    fix: 'Leave its own namespace and kube-system out by namespaceSelector, or set failurePolicy: Ignore.',
  },
  {
    ...{ id: 'apiservice-changed', severity: 'caution' },
    judge: (subject) =>
      subject.change.part === 'pull' && subject.change.resource.kind === 'APIService'
        ? [{ message: `${pickText(said(subject), 'spec', 'group') ?? 'its group'} is served by something else` }]
        : [],
    when: 'An APIService is created, changed or deleted.',
    why: 'One that does not answer makes discovery, namespaces and garbage collection stall for everybody.',
    fix: 'See that its Service is there and answers.',
  },
];
