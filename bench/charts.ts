/** A folder of files: path -> text. */
export type Files = Readonly<Record<string, string>>;

/** Templates of one component: 12 kinds, as charts that `helm create` began look after some years. */
const templatesOfComponent = 12;

/**
 * A chart of so many components, with helpers, ranges, conditions and `toYaml`. Its output depends on the value `release`,
 * which only `values.yaml` holds.
 */
export function chart(components: number, release: string): Files {
  const names = Array.from({ length: components }, (_, index) => `part-${index}`);
  return {
    'Chart.yaml': 'apiVersion: v2\nname: bench\nversion: 1.2.3\nappVersion: 4.5.6\n',
    'values.yaml': valuesYaml(names, release),
    'templates/_helpers.tpl': helpers,
    ...Object.fromEntries(names.flatMap(templatesFor)),
  };
}

/** How many templates a chart of so many components has. */
export function templateCount(components: number): number {
  return components * templatesOfComponent;
}

/** `values.yaml` alone, for another release. */
export function chartValues(components: number, release: string): string {
  return valuesYaml(
    Array.from({ length: components }, (_, index) => `part-${index}`),
    release,
  );
}

function templatesFor(name: string): readonly (readonly [string, string])[] {
  return Object.entries(templates).map(([kind, text]) => [
    `templates/${name}/${kind}.yaml`,
    text.replaceAll('PART', name),
  ]);
}

function valuesYaml(names: readonly string[], release: string): string {
  const part = (name: string): string => `  ${name}:
    image: { repository: registry.example.com/${name}, tag: "1.2.3" }
    replicas: 3
    port: 8080
    autoscaling: { enabled: true, min: 2, max: 8 }
    env: { LOG_LEVEL: info, REGION: eu-west-1, POOL_SIZE: "16", CACHE_TTL: "60" }
    hosts: [${name}.example.com, www.${name}.example.com]
    resources:
      requests: { cpu: 100m, memory: 128Mi }
      limits: { memory: 256Mi }
`;
  return `release: "${release}"\nparts:\n${names.map(part).join('')}`;
}

const helpers = `{{- define "bench.name" -}}
{{- printf "%s-%s" .root.Release.Name .part | trunc 63 | trimSuffix "-" -}}
{{- end -}}
{{- define "bench.selector" -}}
app.kubernetes.io/name: {{ .part }}
app.kubernetes.io/instance: {{ .root.Release.Name }}
{{- end -}}
{{- define "bench.labels" -}}
helm.sh/chart: {{ printf "%s-%s" .root.Chart.Name .root.Chart.Version | replace "+" "_" }}
{{ include "bench.selector" . }}
app.kubernetes.io/version: {{ .root.Chart.AppVersion | quote }}
app.kubernetes.io/managed-by: {{ .root.Release.Service }}
{{- end -}}
`;

const start = `{{- $ctx := dict "root" . "part" "PART" -}}
{{- $own := index .Values.parts "PART" -}}
`;

const metadata = `metadata:
  name: {{ include "bench.name" $ctx }}
  labels: {{- include "bench.labels" $ctx | nindent 4 }}
`;

function template(apiVersion: string, kind: string, rest: string): string {
  return `${start}apiVersion: ${apiVersion}\nkind: ${kind}\n${metadata}${rest}`;
}

const podTemplate = `template:
  metadata:
    annotations: { checksum/config: {{ toJson $own.env | sha256sum }} }
    labels: {{- include "bench.selector" $ctx | nindent 6 }}
  spec:
    serviceAccountName: {{ include "bench.name" $ctx }}
    containers:
      - name: app
        image: "{{ $own.image.repository }}:{{ $own.image.tag }}"
        ports: [{ name: http, containerPort: {{ $own.port }}, protocol: TCP }]
        env:
        {{- range $key, $value := $own.env }}
          - name: {{ $key }}
            value: {{ tpl $value $ctx.root | quote }}
        {{- end }}
        readinessProbe: { httpGet: { path: /healthz, port: http } }
        resources: {{- toYaml $own.resources | nindent 10 }}
`;

const templates: Readonly<Record<string, string>> = {
  configmap: template(
    'v1',
    'ConfigMap',
    'data:\n  release: {{ .Values.release | quote }}\n  {{- toYaml $own.env | nindent 2 }}\n',
  ),
  cronjob: template(
    'batch/v1',
    'CronJob',
    `spec:
  schedule: "17 3 * * *"
  jobTemplate:
    spec:
      template:
        spec:
          restartPolicy: Never
          containers: [{ name: tidy, image: "{{ $own.image.repository }}:{{ $own.image.tag }}", args: [tidy] }]
`,
  ),
  deployment: template(
    'apps/v1',
    'Deployment',
    `spec:
  {{- if not $own.autoscaling.enabled }}
  replicas: {{ $own.replicas }}
  {{- end }}
  selector:
    matchLabels: {{- include "bench.selector" $ctx | nindent 6 }}
  ${podTemplate.trimEnd().replaceAll('\n', '\n  ').replaceAll('nindent 6', 'nindent 8').replaceAll('nindent 10', 'nindent 12')}
`,
  ),
  hpa: template(
    'autoscaling/v2',
    'HorizontalPodAutoscaler',
    `spec:
  scaleTargetRef: { apiVersion: apps/v1, kind: Deployment, name: {{ include "bench.name" $ctx }} }
  minReplicas: {{ $own.autoscaling.min }}
  maxReplicas: {{ $own.autoscaling.max }}
  metrics: [{ type: Resource, resource: { name: cpu, target: { type: Utilization, averageUtilization: 70 } } }]
`,
  ),
  ingress: template(
    'networking.k8s.io/v1',
    'Ingress',
    `spec:
  rules:
  {{- range $own.hosts }}
    - host: {{ . | quote }}
      http:
        paths:
          - path: /
            pathType: Prefix
            backend: { service: { name: {{ include "bench.name" $ctx }}, port: { name: http } } }
  {{- end }}
`,
  ),
  networkpolicy: template(
    'networking.k8s.io/v1',
    'NetworkPolicy',
    `spec:
  podSelector:
    matchLabels: {{- include "bench.selector" $ctx | nindent 6 }}
  ingress: [{ ports: [{ port: {{ $own.port }} }] }]
`,
  ),
  pdb: template(
    'policy/v1',
    'PodDisruptionBudget',
    'spec:\n  minAvailable: 1\n  selector:\n    matchLabels: {{- include "bench.selector" $ctx | nindent 6 }}\n',
  ),
  role: template(
    'rbac.authorization.k8s.io/v1',
    'Role',
    'rules:\n  - apiGroups: [""]\n    resources: [configmaps]\n    verbs: [get, list, watch]\n',
  ),
  rolebinding: template(
    'rbac.authorization.k8s.io/v1',
    'RoleBinding',
    `roleRef: { apiGroup: rbac.authorization.k8s.io, kind: Role, name: {{ include "bench.name" $ctx }} }
subjects: [{ kind: ServiceAccount, name: {{ include "bench.name" $ctx }}, namespace: {{ .Release.Namespace }} }]
`,
  ),
  secret: template(
    'v1',
    'Secret',
    'type: Opaque\ndata:\n  token: {{ printf "token-%s" .Values.release | b64enc | quote }}\n',
  ),
  service: template(
    'v1',
    'Service',
    `spec:
  selector: {{- include "bench.selector" $ctx | nindent 4 }}
  ports: [{ name: http, port: 80, targetPort: http, protocol: TCP }]
`,
  ),
  serviceaccount: template('v1', 'ServiceAccount', 'automountServiceAccountToken: false\n'),
};
