import type { Files } from './forges.ts';

/** What the repository of the story is made of. */
export interface RepositorySpec {
  readonly engine: string;
  /** Namespaces of the two environments. */
  readonly namespaces: { readonly staging: string; readonly prod: string };
  readonly onDrift?: 'report' | 'heal' | 'adopt-pr';
  readonly mode?: 'enforce' | 'observe';
}

/** The settings of the story: staging needs an approval, prod follows staging. */
export function settings({ engine, onDrift = 'report', mode = 'enforce' }: RepositorySpec): string {
  return `version: 1
mode: ${mode}
environments:
  staging:
    clusters: [staging]
    deploy:
      on: merge
      engine: ${engine}
      approvals: { count: 1 }
  prod:
    clusters: [prod]
    deploy:
      on: merge
      engine: ${engine}
      after: { environment: staging, healthyFor: 0 }
    onFailure: { action: revert-pr }
    onDrift: { action: ${onDrift} }
`;
}

/** A kustomization with a base and an overlay for each environment. */
export function repositoryFiles(spec: RepositorySpec): Files {
  return {
    '.fairlead.yaml': settings(spec),
    'apps/checkout/base/kustomization.yaml': 'resources: [deployment.yaml, config.yaml]\n',
    'apps/checkout/base/deployment.yaml': deployment,
    'apps/checkout/base/config.yaml': `apiVersion: v1
kind: ConfigMap
metadata:
  name: checkout
data:
  features: none
`,
    ...overlay('staging', spec.namespaces.staging, '1.0.0'),
    ...overlay('prod', spec.namespaces.prod, '1.0.0'),
  };
}

const deployment = `apiVersion: apps/v1
kind: Deployment
metadata:
  name: checkout
spec:
  replicas: 2
  progressDeadlineSeconds: 8
  selector:
    matchLabels: { app: checkout }
  template:
    metadata:
      labels: { app: checkout }
    spec:
      containers:
        - name: checkout
          image: registry.example/checkout
          resources:
            limits: { cpu: 100m, memory: 64Mi }
`;

/** An overlay that says which image its environment runs; \`fails\` makes its pods crash. */
export function overlay(environment: string, namespace: string, tag: string, fails: string | null = null): Files {
  const patch = `patches:
  - target: { kind: Deployment, name: checkout }
    patch: |
      - op: add
        path: /spec/template/metadata/annotations
        value: { kwok.fail: ${fails} }
`;
  return {
    [`apps/checkout/overlays/${environment}/kustomization.yaml`]: `namespace: ${namespace}
resources: [../../base]
images:
  - name: registry.example/checkout
    newTag: ${tag}
${fails === null ? '' : patch}`,
  };
}
