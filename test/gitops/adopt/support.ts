import { decodeManifests } from '../../../src/formats/yaml/decode.ts';
import { adoptChanges } from '../../../src/gitops/adopt/adopt.ts';
import type { Adoption } from '../../../src/gitops/adopt/adoption.ts';
import type { Resource } from '../../../src/model/resource.ts';
import type { Application } from '../../../src/model/target.ts';
import { memoryTree } from '../../support/memory-tree.ts';

type Files = Readonly<Record<string, string>>;

export const never = new AbortController().signal;

/** An application of the given files. */
export function applicationOf(renderer: Application['renderer'], root: string, files: Files): Application {
  return { name: 'web', root, renderer, environment: 'prod', valuesFiles: [], inputs: Object.keys(files) };
}

/** The objects of a manifest, as written. */
export function objectsOf(file: string, text: string): readonly Resource[] {
  return decodeManifests({ file, bytes: new TextEncoder().encode(text) }).resources;
}

/** Writes changes of one object into an application of these files. */
export function adopt(
  files: Files,
  application: Application,
  resource: Resource,
  changes: Readonly<Record<string, string | null>>,
): Promise<Adoption> {
  const list = Object.entries(changes).map(([path, live]) => ({ path, live }));
  return adoptChanges({ application, tree: memoryTree(files), resource, changes: list }, never);
}

/** The texts of the changed files, or why there are none. */
export function textsOf(adoption: Adoption): Files | string {
  if (adoption.kind === 'none') return adoption.why;
  return Object.fromEntries([...adoption.files].map(([file, bytes]) => [file, new TextDecoder().decode(bytes)]));
}
