import type { ArgoReading } from '../../formats/argocd/application.ts';
import { decodeYaml } from '../../formats/yaml/decode.ts';
import type { Json } from '../../model/json.ts';
import type { ArgoWorld } from './argocd-world.ts';

/** How Applications are read in a world. */
export function readingOf(
  { controllerNamespace, revisionOf }: Pick<ArgoWorld, 'controllerNamespace' | 'revisionOf'>,
  hydrator: ArgoReading['hydrator'],
): ArgoReading {
  return { controllerNamespace, revisionOf, hydrator, parseYaml };
}

/** The first document of a text, null for an empty one. Throws `FairleadError` `decode-failed`. */
export function parseYaml(text: string): Json {
  return decodeYaml({ file: 'text', bytes: new TextEncoder().encode(text), limits })[0]?.value ?? null;
}

/** Texts within objects: as much as an object may have. */
const limits = { bytes: 1024 * 1024, nodes: 50_000 };
