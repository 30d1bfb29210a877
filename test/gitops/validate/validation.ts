import type { DocumentSource } from '../../../src/formats/openapi/schemas.ts';
import { decodeManifests } from '../../../src/formats/yaml/decode.ts';
import { checks } from '../../../src/gitops/validate/index.ts';
import type { KnownKinds } from '../../../src/gitops/validate/kind-facts.ts';
import { type PackedDocument, packDocument } from '../../../src/gitops/validate/packed-document.ts';
import { type CheckTask, runCheck } from '../../../src/gitops/validate/run-check.ts';
import type { Finding } from '../../../src/model/finding.ts';
import { apiVersionOf, type Resource } from '../../../src/model/resource.ts';

/** The resources of a manifest, as from the file `app.yaml`. */
export function resourcesIn(yaml: string): readonly Resource[] {
  return decodeManifests({ file: 'app.yaml', bytes: new TextEncoder().encode(yaml) }).resources;
}

/** Every finding about resources, in this thread. */
export async function findingsOf(
  resources: readonly Resource[],
  source: DocumentSource,
  kinds: KnownKinds = { served: null, builtIn: [] },
  more: Partial<Pick<CheckTask, 'base' | 'policies' | 'minor'>> = {},
): Promise<readonly Finding[]> {
  const documents: PackedDocument[] = [];
  for (const version of new Set(['v1', ...resources.map(({ id }) => apiVersionOf(id))])) {
    const document = await source(version, new AbortController().signal);
    if (document !== null) documents.push(packDocument(version, document));
  }
  const task = { target: 'web', resources, documents, kinds, base: null, policies: null, minor: null, ...more };
  return checks.flatMap(({ name }) => runCheck(checks, { check: name, ...task }));
}
