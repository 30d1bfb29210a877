import { memoryTree } from '../../support/memory-tree.ts';

/** A manifest of a kind. */
export function manifest(kind: string, name = 'web'): string {
  return `apiVersion: v1\nkind: ${kind}\nmetadata:\n  name: ${name}\n`;
}

/** A kustomization of the given resources. */
export function kustomization(...resources: readonly string[]): string {
  return `resources:\n${resources.map((resource) => `  - ${resource}\n`).join('')}`;
}

const chart = 'apiVersion: v2\nname: web\nversion: 1.0.0\n';

/** The usual layout of kustomize: a base, a component and three overlays. */
export const overlays = memoryTree({
  'README.md': '# apps',
  'apps/web/base/kustomization.yaml': kustomization('deployment.yaml', 'service.yaml'),
  'apps/web/base/deployment.yaml': manifest('Deployment'),
  'apps/web/base/service.yaml': manifest('Service'),
  'apps/web/base/leftover.yaml': manifest('ConfigMap'),
  'apps/web/components/debug/kustomization.yaml': 'kind: Component\nresources: [role.yaml]\n',
  'apps/web/components/debug/role.yaml': manifest('Role'),
  'apps/web/components/unused/kustomization.yaml': 'kind: Component\n',
  'apps/web/overlays/dev/kustomization.yaml': `${kustomization('../../base')}components: [../../components/debug]\n`,
  'apps/web/overlays/staging/kustomization.yaml': kustomization('../../base'),
  'apps/web/overlays/prod/kustomization.yaml': `${kustomization('../../base')}patches: [{path: replicas.yaml}]\n`,
  'apps/web/overlays/prod/replicas.yaml': manifest('Deployment'),
});

/** A repository of Flux: clusters that name folders of apps, each with a base. */
export const flux = memoryTree({
  'clusters/production/apps.yaml':
    'apiVersion: kustomize.toolkit.fluxcd.io/v1\nkind: Kustomization\nmetadata: {name: apps}\n',
  'clusters/production/flux-system/kustomization.yaml': kustomization('gotk-components.yaml', 'gotk-sync.yaml'),
  'clusters/production/flux-system/gotk-components.yaml': manifest('Namespace'),
  'clusters/production/flux-system/gotk-sync.yaml': manifest('Namespace'),
  'clusters/staging/apps.yaml':
    'apiVersion: kustomize.toolkit.fluxcd.io/v1\nkind: Kustomization\nmetadata: {name: apps}\n',
  'apps/base/podinfo/kustomization.yaml': kustomization('release.yaml'),
  'apps/base/podinfo/release.yaml': manifest('HelmRelease'),
  'apps/production/kustomization.yaml': kustomization('../base/podinfo'),
  'apps/staging/kustomization.yaml': kustomization('../base/podinfo'),
});

/** A repository of Argo CD: applications as plain manifests, and what they deploy. */
export const argo = memoryTree({
  'argocd/apps/web.yaml': 'apiVersion: argoproj.io/v1alpha1\nkind: Application\nmetadata: {name: web}\n',
  'argocd/apps/db.yaml': 'apiVersion: argoproj.io/v1alpha1\nkind: Application\nmetadata: {name: db}\n',
  'argocd/projects/team.yaml': 'apiVersion: argoproj.io/v1alpha1\nkind: AppProject\nmetadata: {name: team}\n',
  'manifests/web/deployment.yaml': manifest('Deployment'),
  'manifests/web/rbac/role.yaml': manifest('Role'),
  'manifests/db/statefulset.json': '{"apiVersion":"apps/v1","kind":"StatefulSet","metadata":{"name":"db"}}',
  'manifests/db/package.json': '{"name":"db","kind":"tool"}',
});

/** Charts: with values per environment, alone, a library, vendored and local dependencies. */
export const charts = memoryTree({
  'charts/web/Chart.yaml': `${chart}dependencies:\n  - {name: common, version: 1.x, repository: "file://../common"}\n`,
  'charts/web/values.yaml': 'a: 1\n',
  'charts/web/values-common.yaml': 'a: 2\n',
  'charts/web/values-prod.yaml': 'a: 3\n',
  'charts/web/values.staging.yaml': 'a: 4\n',
  'charts/web/values-example.yaml': 'a: 5\n',
  'charts/web/ci/test-values.yaml': 'a: 6\n',
  'charts/web/README.md': '# web',
  'charts/web/templates/deployment.yaml': manifest('Deployment'),
  'charts/web/charts/redis/Chart.yaml': chart,
  'charts/web/charts/redis/templates/service.yaml': manifest('Service'),
  'charts/common/Chart.yaml': `${chart}type: library\n`,
  'charts/common/templates/_helpers.tpl': '',
  'charts/tool/Chart.yaml': chart,
  'charts/tool/values.yaml': '',
  'charts/tool/crds/crd.yaml': manifest('CustomResourceDefinition'),
});
