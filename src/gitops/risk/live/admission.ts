import { isJsonList, type Json, type JsonObject, pick, pickText } from '../../../model/json.ts';
import type { Resource } from '../../../model/resource.ts';
import { someOf } from '../../../model/some-of.ts';
import type { Risk } from '../rule.ts';
import { type Kind, kindsIn, type Lister } from './lister.ts';
import type { LiveRule, LiveSubject, LiveWorld } from './live-rule.ts';

const group = 'admissionregistration.k8s.io';
const policyKind = 'ValidatingAdmissionPolicy';
const bindingKind = 'ValidatingAdmissionPolicyBinding';

/** Objects that are named; the rest is counted. */
const mostNamed = 5;
/** Kinds of one policy that are looked at. */
const mostKinds = 20;

async function refuses(subject: LiveSubject, world: LiveWorld): Promise<readonly Risk[]> {
  const { id, object } = subject.head;
  // Told once: of a policy that changes with its binding only the policy speaks.
  const name = id.kind === policyKind ? id.name : (pickText(object, 'spec', 'policyName') ?? '');
  if (id.kind === bindingKind && world.head.some((one) => isPolicyNamed(one, name))) return [];
  const [policy, bindings] = await Promise.all([policyNamed(name, world), bindingsOf(name, world)]);
  if (policy === null || bindings.length === 0) return [];
  const kinds = kindsOf(policy, world.lister);
  const lists = await Promise.all(kinds.map((kind) => objectsOf(kind, world.lister)));
  const refused = await world.refused([policy, ...bindings], lists.flat());
  if (refused.length === 0) return [];
  const named = refused.map((one) => `${one.name} (${one.why})`);
  const objects = refused.length === 1 ? 'one live object' : `${refused.length} live objects`;
  return [{ message: `it refuses ${objects} at the next change: ${someOf(named, mostNamed)}` }];
}

function isPolicyNamed({ id }: Resource, name: string): boolean {
  return id.group === group && id.kind === policyKind && id.name === name;
}

async function policyNamed(name: string, { head, lister }: LiveWorld): Promise<JsonObject | null> {
  const own = head.find((one) => isPolicyNamed(one, name));
  return own?.object ?? lister.get({ group, version: 'v1', kind: policyKind, namespace: null, name });
}

/** The bindings of a policy as they will be: those of head, and those of the cluster that head does not hold. */
async function bindingsOf(policy: string, { head, lister }: LiveWorld): Promise<readonly JsonObject[]> {
  const own = head.filter(({ id }) => id.group === group && id.kind === bindingKind).map(({ object }) => object);
  const names = new Set(own.map((object) => pickText(object, 'metadata', 'name')));
  const listed = await lister.list({ group, version: 'v1', kind: bindingKind }, null, 'whole');
  const others = (listed?.items ?? []).filter((object) => !names.has(pickText(object, 'metadata', 'name')));
  const typed = others.map((object) => ({ ...object, apiVersion: `${group}/v1`, kind: bindingKind }));
  return [...own, ...typed].filter((object) => pickText(object, 'spec', 'policyName') === policy);
}

/** The kinds a policy's rules name, as far as the server serves them; of Secrets nothing is read. */
function kindsOf(policy: JsonObject, { discovery }: Lister): readonly Kind[] {
  const rules = pick(policy, 'spec', 'matchConstraints', 'resourceRules');
  const found = (isJsonList(rules) ? rules : []).flatMap((rule) =>
    kindsIn(
      discovery,
      ({ group: own, plural, kind, verbs }) =>
        holds(pick(rule, 'apiGroups'), own) &&
        holds(pick(rule, 'resources'), plural) &&
        verbs.includes('create') &&
        kind !== 'Secret',
    ),
  );
  return [...new Set(found)].slice(0, mostKinds);
}

function holds(list: Json | undefined, word: string): boolean {
  return isJsonList(list) && (list.includes('*') || list.includes(word));
}

/** Items of a list carry no kind of their own. */
async function objectsOf(kind: Kind, lister: Lister): Promise<readonly JsonObject[]> {
  const apiVersion = kind.group === '' ? kind.version : `${kind.group}/${kind.version}`;
  const listed = await lister.list(kind, null, 'whole');
  return (listed?.items ?? []).map((item) => ({ ...item, apiVersion, kind: kind.kind }));
}

/** What an admission policy does to what is there. */
export const admissionRule: LiveRule = {
  ...{ id: 'policy-denies-live', severity: 'caution', kinds: [`${group}/${policyKind}`, `${group}/${bindingKind}`] },
  judgeLive: refuses,
  when: 'A ValidatingAdmissionPolicy, or a binding of one, would refuse objects that are there.',
  why: 'They run on until somebody changes them: then the change is refused, a rollback included.',
  fix: 'Mend these objects first, or let the binding only warn (validationActions: [Warn]) until they are.',
};
