import type { Files } from './forges.ts';

/** One application with one Deployment, as its case wants it. */
export interface Shape {
  readonly tag: string;
  /** Why its pods crash; null when they do not. */
  readonly fails?: string | null;
  readonly replicas?: number | string;
  /** Pods must be ready for an hour before they count: neither healthy nor failed until then. */
  readonly isSlow?: boolean;
  /** A value in a ConfigMap beside the Deployment, which no pod notices. */
  readonly note?: string;
}

/** The files of an application in an environment. */
export function application(name: string, environment: string, namespace: string, shape: Shape): Files {
  const root = `apps/${name}/overlays/${environment}`;
  const { tag, fails = null, replicas = 1, isSlow = false, note = 'none' } = shape;
  const patch = `patches:
  - target: { kind: Deployment, name: ${name} }
    patch: |
      - op: add
        path: /spec/template/metadata/annotations
        value: { kwok.fail: ${fails} }
`;
  return {
    [`${root}/kustomization.yaml`]: `namespace: ${namespace}
resources: [deployment.yaml, config.yaml]
images:
  - name: registry.example/app
    newTag: ${tag}
${fails === null ? '' : patch}`,
    [`${root}/deployment.yaml`]: `apiVersion: apps/v1
kind: Deployment
metadata:
  name: ${name}
spec:
  replicas: ${replicas}
  progressDeadlineSeconds: ${isSlow ? 7_200 : 8}
  minReadySeconds: ${isSlow ? 3_600 : 0}
  selector:
    matchLabels: { app: ${name} }
  template:
    metadata:
      labels: { app: ${name} }
    spec:
      containers:
        - name: app
          image: registry.example/app
          resources:
            limits: { cpu: 100m, memory: 64Mi }
`,
    [`${root}/config.yaml`]: `apiVersion: v1
kind: ConfigMap
metadata:
  name: ${name}
data:
  note: ${note}
`,
  };
}

/** prod deploys on merge and takes failures back; staging wants an approval and leaves failures to people. */
export const casesSettings = `version: 1
mode: enforce
environments:
  prod:
    clusters: [prod]
    deploy: { on: merge, engine: apply }
    onFailure: { action: revert-pr }
  staging:
    clusters: [staging]
    deploy: { on: merge, engine: apply, approvals: { count: 1 } }
`;
