import type { OwnManifests } from './argocd-manifest-support.ts';

/** What is made of a case here where Argo CD makes something else of it, and why it is left so. */
export interface Difference {
  readonly ours: OwnManifests['kind'];
  readonly why: string;
  /** The rule of the finding that tells, where there are objects. */
  readonly tells?: string;
}

const jsonnet: Difference = {
  ours: 'incomplete',
  why: 'Jsonnet is not evaluated: the review says so, and that the application is not rendered.',
};

const noVersion: Difference = {
  ours: 'objects',
  why: 'Argo CD renders an object without apiVersion and fails to apply it. The review leaves it out and tells its file and line.',
  tells: 'not-a-resource',
};

/** By the title of the case. */
export const knownDifferences: ReadonlyMap<string, Difference> = new Map<string, Difference>([
  ['a folder that holds only jsonnet', jsonnet],
  ['jsonnet beside a manifest', jsonnet],
  ['jsonnet with variables', jsonnet],
  ['a file that is no object', noVersion],
  ['a file with a kind and no version', noVersion],
  [
    'a JSON file with a kind and no version',
    { ours: 'refused', why: 'Argo CD renders it and fails to apply it. The review names the file.' },
  ],
  [
    'a list within a list',
    {
      ours: 'objects',
      why: 'Argo CD sends the inner list as an object, which no cluster takes. The review shows what is in it, as kubectl applies it.',
    },
  ],
  [
    'a link out of the repository',
    {
      ours: 'incomplete',
      why: 'Argo CD refuses, unless a switch allows such links. What it would then read is never read here; the review names the link.',
    },
  ],
  [
    'a link out of the repository, elsewhere',
    {
      ours: 'objects',
      why: 'Argo CD refuses, unless a switch allows such links. The review shows the objects and names the link.',
      tells: 'argocd-differs',
    },
  ],
  [
    'another Kustomize that is not there',
    {
      ours: 'objects',
      why: 'Which ones there are is configured in Argo CD. The review shows what ours builds, and a note.',
      tells: 'argocd-differs',
    },
  ],
  [
    'a dependency that is nowhere',
    { ours: 'incomplete', why: 'It counts as one that is not fetched here; the review names it, and the chart.' },
  ],
]);
