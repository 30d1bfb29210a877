/** Objects, as YAML, whose strict verdict the real API server and our validation must agree on. */
export interface VerdictCase {
  readonly name: string;
  readonly yaml: string;
}

const deployment = (pod: string, spec = ''): string => `
apiVersion: apps/v1
kind: Deployment
metadata: {name: web, labels: {app: web}}
spec:
  selector: {matchLabels: {app: web}}
  ${spec}
  template:
    metadata: {labels: {app: web}}
    spec: ${pod}
`;

const container = (fields: string): string => deployment(`{containers: [{name: web, image: nginx, ${fields}}]}`);
const service = (spec: string, name = 'web'): string => `
apiVersion: v1
kind: Service
metadata: {name: ${name}}
spec: ${spec}
`;
const configMap = (metadata: string, rest = 'data: {a: b}'): string => `
apiVersion: v1
kind: ConfigMap
metadata: ${metadata}
${rest}
`;
const object = (apiVersion: string, kind: string, rest: string, name = 'web'): string => `
apiVersion: ${apiVersion}
kind: ${kind}
metadata: {name: '${name}'}
${rest}
`;
const gadget = (spec: string): string => object('example.com/v1', 'Gadget', `spec: ${spec}`);

const pod = '{containers: [{name: web, image: nginx}]}';

/** What the API server takes. */
export const goodCases: readonly VerdictCase[] = [
  { name: 'a Deployment', yaml: deployment(pod) },
  { name: 'nulls', yaml: deployment('{containers: [{name: web, image: nginx, env: null}], nodeSelector: null}') },
  { name: 'a null creationTimestamp', yaml: configMap('{name: web, creationTimestamp: null}') },
  { name: 'an empty status', yaml: `${deployment(pod)}status: {}\n` },
  { name: 'a null argument', yaml: container('args: [a, null]') },
  {
    name: 'an event with capitals',
    yaml: object('v1', 'Event', 'involvedObject: {namespace: NAMESPACE, kind: Pod, name: a}', 'Web'),
  },
  { name: 'a null label', yaml: configMap('{name: web, labels: {a: null}}') },
  { name: 'an empty enum value', yaml: container("imagePullPolicy: ''") },
  {
    name: 'quantities of all kinds',
    yaml: container('resources: {limits: {cpu: 0.5, memory: 1Gi}, requests: {cpu: 100m, memory: 1e3}}'),
  },
  { name: 'a quantity as a whole number', yaml: container('resources: {limits: {cpu: 2}}') },
  {
    name: 'int-or-string ports',
    yaml: service('{ports: [{port: 80, targetPort: http}, {port: 81, name: b, targetPort: 8080}]}').replace(
      'port: 80,',
      'port: 80, name: a,',
    ),
  },
  {
    name: 'one port for two protocols',
    yaml: service('{ports: [{port: 53, name: a, protocol: UDP}, {port: 53, name: b, protocol: TCP}]}'),
  },
  { name: 'an int32 limit', yaml: deployment(pod, 'replicas: 2147483647') },
  {
    name: 'an int64 limit',
    yaml: deployment(
      '{containers: [{name: web, image: nginx}], activeDeadlineSeconds: null, terminationGracePeriodSeconds: 9223372036854775807}',
    ),
  },
  { name: 'a Secret', yaml: object('v1', 'Secret', 'data: {a: aGVsbG8=}\nstringData: {b: text}') },
  {
    name: 'a Role with a colon',
    yaml: object(
      'rbac.authorization.k8s.io/v1',
      'Role',
      'rules: [{apiGroups: [""], resources: [pods], verbs: [get]}]',
      'system:reader',
    ),
  },
  { name: 'a Role without rules', yaml: object('rbac.authorization.k8s.io/v1', 'Role', 'rules: []') },
  {
    name: 'a NetworkPolicy',
    yaml: object(
      'networking.k8s.io/v1',
      'NetworkPolicy',
      'spec: {podSelector: {}, ingress: [{}], policyTypes: [Ingress]}',
    ),
  },
  {
    name: 'an Ingress',
    yaml: object(
      'networking.k8s.io/v1',
      'Ingress',
      'spec: {rules: [{host: a.example, http: {paths: [{path: /, pathType: Prefix, backend: {service: {name: web, port: {number: 80}}}}]}}]}',
    ),
  },
  {
    name: 'a CronJob',
    yaml: object(
      'batch/v1',
      'CronJob',
      `spec: {schedule: "* * * * *", jobTemplate: {spec: {template: {spec: {restartPolicy: Never, containers: [{name: a, image: b}]}}}}}`,
    ),
  },
  {
    name: 'an autoscaler',
    yaml: object(
      'autoscaling/v2',
      'HorizontalPodAutoscaler',
      'spec: {maxReplicas: 3, scaleTargetRef: {apiVersion: apps/v1, kind: Deployment, name: web}, metrics: [{type: Resource, resource: {name: cpu, target: {type: Utilization, averageUtilization: 50}}}]}',
    ),
  },
  {
    name: 'a budget',
    yaml: object(
      'policy/v1',
      'PodDisruptionBudget',
      'spec: {maxUnavailable: 50%, selector: {matchLabels: {app: web}}}',
    ),
  },
  {
    name: 'a claim',
    yaml: object(
      'v1',
      'PersistentVolumeClaim',
      'spec: {accessModes: [ReadWriteOnce], resources: {requests: {storage: 1Gi}}}',
    ),
  },
  {
    name: 'a StatefulSet',
    yaml: object(
      'apps/v1',
      'StatefulSet',
      `spec: {serviceName: web, selector: {matchLabels: {app: web}}, template: {metadata: {labels: {app: web}}, spec: ${pod}}}`,
    ),
  },
  { name: 'annotations with capitals', yaml: configMap('{name: web, annotations: {Example.com/Key: "1"}}') },
  { name: 'a Service name that begins with a digit', yaml: service('{ports: [{port: 80}]}', '1web') },
  {
    name: 'a gadget',
    yaml: gadget(
      '{size: 3, colour: red, when: "2030-01-31T12:00:00Z", free: {any: [1, {a: b}]}, port: http, amount: 1Gi}',
    ),
  },
  { name: 'a gadget whose required field has a default', yaml: gadget('{size: 3, colour: red}') },
  { name: 'a gadget with a nullable null', yaml: gadget('{size: 3, maybe: null}') },
  { name: 'a gadget with a null where the schema has a default', yaml: gadget('{size: 3, level: null}') },
  { name: 'a gadget with a large number', yaml: gadget('{size: 3, big: 9007199254740993}') },
];

/** What the API server refuses. */
export const badCases: readonly VerdictCase[] = [
  { name: 'an unknown field', yaml: container('imagePullPolciy: Always') },
  { name: 'an unknown field at the root', yaml: configMap('{name: web}', 'dta: {a: b}') },
  { name: 'an unknown field in metadata', yaml: configMap('{name: web, lables: {a: b}}') },
  { name: 'a field in the wrong case', yaml: container('imagepullpolicy: Always') },
  { name: 'a field one level too high', yaml: deployment(pod, 'containers: []') },
  { name: 'text for a number', yaml: deployment(pod, 'replicas: "3"') },
  { name: 'a fraction for a whole number', yaml: deployment(pod, 'replicas: 1.5') },
  { name: 'a number for text', yaml: container('env: [{name: A, value: 1}]') },
  { name: 'a boolean for text', yaml: configMap('{name: web, labels: {a: true}}') },
  { name: 'a number in a ConfigMap', yaml: configMap('{name: web}', 'data: {a: 1}') },
  { name: 'a mapping for a list', yaml: deployment('{containers: {name: web, image: nginx}}') },
  { name: 'a list for a mapping', yaml: configMap('{name: web}', 'data: [a]') },
  { name: 'text for a boolean', yaml: container('tty: "yes"') },
  { name: 'an enum in the wrong case', yaml: container('imagePullPolicy: always') },
  { name: 'a protocol in the wrong case', yaml: service('{ports: [{port: 80, protocol: tcp}]}') },
  { name: 'an unknown Service type', yaml: service('{type: Loadbalancer, ports: [{port: 80}]}') },
  {
    name: 'an unknown restart policy',
    yaml: deployment('{restartPolicy: Sometimes, containers: [{name: web, image: nginx}]}'),
  },
  {
    name: 'an unknown operator in a toleration',
    yaml: deployment('{tolerations: [{key: a, operator: Is}], containers: [{name: web, image: nginx}]}'),
  },
  { name: 'a container without a name', yaml: deployment('{containers: [{image: nginx}]}') },
  {
    name: 'a Deployment without a selector',
    yaml: object('apps/v1', 'Deployment', `spec: {template: {metadata: {labels: {app: web}}, spec: ${pod}}}`),
  },
  { name: 'a pod without containers', yaml: deployment('{volumes: []}') },
  { name: 'a port without a number', yaml: service('{ports: [{name: a}]}') },
  { name: 'a RoleBinding without a role', yaml: object('rbac.authorization.k8s.io/v1', 'RoleBinding', 'subjects: []') },
  {
    name: 'a mount without a path',
    yaml: deployment(
      '{volumes: [{name: a, emptyDir: {}}], containers: [{name: web, image: nginx, volumeMounts: [{name: a}]}]}',
    ),
  },
  {
    name: 'a path without a type',
    yaml: object(
      'networking.k8s.io/v1',
      'Ingress',
      'spec: {rules: [{http: {paths: [{path: /, backend: {service: {name: web, port: {number: 80}}}}]}}]}',
    ),
  },
  { name: 'a broken quantity', yaml: container('resources: {limits: {memory: 1GB}}') },
  { name: 'a number beyond int32', yaml: deployment(pod, 'replicas: 2147483648') },
  { name: 'broken base64', yaml: object('v1', 'Secret', 'data: {a: "not base64!"}') },
  { name: 'a broken time', yaml: configMap('{name: web, creationTimestamp: yesterday}') },
  {
    name: 'two containers of one name',
    yaml: deployment('{containers: [{name: web, image: a}, {name: web, image: b}]}'),
  },
  { name: 'two variables of one name', yaml: container('env: [{name: A, value: a}, {name: A, value: b}]') },
  { name: 'two equal ports', yaml: container('ports: [{containerPort: 80}, {containerPort: 80, protocol: TCP}]') },
  { name: 'two equal Service ports', yaml: service('{ports: [{port: 80, name: a}, {port: 80, name: b}]}') },
  { name: 'two equal finalizers', yaml: configMap('{name: web, finalizers: [example.com/a, example.com/a]}') },
  { name: 'a name with capitals', yaml: configMap('{name: Web}') },
  { name: 'a name with an underscore', yaml: configMap('{name: my_web}') },
  { name: 'a Service name with a dot', yaml: service('{ports: [{port: 80}]}', 'a.b') },
  {
    name: 'a StatefulSet name with a dot',
    yaml: object(
      'apps/v1',
      'StatefulSet',
      `spec: {selector: {matchLabels: {app: web}}, template: {metadata: {labels: {app: web}}, spec: ${pod}}}`,
      'a.b',
    ),
  },
  {
    name: 'a long CronJob name',
    yaml: object(
      'batch/v1',
      'CronJob',
      'spec: {schedule: "* * * * *", jobTemplate: {spec: {template: {spec: {restartPolicy: Never, containers: [{name: a, image: b}]}}}}}',
      'x'.repeat(53),
    ),
  },
  {
    name: 'a lease time without microseconds',
    yaml: object('coordination.k8s.io/v1', 'Lease', 'spec: {renewTime: "2030-01-31T12:00:00Z"}'),
  },
  { name: 'a number that is not base64', yaml: object('v1', 'Secret', 'data: {a: aGVsbG8}') },
  { name: 'an empty time', yaml: configMap("{name: web, creationTimestamp: ''}") },
  { name: 'a label value with a space', yaml: configMap('{name: web, labels: {a: "b c"}}') },
  { name: 'a label key with two slashes', yaml: configMap('{name: web, labels: {a/b/c: d}}') },
  { name: 'an annotation key with a space', yaml: configMap('{name: web, annotations: {"a b": c}}') },
  {
    name: 'a label of the pods that is too long',
    yaml: deployment(pod).replace(
      'metadata: {labels: {app: web}}',
      `metadata: {labels: {app: web, a: ${'x'.repeat(64)}}}`,
    ),
  },
  { name: 'a gadget with an unknown field', yaml: gadget('{size: 3, colr: red}') },
  { name: 'a gadget with a wrong type', yaml: gadget('{size: three}') },
  { name: 'a gadget with a wrong enum', yaml: gadget('{size: 3, colour: pink}') },
  { name: 'a gadget without a required field', yaml: gadget('{colour: red}') },
  { name: 'a gadget beyond its limit', yaml: gadget('{size: 11}') },
  { name: 'a gadget that breaks its pattern', yaml: gadget('{size: 3, code: abc}') },
  { name: 'a gadget with a null it does not allow', yaml: gadget('{size: null}') },
  { name: 'a gadget with a broken time', yaml: gadget('{size: 3, when: tomorrow}') },
  { name: 'a gadget with two equal parts', yaml: gadget('{size: 3, parts: [{id: a}, {id: a}]}') },
  { name: 'a gadget that fits no choice', yaml: gadget('{size: 3, choice: {}}') },
  { name: 'a gadget with a fraction of a port', yaml: gadget('{size: 3, port: 1.5}') },
  {
    name: 'a gadget with an unknown field in metadata',
    yaml: gadget('{size: 3}').replace('{name:', '{lables: {a: b}, name:'),
  },
];

/** The definition of the custom resource in the cases. */
export const gadgetDefinition = `
apiVersion: apiextensions.k8s.io/v1
kind: CustomResourceDefinition
metadata: {name: gadgets.example.com}
spec:
  group: example.com
  scope: Namespaced
  names: {plural: gadgets, singular: gadget, kind: Gadget, listKind: GadgetList}
  versions:
    - name: v1
      served: true
      storage: true
      schema:
        openAPIV3Schema:
          type: object
          required: [spec]
          properties:
            spec:
              type: object
              required: [size, level]
              properties:
                size: {type: integer, minimum: 1, maximum: 10, exclusiveMaximum: false}
                level: {type: string, default: low}
                colour: {type: string, enum: [red, green]}
                when: {type: string, format: date-time}
                code: {type: string, pattern: '^[0-9]+$', maxLength: 8}
                maybe: {type: string, nullable: true}
                big: {type: integer, format: int64}
                port: {x-kubernetes-int-or-string: true, anyOf: [{type: integer}, {type: string}]}
                amount: {x-kubernetes-int-or-string: true, pattern: '^(\\+|-)?(([0-9]+(\\.[0-9]*)?)|(\\.[0-9]+))(([KMGTPE]i)|[numkMGTPE]|([eE](\\+|-)?(([0-9]+(\\.[0-9]*)?)|(\\.[0-9]+))))?$'}
                free: {type: object, x-kubernetes-preserve-unknown-fields: true}
                choice:
                  type: object
                  properties: {a: {type: string}, b: {type: string}}
                  oneOf: [{required: [a]}, {required: [b]}]
                parts:
                  type: array
                  x-kubernetes-list-type: map
                  x-kubernetes-list-map-keys: [id]
                  items: {type: object, required: [id], properties: {id: {type: string}}}
`;
