import { mkdtempSync, readFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { isJsonList, isJsonObject, type JsonObject, pick, pickText } from '../src/model/json.ts';
import { mapConcurrently } from '../src/tools/each.ts';
import { startControlPlane } from './control-plane/control-plane.ts';
import { type Received, send } from './pretend/api-server/support.ts';
import { namesOfKinds, oneOfEachKind } from './support/one-of-each-kind.ts';
import { until } from './support/until.ts';

const docs = resolve(import.meta.dirname, '../docs');
const [planner, label] = ['system:serviceaccount:fairlead:plan', 'held'];

/** Who asks: the plan identity with every right there is, so that only the policy is between it and the cluster, or with its role alone. */
type Who = 'plan' | 'role' | 'read' | 'admin';

/** One resource of discovery. */
interface Served {
  /** `GROUP/PLURAL`, with `/SUBRESOURCE` for one. */
  readonly key: string;
  readonly groupVersion: string;
  readonly kind: string;
  readonly namespaced: boolean;
  readonly verbs: readonly string[];
}

interface Ask {
  readonly who: Who;
  readonly method: string;
  readonly path: string;
  readonly body?: JsonObject;
  readonly type?: string;
}

let plane: Awaited<ReturnType<typeof startControlPlane>>;
let namespace: string;
let served: readonly Served[];

const users: Readonly<Record<Who, string | null>> = {
  admin: null,
  plan: planner,
  role: 'system:serviceaccount:fairlead:role',
  read: 'system:serviceaccount:fairlead:read',
};

function ask({ who, method, path, body, type = 'application/json' }: Ask): Promise<Received> {
  const user = users[who];
  const as = user === null ? {} : { 'impersonate-user': user };
  const headers = { authorization: `Bearer ${plane.token}`, ...as };
  return send(
    plane.server,
    { method, path, headers, type, ...(body === undefined ? {} : { body }) },
    plane.certificate,
  );
}

async function discover(): Promise<readonly Served[]> {
  const read = async (path: string): Promise<JsonObject> => (await ask({ who: 'admin', method: 'GET', path })).body;
  const groups = listOf(await read('/apis'), 'groups').flatMap((group) => listOf(group, 'versions'));
  const versions = ['v1', ...groups.map((version) => pickText(version, 'groupVersion') ?? '')];
  const lists = await Promise.all(
    versions.map(async (groupVersion) => ({ groupVersion, list: await read(rootOf(groupVersion)) })),
  );
  return lists.flatMap(({ groupVersion, list }) =>
    listOf(list, 'resources').map((resource) => ({
      key: `${groupVersion.includes('/') ? groupVersion.split('/')[0] : ''}/${pickText(resource, 'name')}`,
      ...{ groupVersion, kind: pickText(resource, 'kind') ?? '', namespaced: pick(resource, 'namespaced') === true },
      verbs: (pick(resource, 'verbs') as readonly string[] | undefined) ?? [],
    })),
  );
}

function listOf(object: JsonObject, key: string): readonly JsonObject[] {
  const list = pick(object, key);
  return isJsonList(list) ? list.filter(isJsonObject) : [];
}

const rootOf = (groupVersion: string): string => (groupVersion === 'v1' ? '/api/v1' : `/apis/${groupVersion}`);

function collectionOf({ key, groupVersion, namespaced }: Served): string {
  const plural = key.split('/')[1] ?? '';
  return `${rootOf(groupVersion)}${namespaced ? `/namespaces/${namespace}` : ''}/${plural}`;
}

const nameOf = ({ key }: Served): string =>
  namesOfKinds[key.split('/').slice(0, 2).join('/')] ?? `${label}-${namespace}`;

const [isWritten, isSub] = [
  ({ verbs }: Served) =>
    verbs.some((verb) => ['create', 'update', 'patch', 'delete', 'deletecollection'].includes(verb)),
  ({ key }: Served) => key.split('/').length > 2,
];

beforeAll(async () => {
  plane = await startControlPlane({ dir: join(mkdtempSync(join(tmpdir(), 'fairlead-plan-identity-')), 'plane') });
  namespace = await plane.namespace('held');
  const subject = (name: string) => ({ kind: 'User', apiGroup: 'rbac.authorization.k8s.io', name });
  const binding = (name: string, role: string, user: string): string =>
    JSON.stringify({
      ...{ apiVersion: 'rbac.authorization.k8s.io/v1', kind: 'ClusterRoleBinding', metadata: { name } },
      roleRef: { apiGroup: 'rbac.authorization.k8s.io', kind: 'ClusterRole', name: role },
      subjects: [subject(user)],
    });
  const shipped = ['plan-identity.yaml', 'plan-identity-roles.yaml'].map((file) =>
    readFileSync(join(docs, file), 'utf8'),
  );
  const bindings = [
    binding('all', 'cluster-admin', planner),
    binding('role', 'fairlead-plan', users.role ?? ''),
    binding('read', 'fairlead-plan-read', users.read ?? ''),
  ];
  await plane.kubectl(['apply', '-f', '-'], { input: [...shipped, ...bindings].join('\n---\n') });
  await until('the policy to be in force', async () => {
    const path = `/api/v1/namespaces/${namespace}/configmaps`;
    const body = { apiVersion: 'v1', kind: 'ConfigMap', metadata: { generateName: 'try-' } };
    return isHeld(await ask({ who: 'plan', method: 'POST', path, body })) || undefined;
  });
  served = await discover();
}, 300_000);

afterAll(async () => plane?.stop());

const isHeld = ({ status, text }: Received): boolean => status >= 400 && text.includes('may only dry-run');

/** A write, and what came of it; the same as a dry-run. */
interface Outcome {
  readonly what: string;
  readonly real: Received;
  readonly dry: Received;
}

async function tryBoth(what: string, { path, ...rest }: Omit<Ask, 'who'>): Promise<Outcome> {
  const [first, separator] = [path, path.includes('?') ? '&' : '?'];
  const dry = await ask({ who: 'plan', ...rest, path: `${first}${separator}dryRun=All` });
  return { what, dry, real: await ask({ who: 'plan', ...rest, path: first }) };
}

/** Every way to write one object of a kind. It is created by the admin in between. */
async function writesOf(resource: Served, sample: JsonObject): Promise<readonly Outcome[]> {
  const [collection, name] = [collectionOf(resource), nameOf(resource)];
  const path = `${collection}/${name}`;
  const metadata = { name, ...(resource.namespaced ? { namespace } : {}), labels: { [label]: 'yes' } };
  const { groupVersion: apiVersion, kind } = resource;
  const object = { apiVersion, kind, ...sample, metadata };
  const apply = { method: 'PATCH', type: 'application/apply-patch+yaml' };
  const of = (verb: string): string => `${verb} ${resource.key} ${apiVersion}`;
  const before = [
    await tryBoth(of('create'), { method: 'POST', path: collection, body: object }),
    await tryBoth(of('create by apply'), { ...apply, path: `${path}?fieldManager=plan`, body: object }),
  ];
  const created = await ask({ who: 'admin', method: 'POST', path: collection, body: object });
  // Another version of the kind has made it already.
  expect([of('made'), [201, 409].includes(created.status) ? '' : created.text]).toEqual([of('made'), '']);
  const live = (await ask({ who: 'admin', method: 'GET', path })).body;
  const note = { metadata: { annotations: { 'example.com/held': 'yes' } } };
  const merge = { method: 'PATCH', type: 'application/merge-patch+json', body: note };
  const after = [
    await updateOf(of('update'), path),
    await tryBoth(of('patch'), { ...merge, path }),
    await tryBoth(of('apply'), {
      ...apply,
      path: `${path}?fieldManager=plan&force=true`,
      body: { ...object, ...withNote(object) },
    }),
    ...(await subWrites(resource, { path, live, note })),
    await tryBoth(of('delete'), { method: 'DELETE', path }),
    ...(resource.verbs.includes('deletecollection')
      ? [
          await tryBoth(of('deletecollection'), {
            method: 'DELETE',
            path: `${collection}?labelSelector=${label}%3Dyes`,
          }),
        ]
      : []),
  ];
  await ask({ who: 'admin', method: 'DELETE', path });
  return [...before, ...after];
}

/** Read anew where a controller of the server came in between. */
async function updateOf(what: string, path: string): Promise<Outcome> {
  for (;;) {
    const live = (await ask({ who: 'admin', method: 'GET', path })).body;
    const outcome = await tryBoth(what, { method: 'PUT', path, body: { ...live, ...withNote(live) } });
    if (outcome.real.status !== 409 && outcome.dry.status !== 409) return outcome;
  }
}

function withNote(object: JsonObject): JsonObject {
  const metadata = pick(object, 'metadata');
  return { metadata: { ...(isJsonObject(metadata) ? metadata : {}), annotations: { 'example.com/held': 'yes' } } };
}

/** What is sent to subresources that do not take the object itself. */
const subBodies: Readonly<Record<string, (name: string) => JsonObject>> = {
  eviction: (name) => ({ apiVersion: 'policy/v1', kind: 'Eviction', metadata: { name, namespace } }),
  token: () => ({ apiVersion: 'authentication.k8s.io/v1', kind: 'TokenRequest', spec: { audiences: [] } }),
  binding: (name) => ({
    apiVersion: 'v1',
    kind: 'Binding',
    metadata: { name, namespace },
    target: { kind: 'Node', name: 'a' },
  }),
};

/** Queries without which a connection is no such. */
const subQueries: Readonly<Record<string, string>> = {
  exec: '?command=a&stdout=true',
  attach: '?stdout=true',
  portforward: '?ports=1',
};

const methods: Readonly<Record<string, string>> = {
  create: 'POST',
  update: 'PUT',
  patch: 'PATCH',
  delete: 'DELETE',
  get: 'GET',
};

interface Live {
  readonly path: string;
  readonly live: JsonObject;
  readonly note: JsonObject;
}

async function subWrites({ key, groupVersion }: Served, live: Live): Promise<readonly Outcome[]> {
  const subs = served.filter((other) => other.groupVersion === groupVersion && other.key.startsWith(`${key}/`));
  const outcomes: Outcome[] = [];
  for (const sub of subs) {
    // Reading what the API server keeps writes nothing; a connection does what it likes.
    const verbs = sub.verbs.filter((one) => one !== 'get' || connects(sub));
    for (const verb of verbs)
      outcomes.push(await tryBoth(`${verb} ${sub.key} ${groupVersion}`, await subWrite(verb, sub, live)));
  }
  return outcomes;
}

const connects = ({ kind }: Served): boolean => kind.endsWith('Options');

async function subWrite(verb: string, sub: Served, { path, live, note }: Live): Promise<Omit<Ask, 'who'>> {
  const name = sub.key.split('/')[2] ?? '';
  const sent = { method: methods[verb] ?? verb, path: `${path}/${name}${subQueries[name] ?? ''}` };
  if (connects(sub)) return sent;
  if (verb === 'patch') return { ...sent, type: 'application/merge-patch+json', body: note };
  const own = subBodies[name]?.(pickText(live, 'metadata', 'name') ?? '');
  const found = await ask({ who: 'admin', method: 'GET', path: sent.path });
  return { ...sent, body: own ?? (found.status === 200 ? found.body : live) };
}

/** What no admission policy is asked about: the kinds that policies are made of. */
const uncovered = ['mutating', 'validating'].flatMap((word) =>
  ['policies', 'policybindings'].map((kinds) => `admissionregistration.k8s.io/${word}admission${kinds}`),
);

describe('the plan identity, with every right and the shipped policy', () => {
  let outcomes: readonly Outcome[];

  beforeAll(async () => {
    const samples = oneOfEachKind(namespace);
    const all: Outcome[] = [];
    for (const resource of served.filter((one) => !isSub(one) && one.verbs.includes('delete'))) {
      const sample = samples.get(resource.key);
      if (sample === undefined) throw new Error(`no sample of ${resource.key}: add one`);
      all.push(...(await writesOf(resource, sample)));
    }
    const binding = subBodies['binding']?.('nobody') ?? {};
    all.push(
      await tryBoth('create /bindings v1', {
        method: 'POST',
        path: `/api/v1/namespaces/${namespace}/bindings`,
        body: binding,
      }),
    );
    outcomes = all;
  }, 300_000);

  test('writes nothing for real, of all kinds that admission policies cover', () => {
    const loose = outcomes
      .filter(({ real }) => !isHeld(real))
      .map(({ what, real }) => `${what}: ${real.status} ${real.text.slice(0, 160)}`);

    expect(outcomes.length).toBeGreaterThan(400);
    const kinds = new Set(loose.map((line) => / (admissionregistration\.k8s\.io\/\w+)/.exec(line)?.[1] ?? line));
    expect([...kinds].sort()).toEqual(uncovered);
  });

  test('may dry-run all of it', () => {
    const held = outcomes.filter(({ dry }) => isHeld(dry)).map(({ what }) => what);

    expect(held.filter((what) => !/(?:exec|attach|portforward|proxy) /.test(what))).toEqual([]);
    expect(outcomes.filter(({ dry }) => dry.status < 300).length).toBeGreaterThan(350);
  });
});

describe('the plan identity, with the shipped role alone', () => {
  const verbs = ['create', 'update', 'patch', 'delete', 'deletecollection'];

  test('has no write verb for what policies do not cover, nor for what answers questions about others', async () => {
    const questions = /^(?:authentication|authorization)\.k8s\.io\//;
    const isOpen = ({ key }: Served): boolean => questions.test(key) || uncovered.some((kind) => key.startsWith(kind));
    const open = served.filter((one) => isOpen(one) && isWritten(one));
    const allowed = await allowedTo('role', open, verbs);

    expect(open.length).toBeGreaterThan(8);
    expect(allowed).toEqual([]);
  });

  test('that only reads may get and list everything, and write nothing', async () => {
    const stored = served.filter((one) => !isSub(one) && one.verbs.includes('list'));

    expect(await allowedTo('read', served, verbs)).toEqual([]);
    expect(await allowedTo('read', stored, ['get', 'list'])).toHaveLength(2 * stored.length);
  }, 120_000);
});

/** Which of these verbs somebody may use on what, by the API server's word. */
async function allowedTo(who: Who, resources: readonly Served[], verbs: readonly string[]): Promise<readonly string[]> {
  const asked = resources.flatMap((one) =>
    verbs.filter((verb) => one.verbs.includes(verb)).map((verb) => ({ one, verb })),
  );
  const answers = await mapConcurrently(asked, 16, async ({ one, verb }) => {
    const [group = '', resource = '', subresource = ''] = one.key.split('/');
    const spec = { user: users[who], resourceAttributes: { group, resource, subresource, verb } };
    const body = { apiVersion: 'authorization.k8s.io/v1', kind: 'SubjectAccessReview', spec };
    const path = '/apis/authorization.k8s.io/v1/subjectaccessreviews';
    const { body: answer } = await ask({ who: 'admin', method: 'POST', path, body });
    return pick(answer, 'status', 'allowed') === true ? [`${verb} ${one.key} ${one.groupVersion}`] : [];
  });
  return answers.flat();
}
