import type { JsonObject } from '../../../src/model/json.ts';

/** A pod template with most of what a template can hold. */
export function podTemplate(app: string): JsonObject {
  const probe = { httpGet: { path: '/healthz', port: 'http' }, periodSeconds: 5 };
  const valueFrom = { configMapKeyRef: { name: 'settings', key: 'colour' } };
  return {
    metadata: { labels: { app }, annotations: { 'example.com/scrape': 'true' }, creationTimestamp: null },
    spec: {
      serviceAccountName: 'runner',
      initContainers: [{ name: 'migrate', image: 'shop/migrate:1', command: ['sh', '-c', 'true'] }],
      containers: [
        {
          name: app,
          image: `shop/${app}:1.0.0`,
          args: ['--port', '8080'],
          env: [
            { name: 'COLOUR', valueFrom },
            { name: 'LEVEL', value: 'info' },
            { name: 'NODE', valueFrom: { fieldRef: { fieldPath: 'spec.nodeName' } } },
          ],
          ports: [
            { name: 'http', containerPort: 8080 },
            { name: 'dns', containerPort: 53, protocol: 'UDP' },
          ],
          resources: { requests: { cpu: '1000m', memory: '1024Mi' }, limits: { memory: '2Gi' } },
          readinessProbe: probe,
          livenessProbe: { ...probe, initialDelaySeconds: 10 },
          volumeMounts: [
            { name: 'settings', mountPath: '/etc/settings' },
            { name: 'tmp', mountPath: '/tmp' },
          ],
          securityContext: { runAsNonRoot: true, capabilities: { drop: ['ALL'] } },
        },
      ],
      volumes: [
        { name: 'settings', configMap: { name: 'settings', defaultMode: 420 } },
        { name: 'tmp', emptyDir: {} },
      ],
      tolerations: [{ key: 'dedicated', operator: 'Exists', effect: 'NoSchedule' }],
    },
  };
}
