import {
  type ApplicationReading,
  type ArgoReading,
  readArgoApplication,
} from '../../../src/formats/argocd/application.ts';
import type { ArgoDocument } from '../../../src/formats/argocd/document.ts';
import { decodeManifests, decodeYaml } from '../../../src/formats/yaml/decode.ts';
import type { DeclaredApplication, DeclaredSource } from '../../../src/model/declared.ts';

export const defaultReading: ArgoReading = {
  controllerNamespace: 'argocd',
  revisionOf: (place) => (place.kind === 'chart' ? place.version : place.revision),
  hydrator: 'sync',
  parseYaml: (text) => decodeYaml({ file: 'values', bytes: new TextEncoder().encode(text) })[0]?.value ?? null,
};

/** The first object of a text. */
export function argoDocument(text: string, file = 'apps/web.yaml'): ArgoDocument {
  const { resources } = decodeManifests({ file, bytes: new TextEncoder().encode(text) });
  const [first] = resources;
  if (first?.source === undefined || first.source === null) throw new Error('no object in the text');
  return { ...first, source: first.source };
}

/** An Application with the given lines as its `spec`, each indented by two. */
export function application(spec: string, metadata = '{name: web, namespace: argocd}'): ArgoDocument {
  const body = spec.replaceAll(/^(?=.)/gm, '  ');
  return argoDocument(`apiVersion: argoproj.io/v1alpha1\nkind: Application\nmetadata: ${metadata}\nspec:\n${body}\n`);
}

export const rest = 'project: shop\ndestination: {server: https://kubernetes.default.svc, namespace: shop}\n';

/** Reads an Application with one source of these lines. */
export function readSourceOf(lines: string): ApplicationReading {
  return readArgoApplication(application(`${rest}source:\n${lines.replaceAll(/^(?=.)/gm, '  ')}`), {
    ...defaultReading,
    revisionOf: () => '0123456789abcdef',
  });
}

/** The application, or a failure that shows what is wrong with it. */
export function declared(reading: ApplicationReading): DeclaredApplication {
  if (reading.application === null) throw new Error(messages(reading).join('\n'));
  return reading.application;
}

/** The only source. */
export function onlySource(lines: string): DeclaredSource {
  const [source] = declared(readSourceOf(lines)).sources;
  if (source === undefined) throw new Error('no source');
  return source;
}

/** `file:line message` of every finding. */
export function messages({ findings }: Pick<ApplicationReading, 'findings'>): readonly string[] {
  return findings.map(({ file, line, message }) => `${file}:${line} ${message}`);
}
