import type { Change, PathChange } from '../../../../src/model/change.ts';
import type { Finding } from '../../../../src/model/finding.ts';
import type { ResourceId } from '../../../../src/model/resource.ts';
import type { Review } from '../../../../src/model/review.ts';
import { type Target, targetId } from '../../../../src/model/target.ts';

/** A target of a sample. */
export function target(application: string, environment: string, cluster: string, error: string | null = null): Target {
  const parts = { application, environment, cluster };
  return { ...parts, id: targetId(parts), digest: null, error };
}

/** The id of an object of a sample. */
export function resource(kind: string, name: string, group = 'apps'): ResourceId {
  return { group, version: 'v1', kind, namespace: 'shop', name };
}

/** A change of one part of a sample. */
export function change(target: Target, resource: ResourceId, more: Partial<Change>): Change {
  return { target: target.id, part: 'pull', resource, action: 'update', paths: [], ...more };
}

/** A path that Git changes. */
export function path(path: PathChange['path'], before: PathChange['before'], after: PathChange['after']): PathChange {
  return { path, before, after, cause: 'git' };
}

/** A finding of a sample. */
export function finding(rule: string, severity: Finding['severity'], more: Partial<Finding>): Finding {
  return {
    ...{
      rule,
      severity,
      target: null,
      resource: null,
      file: null,
      line: null,
      message: `What ${rule} says`,
      fix: null,
    },
    ...more,
  };
}

const stage = target('checkout', 'staging', 'stg-eu');
const shop = target('checkout', 'prod', 'prod-eu');
const orders = target('orders', 'prod', 'prod-eu');
const far = target('checkout', 'prod', 'prod-us', 'cluster prod-us does not answer: connect ETIMEDOUT');

const web = resource('Deployment', 'checkout');
const settings = resource('ConfigMap', 'checkout-settings', '');
const claim = resource('PersistentVolumeClaim', 'orders-db', '');
const inPod = ['spec', 'template', 'spec', 'containers', { name: 'checkout' }] as const;
const text = (port: number): string =>
  `server:\n  port: ${port}\n  host: 0.0.0.0\nlog:\n  level: info\n${Array.from({ length: 12 }, (_, line) => `  option${line}: on\n`).join('')}`;

const changes: readonly Change[] = [
  ...[stage, shop].map((one) =>
    change(one, web, {
      paths: [
        path(['spec', 'replicas'], 6, 0),
        path(
          [...inPod, 'image'],
          'registry.example.org/shop/checkout:2.9.4',
          'registry.example.org/shop/checkout:3.0.0',
        ),
        path([...inPod, 'env', { name: 'FEATURE_X' }], null, { name: 'FEATURE_X', value: 'on' }),
        path(['metadata', 'annotations', 'example.org/team'], 'web', null),
        { path: ['spec', 'strategy', 'type'], before: 'Recreate', after: 'RollingUpdate', cause: 'admission' },
        { path: ['spec', 'paused'], before: true, after: false, cause: 'takeover' },
      ],
    }),
  ),
  change(shop, settings, { paths: [path(['data', 'app.yaml'], text(8080), text(9090))] }),
  change(shop, resource('PodDisruptionBudget', 'checkout', 'policy'), { action: 'create' }),
  change(shop, resource('Job', 'migrate', 'batch'), {
    action: 'recreate',
    paths: [path(['spec', 'completions'], 1, 2)],
    takes: ['1 Pod', 'its logs'],
  }),
  change(orders, claim, { action: 'delete', takes: ['the volume pv-17 (80Gi, reclaim policy Delete)'] }),
  change(orders, resource('Service', 'orders', ''), {
    action: 'adopt',
    adopts: { owner: 'Helm release shop/orders', fields: 4 },
    paths: [path(['spec', 'ports', { port: 80, protocol: 'TCP' }, 'targetPort'], 8080, 'http')],
  }),
  change(orders, resource('StatefulSet', 'orders'), {
    offline: 'the webhook mutate.example.org has no dry-run',
    stays: [{ path: ['spec', 'template', 'metadata', 'labels', 'old'], owners: ['kubectl-client-side-apply', 'helm'] }],
    paths: [path(['spec', 'template', 'metadata', 'labels', 'new'], null, 'yes')],
  }),
  change(orders, web, { part: 'already', paths: [path(['spec', 'replicas'], 5, 3)] }),
];

/** A review that holds one of everything a review can say. */
export const sample: Review = {
  verdict: 'blocked',
  base: '51ab7d0'.padEnd(40, '0'),
  head: '9f3c2e1'.padEnd(40, '0'),
  targets: [stage, shop, orders, far],
  changes,
  findings: [
    finding('data-loss', 'block', {
      ...{ target: orders.id, resource: claim, file: 'apps/orders/prod/kustomization.yaml', line: 12 },
      message: 'PersistentVolumeClaim shop/orders-db: its volume pv-17 (80Gi) is deleted with it',
      fix: 'Keep it with the annotation `fairlead.dev/prune: never`.',
    }),
    finding('replicas-to-zero', 'caution', { target: shop.id, resource: web, file: 'values-prod.yaml', line: 31 }),
    finding('rbac-widened', 'caution', {
      target: shop.id,
      message: 'ClusterRole checkout-reader gains `secrets: [get, list]`',
    }),
    finding('values-unread', 'note', { file: 'values.yaml', line: 3, message: 'No template reads `imagee.tag`' }),
  ],
  coverage: {
    ...{ applications: 4, rendered: 3, unownedFiles: ['docs/a.md', 'tools/b.sh'] },
    usedBy: [{ repository: 'acme/shop', applications: 1 }],
  },
  inputs: [],
  clustersRead: ['prod-eu', 'stg-eu'],
  gitOnly: null,
  helm: ['helm4'],
  readAt: '2026-11-22T14:02:11.000Z',
};

/** A review of so many changed objects in 40 applications of four places. */
export function hugeReview(objects: number): Review {
  const targets = Array.from({ length: 40 }, (_, index) => target(`app-${index % 10}`, 'prod', `prod-${index % 4}`));
  const byId = new Map(targets.map((one) => [one.id, one]));
  const all = [...byId.values()];
  const many = Array.from({ length: objects }, (_, index): Change => {
    const where = all[index % all.length] ?? shop;
    const paths = [
      path([...inPod, 'image'], `registry.example.org/app:${index}`, `registry.example.org/app:${index + 1}`),
      path(['metadata', 'labels', 'app.kubernetes.io/version'], `1.${index}`, `1.${index + 1}`),
      path(['spec', 'replicas'], index % 7, (index % 7) + 1),
      path(['metadata', 'annotations', 'checksum/config'], `a${index}`, `b${index}`),
    ];
    if (index % 20 === 0)
      return change(where, resource('ConfigMap', `settings-${index}`, ''), {
        paths: [path(['data', 'app.yaml'], text(index), text(index + 1))],
      });
    if (index % 9 === 0)
      return change(where, resource('Deployment', `web-${index}`), { action: index % 2 === 0 ? 'create' : 'delete' });
    return change(where, resource('Deployment', `web-${index}`), { paths });
  });
  const found = Array.from({ length: objects / 10 }, (_, index) => {
    const about = many[index * 10];
    return finding('image-major', index % 50 === 0 ? 'block' : index % 3 === 0 ? 'caution' : 'note', {
      ...{
        target: about?.target ?? null,
        resource: about?.resource ?? null,
        file: `apps/${index}.yaml`,
        line: index + 1,
      },
    });
  });
  return {
    ...sample,
    targets: all,
    changes: many,
    findings: found,
    clustersRead: ['prod-0', 'prod-1', 'prod-2', 'prod-3'],
  };
}
