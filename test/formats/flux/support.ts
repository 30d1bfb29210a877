import { decodeManifests } from '../../../src/formats/yaml/decode.ts';
import type { Resource } from '../../../src/model/resource.ts';

/** The only object of a file. */
export function resourceOf(text: string, file = 'flux.yaml'): Resource {
  const [resource] = resourcesOf(text, file);
  if (resource === undefined) throw new Error('the text holds no object');
  return resource;
}

/** The objects of a file. */
export function resourcesOf(text: string, file = 'flux.yaml'): readonly Resource[] {
  return decodeManifests({ file, bytes: Buffer.from(text) }).resources;
}
