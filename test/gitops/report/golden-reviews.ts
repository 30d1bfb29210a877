import type { Change } from '../../../src/model/change.ts';
import type { Finding } from '../../../src/model/finding.ts';
import type { Review } from '../../../src/model/review.ts';
import { hostileTexts } from '../../support/hostile-text.ts';
import { blockerOf, fieldOf, objectOf, reviewOn, targetOn, updateOf } from './review-of.ts';

const [staging, eu, us] = [targetOn('stg-eu', 'apps/checkout', 'staging'), targetOn('prod-eu'), targetOn('prod-us')];
const orders = targetOn('prod-eu', 'apps/orders');
const deployment = objectOf('Deployment', 'checkout', 'apps');
const containers = ['spec', 'template', 'spec', 'containers', { name: 'checkout' }] as const;
const image = fieldOf([...containers, 'image'], 'registry/shop/checkout:2.9.4', 'registry/shop/checkout:3.0.0');

const cautionOf = (rule: string, finding: Partial<Finding>): Finding => ({
  ...blockerOf(eu, deployment, ''),
  rule,
  severity: 'caution',
  ...finding,
});

/** A sidecar's port and one replica more, on one cluster. */
export const small: Review = reviewOn([eu], {
  changes: [
    updateOf(
      eu,
      deployment,
      fieldOf(['spec', 'replicas'], 2, 3),
      fieldOf([...containers, 'ports', { containerPort: 9090, protocol: 'TCP' }], null, { containerPort: 9090 }),
    ),
  ],
});

const settings = (level: string): string =>
  `server:\n  port: 8080\n  log: ${level}\nfeatures:\n  - name: cart\n    enabled: true\n`;
const already: Change = {
  ...updateOf(orders, objectOf('ConfigMap', 'flags'), fieldOf(['data', 'on'], 'false', 'true')),
  part: 'already',
};

/** A volume that goes, a new major version on three clusters, and what changes with it. */
export const blocked: Review = reviewOn([staging, eu, us, orders], {
  verdict: 'blocked',
  changes: [
    ...[staging, eu, us].map((target) => updateOf(target, deployment, image)),
    updateOf(eu, objectOf('ConfigMap', 'checkout'), fieldOf(['data', 'app.yaml'], settings('info'), settings('debug'))),
    updateOf(eu, objectOf('Secret', 'checkout-db'), fieldOf(['data', 'password'], '(hidden)', '(hidden, changed)')),
    ...['api', 'web', 'jobs', 'mail'].map((name) =>
      updateOf(
        us,
        objectOf('Service', name),
        fieldOf(['metadata', 'labels', 'helm.sh/chart'], 'shop-1.4.0', 'shop-1.5.0'),
      ),
    ),
    {
      ...updateOf(orders, objectOf('PersistentVolumeClaim', 'orders-db')),
      action: 'delete',
      takes: ['the volume pv-17 and its 80Gi (reclaim policy Delete)'],
    },
    {
      ...updateOf(
        orders,
        objectOf('Job', 'migrate', 'batch'),
        fieldOf(['spec', 'template', 'spec', 'image'], 'm:1', 'm:2'),
      ),
      action: 'recreate',
      takes: ['1 Pod'],
    },
    {
      ...updateOf(orders, objectOf('Service', 'orders')),
      action: 'adopt',
      adopts: { owner: 'Helm release shop/orders', fields: 4 },
    },
    {
      ...updateOf(orders, objectOf('Deployment', 'orders', 'apps'), fieldOf(['spec', 'replicas'], 3, 4)),
      stays: [{ path: ['spec', 'paused'], owners: ['kubectl-client-side-apply'] }],
    },
    already,
  ],
  findings: [
    {
      ...blockerOf(
        orders,
        objectOf('PersistentVolumeClaim', 'orders-db'),
        'the claim is deleted, and its volume with it',
      ),
      file: 'apps/orders/prod/kustomization.yaml',
      fix: 'Keep it in Git, or accept with `/fairlead allow data-loss`.',
    },
    ...[staging, eu, us].map(({ id }) =>
      cautionOf('image-major', { target: id, message: 'registry/shop/checkout goes from 2.9.4 to 3.0.0' }),
    ),
    {
      ...cautionOf('large-change', { target: null, resource: null, file: null, line: null }),
      severity: 'note',
      message: '13 resources change',
    },
  ],
  coverage: { applications: 4, rendered: 4, unownedFiles: ['scripts/old.yaml'] },
  helm: ['helm4'],
});

const numbers = (length: number): readonly number[] => Array.from({ length }, (_, index) => index);
const hugeTarget = (index: number) => targetOn(`prod-${index % 4}`, `apps/team-${index % 12}`);

/** Hundreds of objects with texts of their own. */
export const huge: Review = reviewOn(
  numbers(12).map((index) => hugeTarget(index)),
  {
    verdict: 'blocked',
    changes: numbers(400).map((index) => {
      const lines = (word: string): string =>
        numbers(60)
          .map((line) => `line ${line} of ${index} is ${word}`)
          .join('\n');
      return updateOf(
        hugeTarget(index),
        objectOf('ConfigMap', `settings-${index}`),
        fieldOf(['data', 'motd'], lines('old'), lines('new')),
        fieldOf(['data', 'level'], index, index + 1),
      );
    }),
    findings: numbers(8).map((index) =>
      blockerOf(
        hugeTarget(index),
        objectOf('ConfigMap', `settings-${index}`),
        `settings-${index} is read by nobody any more`,
      ),
    ),
  },
);

const evil = (kind: string): string => (hostileTexts[kind] ?? []).slice(0, 6).join(' ');

/** Names, values and messages of somebody who means harm. */
export const hostile: Review = reviewOn(
  [{ ...targetOn(evil('html'), evil('mentions'), evil('images')), error: evil('actions') }],
  {
    verdict: 'blocked',
    gitOnly: evil('links'),
    clustersRead: [],
    readAt: null,
    changes: Object.keys(hostileTexts)
      .filter((kind) => kind !== 'long')
      .map((kind) => ({
        ...updateOf(
          eu,
          objectOf('ConfigMap', evil(kind)),
          fieldOf(['data', evil(kind)], evil(kind), `${evil(kind)}\nx`),
        ),
        target: targetOn(evil('html'), evil('mentions'), evil('images')).id,
        offline: evil(kind),
        stays: [{ path: [evil(kind)], owners: [evil(kind)] }],
      })),
    findings: Object.keys(hostileTexts).map((kind) => ({
      ...blockerOf(null, objectOf('ConfigMap', evil(kind).slice(0, 80)), evil(kind).slice(0, 400)),
      file: evil(kind).slice(0, 80),
      severity: kind === 'long' ? 'note' : 'block',
      fix: evil(kind).slice(0, 80),
    })),
    coverage: { applications: 1, rendered: 0, unownedFiles: Object.values(hostileTexts).map(([first = '']) => first) },
  },
);

const definition = 'the definition of its kind comes with this pull';

/** Objects the server could not be asked about. */
export const offline: Review = reviewOn([eu, us], {
  verdict: 'incomplete',
  targets: [eu, { ...us, error: 'prod-us did not answer within 10 s: nothing is known of what is live there.' }],
  clustersRead: ['prod-eu'],
  changes: [
    { ...updateOf(eu, objectOf('Widget', 'a', 'example.com'), fieldOf(['spec', 'size'], 1, 2)), offline: definition },
    { ...updateOf(eu, objectOf('Widget', 'b', 'example.com')), action: 'create', offline: definition },
    { ...updateOf(eu, deployment, image), offline: 'the identity for plans may not dry-run `deployments.apps`' },
    updateOf(us, deployment, image),
  ],
  findings: [
    cautionOf('admission-unavailable', {
      resource: objectOf('Widget', 'a', 'example.com'),
      message: 'the webhook widgets.example.com does not support dry-run: what it changes is not known',
    }),
  ],
});
