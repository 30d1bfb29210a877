import { toYaml } from '../src/formats/yaml/write.ts';
import type { Files } from './charts.ts';
import { manyObjects } from './objects.ts';

/** The file whose content decides the release in every kustomization here. */
export const releaseFile = 'base/release.yaml';

/** A ConfigMap with the release. */
export function releaseYaml(release: string): string {
  return toYaml({ apiVersion: 'v1', kind: 'ConfigMap', metadata: { name: 'release' }, data: { release } });
}

/** One folder with a kustomization and three files. */
export function plainKustomization(release: string): Files {
  return base(3, release);
}

/** A base of so many files, a region over it and `prod` over that: names, labels, images, replicas, patches, a generator. */
export function layeredKustomization(count: number, release: string): Files {
  return { ...base(count, release), 'region/kustomization.yaml': region, 'prod/kustomization.yaml': prod };
}

function base(count: number, release: string): Files {
  // From the fourth on: a Deployment is the first thing patches look for.
  const objects = manyObjects(count + 3, 'shop').slice(4);
  const names = objects.map((_, index) => `file-${index}.yaml`);
  const files = names.map((name, index) => [`base/${name}`, toYaml(objects[index] ?? {})] as const);
  return {
    'base/kustomization.yaml': `resources:\n${[...names, 'release.yaml'].map((name) => `  - ${name}\n`).join('')}`,
    [releaseFile]: releaseYaml(release),
    ...Object.fromEntries(files),
  };
}

const region = `resources: [../base]
namePrefix: eu-
labels:
  - pairs: { region: eu }
    includeTemplates: true
images:
  - name: registry.example.com/app-4
    newTag: 2.0.0
`;

const prod = `resources: [../region]
namespace: prod
replicas:
  - name: app-4
    count: 5
configMapGenerator:
  - name: settings
    literals: [colour=blue, level=info]
patches:
  - target: { kind: Deployment }
    patch: |-
      - op: add
        path: /spec/template/spec/priorityClassName
        value: high
  - patch: |-
      apiVersion: apps/v1
      kind: Deployment
      metadata: { name: eu-app-4, namespace: shop }
      spec: { template: { spec: { containers: [{ name: app, env: [{ name: STAGE, value: prod }] }] } } }
`;
