import type { JsonObject } from '../src/model/json.ts';
import { pickText } from '../src/model/json.ts';
import type { Resource } from '../src/model/resource.ts';

/** ConfigMaps, Deployments and Services of the size people write, mixed 4:3:3, all with names of their own. */
export function manyObjects(count: number, namespace: string, version = '1.0.0'): readonly JsonObject[] {
  return Array.from({ length: count }, (_, index) => {
    const metadata = { name: `app-${index}`, namespace, labels: { 'app.kubernetes.io/name': `app-${index}` } };
    const part = index % 10;
    if (part < 4) return configMap(metadata, version);
    return part < 7 ? deployment(metadata, version) : service(metadata, version);
  });
}

/** Every `step`th object as a later version has it, the others as they are. */
export function withChanges(objects: readonly JsonObject[], later: readonly JsonObject[], step: number) {
  return objects.map((object, index) => (index % step === 0 ? (later[index] ?? object) : object));
}

/** A resource as rendering gives it. */
export function resourceOf(object: JsonObject): Resource {
  const [version = '', group = ''] = (pickText(object, 'apiVersion') ?? '').split('/').toReversed();
  const [name, namespace] = [pickText(object, 'metadata', 'name') ?? '', pickText(object, 'metadata', 'namespace')];
  return {
    id: { group, version, kind: pickText(object, 'kind') ?? '', namespace: namespace ?? null, name },
    object,
    source: { file: 'bench.yaml', line: 1 },
    lines: new Map(),
    random: [],
  };
}

interface Metadata extends JsonObject {
  readonly name: string;
  readonly labels: JsonObject;
}

function configMap(metadata: Metadata, version: string): JsonObject {
  const data = {
    LOG_LEVEL: 'info',
    RELEASE: version,
    UPSTREAM_URL: `http://${metadata.name}.internal.example.com:8080`,
    FEATURES: 'search,checkout,recommendations',
    'app.properties': 'cache.size=512\ncache.ttl=60\nretry.max=5\nretry.backoff=250\n',
  };
  return { apiVersion: 'v1', kind: 'ConfigMap', metadata, data };
}

function deployment(metadata: Metadata, version: string): JsonObject {
  const { name, labels } = metadata;
  const probe = { httpGet: { path: '/healthz', port: 'http' }, periodSeconds: 10, timeoutSeconds: 2 };
  const container = {
    name: 'app',
    image: `registry.example.com/${name}:${version}`,
    ports: [{ name: 'http', containerPort: 8080, protocol: 'TCP' }],
    env: [
      { name: 'LOG_LEVEL', value: 'info' },
      { name: 'POD_IP', valueFrom: { fieldRef: { fieldPath: 'status.podIP' } } },
    ],
    readinessProbe: probe,
    livenessProbe: { ...probe, failureThreshold: 5 },
    resources: { requests: { cpu: '100m', memory: '128Mi' }, limits: { memory: '256Mi' } },
    securityContext: { allowPrivilegeEscalation: false, readOnlyRootFilesystem: true },
    volumeMounts: [{ name: 'config', mountPath: '/etc/app' }],
  };
  const volumes = [{ name: 'config', configMap: { name: `${name}-config` } }];
  const template = { metadata: { labels }, spec: { containers: [container], volumes } };
  const spec = { replicas: 3, selector: { matchLabels: labels }, template };
  return { apiVersion: 'apps/v1', kind: 'Deployment', metadata, spec };
}

/** Headless, since the server has fewer addresses than there are services. */
function service(metadata: Metadata, version: string): JsonObject {
  const ports = [{ name: 'http', port: 80, targetPort: version === '1.0.0' ? 8080 : 8081, protocol: 'TCP' }];
  const spec = { clusterIP: 'None', selector: metadata.labels, ports };
  return { apiVersion: 'v1', kind: 'Service', metadata, spec };
}
