import type { JsonObject } from '../../../src/model/json.ts';
import {
  type AttributionCase,
  applied,
  created,
  global,
  kubectlApplied,
  merged,
  object,
  ours,
  pulls,
  quiet,
} from './attribution.ts';

const map = (data: JsonObject, meta: JsonObject = {}, more: JsonObject = {}): JsonObject =>
  object('v1', 'ConfigMap', { data, ...more }, meta);
const secret = (stringData: JsonObject, more: JsonObject = {}): JsonObject =>
  object('v1', 'Secret', { stringData, ...more });
const rbac = 'rbac.authorization.k8s.io/v1';
const rule = (...verbs: readonly string[]): JsonObject => ({ apiGroups: [''], resources: ['pods'], verbs });
const yaml = (port: number): string => `server:\n  port: ${port}\n  host: "0.0.0.0"\n`;

/** ConfigMaps and Secrets, and what others do to metadata. */
export const configurationCases: readonly AttributionCase[] = [
  pulls('a value changes', [map({ a: '1', b: '2' }), map({ a: '9', b: '2' })], 'pull update data.a: "1" -> "9" (git)'),
  pulls('a key comes', [map({ a: '1' }), map({ a: '1', b: '2' })], 'pull update data.b: null -> "2" (git)'),
  pulls('a key goes', [map({ a: '1', b: '2' }), map({ a: '1' })], 'pull update data.b: "2" -> null (git)'),
  pulls('an empty text comes', [map({ a: '1' }), map({ a: '1', b: '' })], 'pull update data.b: null -> "" (git)'),
  pulls('a text is emptied', [map({ a: '1' }), map({ a: '' })], 'pull update data.a: "1" -> "" (git)'),
  pulls('keys change places', [map({ a: '1', b: '2' }), map({ b: '2', a: '1' })]),
  pulls('a null comes, which is no value', [map({ a: '1' }), map({ a: '1', b: null })]),
  pulls(
    'what is no number to a ConfigMap changes',
    [map({ cpu: '1000m' }), map({ cpu: '1' })],
    ...['pull update data.cpu: "1000m" -> "1" (git)'],
  ),
  pulls('an empty map of labels comes', [map({ a: '1' }), map({ a: '1' }, { labels: {} })]),
  pulls(
    'a label comes',
    [map({ a: '1' }), map({ a: '1' }, { labels: { t: 'x' } })],
    ...['pull update metadata.labels: null -> {"t":"x"} (git)'],
  ),
  pulls(
    'one annotation of two goes',
    [map({}, { annotations: { 'a.b/c': '1', d: '2' } }), map({}, { annotations: { d: '2' } })],
    'pull update metadata.annotations["a.b/c"]: "1" -> null (git)',
  ),
  pulls(
    'a document inside a value changes',
    [map({ 'app.yaml': yaml(80) }), map({ 'app.yaml': yaml(81) })],
    `pull update data["app.yaml"]: ${JSON.stringify(yaml(80))} -> ${JSON.stringify(yaml(81))} (git)`,
  ),
  pulls(
    'binary data changes',
    [map({}, {}, { binaryData: { x: 'AAEC' } }), map({}, {}, { binaryData: { x: 'AAED' } })],
    'pull update binaryData.x: "AAEC" -> "AAED" (git)',
  ),
  pulls(
    'it becomes immutable',
    [map({ a: '1' }), map({ a: '1' }, {}, { immutable: true })],
    ...['pull update immutable: null -> true (git)'],
  ),
  quiet('a label of others', map({ a: '1' }), merged('labeller', { metadata: { labels: { by: 'others' } } })),
  quiet('a key of others', map({ a: '1' }), merged('writer', { data: { more: 'x' } })),
  quiet('a finalizer of others', map({ a: '1' }), merged('guard', { metadata: { finalizers: ['example.com/guard'] } })),
  quiet(
    'an owner of others',
    map({ a: '1' }),
    merged('adopter', {
      metadata: {
        ownerReferences: [
          { apiVersion: 'v1', kind: 'ConfigMap', name: 'root', uid: 'b7b0a5e0-0000-4000-8000-000000000001' },
        ],
      },
    }),
  ),
  quiet('another applier of the same', map({ a: '1' }), applied('other-tool', map({ a: '1' }))),
  quiet('another applier of other fields', map({ a: '1' }), applied('other-tool', map({ b: '2' }))),
  {
    title: 'what kubectl applied before Fairlead did',
    ...{ live: [kubectlApplied(map({ a: '1' })), ours(map({ a: '1' }))], base: map({ a: '1' }), head: map({ a: '1' }) },
    says: [],
  },
  {
    title: 'a hand edited what the pull changes',
    live: [ours(map({ a: '1' })), merged('kubectl-edit', { data: { a: '5' } })],
    ...{ base: map({ a: '1' }), head: map({ a: '2' }) },
    says: ['already update data.a: "5" -> "1" (takeover)', 'pull update data.a: "5" -> "2" (takeover)'],
  },
  {
    title: 'a hand edited it to what the pull wants',
    live: [ours(map({ a: '1' })), merged('kubectl-edit', { data: { a: '2' } })],
    ...{ base: map({ a: '1' }), head: map({ a: '2' }) },
    says: ['already update data.a: "2" -> "1" (takeover)'],
  },
  {
    title: 'a hand removed a key that Git has',
    live: [ours(map({ a: '1', b: '2' })), merged('kubectl-edit', { data: { b: null } })],
    ...{ base: map({ a: '1', b: '2' }), head: map({ a: '1', b: '2' }) },
    says: ['already update data.b: null -> "2" (git)'],
  },
  {
    title: 'a hand edited a key that the pull drops',
    live: [ours(map({ a: '1', b: '2' })), merged('kubectl-edit', { data: { b: '7' } })],
    ...{ base: map({ a: '1', b: '2' }), head: map({ a: '1' }) },
    says: ['already update data.b: "7" -> "2" (takeover)', 'pull update', 'stays data.b: kubectl-edit'],
  },
  {
    title: 'the pull drops what another applier has too',
    live: [ours(map({ a: '1', b: '2' })), applied('other-tool', map({ b: '2' }))],
    ...{ base: map({ a: '1', b: '2' }), head: map({ a: '1' }) },
    says: ['pull update', 'stays data.b: other-tool'],
  },
  {
    title: 'the pull changes what another applier has too',
    live: [ours(map({ a: '1' })), applied('other-tool', map({ a: '1' }))],
    ...{ base: map({ a: '1' }), head: map({ a: '2' }) },
    says: ['pull update data.a: "1" -> "2" (takeover)'],
  },
  {
    title: 'the pull says what others have already',
    live: [ours(map({ a: '1' })), merged('writer', { data: { b: '2' } })],
    ...{ base: map({ a: '1' }), head: map({ a: '1', b: '2' }) },
    says: [],
  },
  {
    title: 'the pull says otherwise what others have',
    live: [ours(map({ a: '1' })), merged('writer', { data: { b: '2' } })],
    ...{ base: map({ a: '1' }), head: map({ a: '1', b: '3' }) },
    says: ['pull update data.b: "2" -> "3" (takeover)'],
  },
  {
    title: 'the first apply over what kubectl applied',
    live: [kubectlApplied(map({ a: '1', b: '2' }))],
    ...{ base: map({ a: '1', b: '2' }), head: map({ a: '3' }) },
    says: [...['pull update data.a: "1" -> "3" (takeover)', 'stays data.b: kubectl-client-side-apply']],
  },
  {
    title: 'it is newly declared and there',
    live: [created('kubectl-create', map({ a: '1', b: '2' }))],
    ...{ base: null, head: map({ a: '1', b: '3' }) },
    says: ['pull adopt data.b: "2" -> "3" (takeover)', 'adopts 1 of nobody'],
  },
  {
    title: 'it is newly declared and there just so',
    live: [created('kubectl-create', map({ a: '1' }))],
    ...{ base: null, head: map({ a: '1' }) },
    says: ['pull adopt', 'adopts 1 of nobody'],
  },
  { title: 'it is new', live: [], base: null, head: map({ a: '1' }), says: ['pull create'] },
  { title: 'it is not there and stays so', live: [], base: map({ a: '1' }), head: null, says: [] },
  { title: 'it goes', live: [ours(map({ a: '1' }))], base: map({ a: '1' }), head: null, says: ['pull delete'] },
  {
    title: 'it was deleted by hand and the pull changes it',
    ...{ live: [], base: map({ a: '1' }), head: map({ a: '2' }), says: ['already create', 'pull create'] },
  },
  pulls(
    'a secret value changes',
    [secret({ a: 'old-value-1' }), secret({ a: 'new-value-2' })],
    ...['pull update data.a: "(hidden)" -> "(hidden, changed)" (git)'],
  ),
  pulls(
    'a secret value goes',
    [secret({ a: 'one-value-1', b: 'two-value-2' }), secret({ a: 'one-value-1' })],
    ...['pull update data.b: "(hidden)" -> null (git)'],
  ),
  pulls('a secret value is written in the other way', [
    secret({ a: 'same-value-1' }),
    object('v1', 'Secret', { data: { a: Buffer.from('same-value-1').toString('base64') } }),
  ]),
  quiet(
    'what a certificate manager puts into a Secret of which Git says the type',
    object('v1', 'Secret', { type: 'Opaque' }),
    merged('cert-manager-certificates-issuing', {
      data: { 'tls.crt': 'Y2VydA==', 'tls.key': 'a2V5LXZhbHVl' },
      metadata: { annotations: { 'cert-manager.io/issuer-name': 'ca' } },
    }),
  ),
  pulls(
    'a rule changes',
    [object(rbac, 'Role', { rules: [rule('get')] }), object(rbac, 'Role', { rules: [rule('get', 'list')] })],
    'pull update rules[0].verbs[1]: null -> "list" (git)',
  ),
  quiet('no rules at all', object(rbac, 'Role', { rules: [] })),
  quiet(
    'the rules of an aggregated role',
    global(rbac, 'ClusterRole', { aggregationRule: { clusterRoleSelectors: [{ matchLabels: { sum: 'NAME' } }] } }),
    applied('clusterrole-aggregation-controller', global(rbac, 'ClusterRole', { rules: [rule('get')] })),
  ),
  quiet(
    'what a ServiceAccount is given',
    object('v1', 'ServiceAccount', { automountServiceAccountToken: false }),
    merged('openshift-controller-manager', {
      secrets: [{ name: 'NAME-token' }],
      imagePullSecrets: [{ name: 'NAME-dockercfg' }],
    }),
  ),
  quiet(
    'what a Namespace is given',
    global('v1', 'Namespace', {}, { labels: { team: 'shop' } }),
    merged('policy-controller', { metadata: { annotations: { 'openshift.io/sa.scc.uid-range': '1/2' } } }),
  ),
];
