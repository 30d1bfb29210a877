import type { JsonObject } from '../../../src/model/json.ts';
import type { Link } from '../../support/memory-tree.ts';

/** Where the files of a case are: a commit that holds nothing else. */
export interface CasePlace {
  readonly repoURL: string;
  readonly targetRevision: string;
}

/** An Application, and what Argo CD is known to make of it. */
export interface ManifestCase {
  readonly title: string;
  readonly files: Readonly<Record<string, string | Link>>;
  /** `source` or `sources`, and what else differs from an Application of project `default` that goes to namespace `shop`. */
  readonly spec: (at: CasePlace) => JsonObject;
  readonly expects: 'objects' | 'refused';
  /** Where it matters; else any. */
  readonly name?: string;
}

/** A case with objects of one source: folder `web` with these options. */
export function oneSource(title: string, files: ManifestCase['files'], options: JsonObject = {}): ManifestCase {
  return { title, files, spec: (at) => ({ source: { ...at, path: 'web', ...options } }), expects: 'objects' };
}

/** The same, but Argo CD refuses it. */
export function refusedSource(title: string, files: ManifestCase['files'], options: JsonObject = {}): ManifestCase {
  return { ...oneSource(title, files, options), expects: 'refused' };
}

/** The whole spec of a case. */
export function specOf({ spec }: ManifestCase, at: CasePlace): JsonObject {
  const destination = { server: 'https://kubernetes.default.svc', namespace: 'shop' };
  return { project: 'default', destination, ...spec(at) };
}

/** A ConfigMap, with more lines where given. */
export function configMap(name: string, more = ''): string {
  return `apiVersion: v1\nkind: ConfigMap\nmetadata: {name: ${name}}\n${more}`;
}

/** A Deployment of one container, whose image is `example.com/NAME:1`. */
export function deployment(name: string, more = ''): string {
  return `apiVersion: apps/v1
kind: Deployment
metadata: {name: ${name}}
spec:
  replicas: 1
  selector: {matchLabels: {app: ${name}}}
  template:
    metadata: {labels: {app: ${name}}}
    spec:
      containers: [{name: main, image: 'example.com/${name}:1'}]
${more}`;
}
