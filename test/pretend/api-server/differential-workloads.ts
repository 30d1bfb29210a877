import type { Json } from '../../../src/model/json.ts';
import { apps, container, type DifferentialStep, template } from './differential-step.ts';
import { applying, deployment } from './support.ts';

/** Deployments and other workloads. */
export function deployments(ns: string): readonly DifferentialStep[] {
  const path = apps(ns, 'deployments/web');
  const patch = (title: string, body: Json, type: string, query = '') => ({
    ...{ title, method: 'PATCH', path: `${path}?fieldManager=patcher${query}` },
    ...{ body, type: `application/${type}+json` },
  });
  return [
    { title: 'apply a new deployment', ...applying(path, deployment()) },
    { title: 'apply it again', ...applying(path, deployment()) },
    {
      title: 'apply another image and quantities',
      ...applying(
        path,
        deployment({
          template: template([
            container({ image: 'nginx:2', resources: { requests: { cpu: '1000m', memory: '1Gi' } } }),
          ]),
        }),
      ),
    },
    {
      title: 'apply with empty values',
      ...applying(
        path,
        deployment({
          template: template(
            [
              container({
                env: [
                  { name: 'A', value: '' },
                  { name: 'B', value: 'b' },
                ],
                args: [],
                stdin: false,
              }),
            ],
            { nodeSelector: {}, hostNetwork: false },
          ),
        }),
      ),
    },
    patch('merge-patch replicas', { spec: { replicas: 4 } }, 'merge-patch'),
    { title: 'apply against the patcher conflicts', ...applying(path, deployment()) },
    { title: 'a forced dry-run takes over', ...applying(path, deployment(), '&force=true&dryRun=All') },
    { title: 'a forced apply takes over', ...applying(path, deployment(), '&force=true') },
    patch(
      'json-patch with a test that holds',
      [
        { op: 'test', path: '/spec/replicas', value: 2 },
        { op: 'replace', path: '/spec/replicas', value: 3 },
      ],
      'json-patch',
    ),
    patch('json-patch with a test that fails', [{ op: 'test', path: '/spec/replicas', value: 99 }], 'json-patch'),
    patch('merge-patch with a stale version', { metadata: { resourceVersion: '1' } }, 'merge-patch'),
    {
      title: 'the selector is immutable',
      ...applying(
        path,
        deployment({
          selector: { matchLabels: { app: 'other' } },
          template: { metadata: { labels: { app: 'other' } }, spec: { containers: [container()] } },
        }),
        '&force=true',
      ),
    },
    {
      title: 'volumes, probes and references get defaults',
      ...applying(apps(ns, 'deployments/full'), {
        ...deployment({
          selector: { matchLabels: { app: 'web' } },
          strategy: { type: 'RollingUpdate', rollingUpdate: { maxSurge: 1 } },
          template: template(
            [
              container({
                ports: [{ containerPort: 80 }, { containerPort: 53, protocol: 'UDP', name: 'dns' }],
                livenessProbe: { httpGet: { path: '/', port: 'http' } },
                env: [
                  { name: 'N', valueFrom: { fieldRef: { fieldPath: 'metadata.name' } } },
                  { name: 'C', valueFrom: { resourceFieldRef: { resource: 'limits.cpu' } } },
                ],
                resources: { limits: { cpu: 0.5, memory: '128Mi' } },
                volumeMounts: [{ name: 'c', mountPath: '/c' }],
              }),
            ],
            {
              volumes: [
                { name: 'c', configMap: { name: 'c' } },
                { name: 's', secret: { secretName: 's', defaultMode: 256 } },
                { name: 'e', emptyDir: {} },
                { name: 'h', hostPath: { path: '/tmp' } },
                { name: 'p', projected: { sources: [{ serviceAccountToken: { path: 't' } }] } },
              ],
              serviceAccountName: 'runner',
            },
          ),
        }),
        metadata: { name: 'full' },
      }),
    },
    {
      title: 'create by POST owns the defaults too',
      method: 'POST',
      path: `${apps(ns, 'deployments')}?fieldManager=creator`,
      body: { ...deployment(), metadata: { name: 'posted' } },
    },
    {
      title: 'a status patch owns status only',
      method: 'PATCH',
      path: `${apps(ns, 'deployments/posted/status')}?fieldManager=controller`,
      body: { status: { replicas: 1, observedGeneration: 1 }, spec: { replicas: 9 } },
      type: 'application/merge-patch+json',
    },
  ];
}

/** What runs pods otherwise. */
export function workloads(ns: string): readonly DifferentialStep[] {
  const batch = `/apis/batch/v1/namespaces/${ns}`;
  const selector = { matchLabels: { app: 'web' } };
  return [
    {
      title: 'a stateful set',
      ...applying(apps(ns, 'statefulsets/db'), {
        apiVersion: 'apps/v1',
        kind: 'StatefulSet',
        metadata: { name: 'db' },
        spec: {
          serviceName: 'db',
          selector,
          template: template([container()]),
          volumeClaimTemplates: [
            {
              metadata: { name: 'data' },
              spec: { accessModes: ['ReadWriteOnce'], resources: { requests: { storage: '1Gi' } } },
            },
          ],
        },
      }),
    },
    {
      title: 'its service name is immutable',
      ...applying(apps(ns, 'statefulsets/db'), {
        apiVersion: 'apps/v1',
        kind: 'StatefulSet',
        metadata: { name: 'db' },
        spec: { serviceName: 'other', selector, template: template([container()]) },
      }),
    },
    {
      title: 'a daemon set',
      ...applying(apps(ns, 'daemonsets/agent'), {
        apiVersion: 'apps/v1',
        kind: 'DaemonSet',
        metadata: { name: 'agent' },
        spec: { selector, template: template([container()], { tolerations: [{ operator: 'Exists' }] }) },
      }),
    },
    {
      title: 'a cron job',
      ...applying(`${batch}/cronjobs/nightly`, {
        apiVersion: 'batch/v1',
        kind: 'CronJob',
        metadata: { name: 'nightly' },
        spec: {
          schedule: '0 1 * * *',
          jobTemplate: { spec: { template: { spec: { restartPolicy: 'Never', containers: [container()] } } } },
        },
      }),
    },
    {
      title: 'a bad schedule',
      ...applying(`${batch}/cronjobs/broken`, {
        apiVersion: 'batch/v1',
        kind: 'CronJob',
        metadata: { name: 'broken' },
        spec: {
          schedule: 'often',
          jobTemplate: { spec: { template: { spec: { restartPolicy: 'Never', containers: [container()] } } } },
        },
      }),
    },
    {
      title: 'a job',
      ...applying(`${batch}/jobs/once`, {
        apiVersion: 'batch/v1',
        kind: 'Job',
        metadata: { name: 'once' },
        spec: { template: { spec: { restartPolicy: 'Never', containers: [container()] } } },
      }),
    },
    {
      title: 'its template is immutable',
      ...applying(`${batch}/jobs/once`, {
        apiVersion: 'batch/v1',
        kind: 'Job',
        metadata: { name: 'once' },
        spec: { template: { spec: { restartPolicy: 'Never', containers: [container({ image: 'nginx:2' })] } } },
      }),
    },
    {
      title: 'a replica set',
      ...applying(apps(ns, 'replicasets/rs'), {
        apiVersion: 'apps/v1',
        kind: 'ReplicaSet',
        metadata: { name: 'rs' },
        spec: { selector, template: template([container()]) },
      }),
    },
  ];
}
