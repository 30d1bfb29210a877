import type { Json, JsonObject } from '../../../src/model/json.ts';
import { type AttributionCase, applied, merged, object, ours, pulls, quiet } from './attribution.ts';

interface Web {
  readonly spec?: JsonObject;
  readonly pod?: JsonObject;
  readonly container?: JsonObject;
  readonly labels?: JsonObject;
  readonly others?: readonly JsonObject[];
}

function web({ spec = {}, pod = {}, container = {}, labels = {}, others = [] }: Web = {}): JsonObject {
  const containers = [{ name: 'web', image: 'shop/web:1', ...container }, ...others];
  return object('apps/v1', 'Deployment', {
    spec: {
      ...{ selector: { matchLabels: { app: 'web' } }, ...spec },
      template: { metadata: { labels: { app: 'web', ...labels } }, spec: { containers, ...pod } },
    },
  });
}

const env = (...names: readonly string[]): JsonObject => ({ env: names.map((name) => ({ name, value: `${name}!` })) });
const limits = (cpu: Json, memory: Json): JsonObject => ({ resources: { requests: { cpu, memory } } });
const template = 'spec.template.spec';
const one = `${template}.containers[name=web]`;
const scale = (replicas: number) => merged('kube-controller-manager', { spec: { replicas } }, 'scale');
const proxy: JsonObject = { name: 'proxy', image: 'proxy:1' };
const job = (spec: JsonObject): JsonObject =>
  object('batch/v1', 'Job', {
    spec: { template: { spec: { restartPolicy: 'Never', containers: [{ name: 'a', image: 'a:1' }] } }, ...spec },
  });
const nightly = (spec: JsonObject): JsonObject =>
  object('batch/v1', 'CronJob', {
    spec: {
      ...{ schedule: '0 3 * * *', ...spec },
      jobTemplate: {
        spec: { template: { spec: { restartPolicy: 'Never', containers: [{ name: 'a', image: 'a:1' }] } } },
      },
    },
  });
const claim: JsonObject = {
  metadata: { name: 'data' },
  spec: { accessModes: ['ReadWriteOnce'], resources: { requests: { storage: '1024Mi' } } },
};
const database = (spec: JsonObject): JsonObject =>
  object('apps/v1', 'StatefulSet', {
    spec: {
      ...{ serviceName: 'db', selector: { matchLabels: { app: 'db' } }, volumeClaimTemplates: [claim], ...spec },
      template: { metadata: { labels: { app: 'db' } }, spec: { containers: [{ name: 'db', image: 'db:1' }] } },
    },
  });

/** Workloads: quantities, merge keys, defaults, scaling, what is injected. */
export const workloadCases: readonly AttributionCase[] = [
  pulls(
    'an image changes',
    [web(), web({ container: { image: 'shop/web:2' } })],
    ...[`pull update ${one}.image: "shop/web:1" -> "shop/web:2" (git)`],
  ),
  pulls('a quantity is written otherwise', [
    web({ container: limits('1000m', '1024Mi') }),
    web({ container: limits('1', '1Gi') }),
  ]),
  pulls('a quantity is written as a number', [
    web({ container: limits('2000m', '1Gi') }),
    web({ container: limits(2, '1Gi') }),
  ]),
  pulls(
    'a quantity changes',
    [web({ container: limits('500m', '1Gi') }), web({ container: limits('600m', '1Gi') })],
    `pull update ${one}.resources.requests.cpu: "500m" -> "600m" (git)`,
  ),
  pulls(
    'a variable comes',
    [web({ container: env('A') }), web({ container: env('A', 'B') })],
    ...[`pull update ${one}.env[name=B]: null -> {"name":"B","value":"B!"} (git)`],
  ),
  pulls(
    'a variable goes',
    [web({ container: env('A', 'B') }), web({ container: env('B') })],
    ...[`pull update ${one}.env[name=A]: {"name":"A","value":"A!"} -> null (git)`],
  ),
  pulls(
    'variables change places',
    [web({ container: env('A', 'B') }), web({ container: env('B', 'A') })],
    ...[`pull update ${one}.env: [{"name":"A"},{"name":"B"}] -> [{"name":"B"},{"name":"A"}] (git)`],
  ),
  pulls(
    'a variable comes from elsewhere',
    [
      web({ container: env('A') }),
      web({ container: { env: [{ name: 'A', valueFrom: { configMapKeyRef: { name: 'c', key: 'k' } } }] } }),
    ],
    `pull update ${one}.env[name=A].value: "A!" -> null (git)`,
    `pull update ${one}.env[name=A].valueFrom: null -> {"configMapKeyRef":{"name":"c","key":"k"}} (git)`,
  ),
  pulls(
    'a port comes without its protocol',
    [web(), web({ container: { ports: [{ containerPort: 80 }] } })],
    ...[`pull update ${one}.ports: null -> [{"containerPort":80,"protocol":"TCP"}] (git)`],
  ),
  pulls(
    'an argument in a list that is one whole changes',
    [web({ container: { args: ['--a', '--b'] } }), web({ container: { args: ['--a', '--c'] } })],
    `pull update ${one}.args[1]: "--b" -> "--c" (git)`,
  ),
  pulls(
    'a volume is of another kind',
    [
      web({ pod: { volumes: [{ name: 'v', emptyDir: {} }] } }),
      web({ pod: { volumes: [{ name: 'v', configMap: { name: 'c' } }] } }),
    ],
    `pull update ${template}.volumes[name=v].configMap: null -> {"name":"c","defaultMode":420} (git)`,
    `pull update ${template}.volumes[name=v].emptyDir: {} -> null (git)`,
  ),
  pulls(
    'a count or percentage changes its kind',
    [
      web({ spec: { strategy: { rollingUpdate: { maxSurge: '50%' } } } }),
      web({ spec: { strategy: { rollingUpdate: { maxSurge: 2 } } } }),
    ],
    'pull update spec.strategy.rollingUpdate.maxSurge: "50%" -> 2 (git)',
  ),
  pulls(
    'a field goes of which the server has a default',
    [web({ spec: { replicas: 3 } }), web()],
    ...['pull update spec.replicas: 3 -> 1 (git)'],
  ),
  pulls('a default is written out', [web(), web({ spec: { revisionHistoryLimit: 10, progressDeadlineSeconds: 600 } })]),
  pulls(
    'an init container goes',
    [web({ pod: { initContainers: [proxy] } }), web()],
    ...[
      `pull update ${template}.initContainers: [{"name":"proxy","image":"proxy:1","resources":{},"terminationMessagePath":"/dev/termination-log","terminationMessagePolicy":"File","imagePullPolicy":"IfNotPresent"}] -> null (git)`,
    ],
  ),
  pulls(
    'a label of the template comes',
    [web(), web({ labels: { tier: 'one' } })],
    ...['pull update spec.template.metadata.labels.tier: null -> "one" (git)'],
  ),
  pulls('empty maps that the server fills in are written out', [
    web(),
    web({ pod: { securityContext: {} }, container: { resources: {} } }),
  ]),
  quiet('replicas that are scaled and that Git does not say', web(), scale(5)),
  quiet(
    'a container that was injected',
    web(),
    merged('istio-sidecar-injector', {
      spec: { template: { spec: { containers: [{ name: 'web', image: 'shop/web:1' }, proxy] } } },
    }),
  ),
  quiet(
    'a restart by kubectl',
    web(),
    merged('kubectl-rollout', {
      spec: {
        template: { metadata: { annotations: { 'kubectl.kubernetes.io/restartedAt': '2026-01-01T00:00:00Z' } } },
      },
    }),
  ),
  quiet(
    'a revision and a status',
    web(),
    merged('kube-controller-manager', { metadata: { annotations: { 'deployment.kubernetes.io/revision': '7' } } }),
    merged('kube-controller-manager', { status: { observedGeneration: 1, replicas: 1 } }, 'status'),
  ),
  {
    title: 'replicas are scaled though Git says them',
    live: [ours(web({ spec: { replicas: 2 } })), scale(5)],
    ...{ base: web({ spec: { replicas: 2 } }), head: web({ spec: { replicas: 2 } }) },
    says: ['already update spec.replicas: 5 -> 2 (takeover)'],
  },
  {
    // Of a field that nobody owned the server records no owner when it is scaled.
    title: 'replicas that nobody owned are scaled, and the pull says them from now on',
    live: [ours(web()), scale(5)],
    ...{ base: web(), head: web({ spec: { replicas: 3 } }) },
    says: ['pull update spec.replicas: 5 -> 3 (git)'],
  },
  {
    title: 'replicas are scaled, and the pull says them no more',
    live: [ours(web({ spec: { replicas: 2 } })), scale(5)],
    ...{ base: web({ spec: { replicas: 2 } }), head: web() },
    says: [
      ...['already update spec.replicas: 5 -> 2 (takeover)', 'pull update'],
      'stays spec.replicas: kube-controller-manager (scale)',
    ],
  },
  {
    title: 'an injected container stands beside one whose image the pull changes',
    live: [ours(web()), applied('injector', web({ others: [proxy] }))],
    ...{ base: web(), head: web({ container: { image: 'shop/web:2' } }) },
    says: [`pull update ${one}.image: "shop/web:1" -> "shop/web:2" (takeover)`],
  },
  quiet('the defaults of claim templates', database({})),
  pulls(
    'a partition comes',
    [database({}), database({ updateStrategy: { rollingUpdate: { partition: 2 } } })],
    ...['pull update spec.updateStrategy.rollingUpdate.partition: 0 -> 2 (git)'],
  ),
  quiet('the labels and selector of a Job', job({})),
  pulls('a Job is suspended', [job({}), job({ suspend: true })], 'pull update spec.suspend: false -> true (git)'),
  pulls(
    'a schedule changes',
    [nightly({}), nightly({ schedule: '0 4 * * *' })],
    ...['pull update spec.schedule: "0 3 * * *" -> "0 4 * * *" (git)'],
  ),
  quiet(
    'a Pod that was scheduled',
    object('v1', 'Pod', { spec: { containers: [{ name: 'a', image: 'a:1' }] } }),
    merged('kubelet', { status: { phase: 'Running' } }, 'status'),
  ),
];
