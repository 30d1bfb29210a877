import type { Files } from './charts.ts';

/** The repository of the bench, as its objects call it. */
export const declaredUrl = 'https://git.example.com/acme/fleet.git';

/**
 * A repository of so many applications of Argo CD: half of them a chart that all share, each with values of its own by `$values/…`, and
 * half overlays that an ApplicationSet finds.
 */
export function declaredFiles(applications: number, image: string): Files {
  const half = Math.ceil(applications / 2);
  const files: Record<string, string> = { ...chartFiles(image), 'sets/overlays.yaml': applicationSet };
  for (let index = 0; index < half; index++) {
    files[`values/app-${index}/prod.yaml`] = `replicas: ${(index % 5) + 1}\n`;
    files[`apps/app-${index}.yaml`] = application(index);
  }
  for (let index = half; index < applications; index++) {
    files[`overlays/app-${index}/base/kustomization.yaml`] = 'resources: [deployment.yaml]\n';
    files[`overlays/app-${index}/base/deployment.yaml`] = deployment(`app-${index}`, image, '1');
    files[`overlays/app-${index}/prod/kustomization.yaml`] = 'resources: [../base]\nnameSuffix: -prod\n';
  }
  return files;
}

/** The values file of one application. */
export const oneValuesFile = 'values/app-0/prod.yaml';

function chartFiles(image: string): Files {
  return {
    'charts/web/Chart.yaml': 'apiVersion: v2\nname: web\nversion: 1.0.0\n',
    'charts/web/values.yaml': `replicas: 1\nimage: ${image}\n`,
    'charts/web/templates/deployment.yaml': deployment(
      '{{ .Release.Name }}',
      '{{ .Values.image }}',
      '{{ .Values.replicas }}',
    ),
    'charts/web/templates/service.yaml':
      'apiVersion: v1\nkind: Service\nmetadata: {name: "{{ .Release.Name }}"}\nspec: {selector: {app: web}, ports: [{port: 80}]}\n',
  };
}

function deployment(name: string, image: string, replicas: string): string {
  return `apiVersion: apps/v1
kind: Deployment
metadata: {name: "${name}"}
spec:
  replicas: ${replicas}
  selector: {matchLabels: {app: web}}
  template:
    metadata: {labels: {app: web}}
    spec: {containers: [{name: web, image: "${image}"}]}
`;
}

function application(index: number): string {
  return `apiVersion: argoproj.io/v1alpha1
kind: Application
metadata: {name: app-${index}, namespace: argocd}
spec:
  project: default
  destination: {server: "https://kubernetes.default.svc", namespace: ns-${index}}
  sources:
    - {repoURL: "${declaredUrl}", targetRevision: HEAD, path: charts/web, helm: {valueFiles: [$values/values/app-${index}/prod.yaml]}}
    - {repoURL: "${declaredUrl}", targetRevision: HEAD, ref: values}
`;
}

const applicationSet = `apiVersion: argoproj.io/v1alpha1
kind: ApplicationSet
metadata: {name: overlays, namespace: argocd}
spec:
  goTemplate: true
  generators: [git: {repoURL: "${declaredUrl}", revision: HEAD, directories: [{path: overlays/*/prod}]}]
  template:
    metadata: {name: "{{ index .path.segments 1 }}"}
    spec:
      project: default
      source: {repoURL: "${declaredUrl}", targetRevision: HEAD, path: "{{.path.path}}"}
      destination: {server: "https://kubernetes.default.svc", namespace: shop}
`;
