import { expect, test } from '@jest/globals';
import { openSource } from '../../../src/gitops/declare/declared-sources.ts';
import type { DeclaredApplication, SourcePlace } from '../../../src/model/declared.ts';
import type { WantedGit } from '../../../src/world/sources/sources.ts';
import { memoryTree } from '../../support/memory-tree.ts';
import { calm } from '../render/support.ts';

const options = { ref: null, helm: null, kustomize: null, directory: null, plugin: null };

test.each<[string, Partial<Extract<SourcePlace, { kind: 'git' }>>, Partial<WantedGit>]>([
  ['a revision', { revision: '1.x' }, { revision: '1.x' }],
  ['what is a range whatever is called so', { revision: '1.x', reads: 'range' }, { revision: '1.x', reads: 'range' }],
])('%s of another repository is asked for as it was meant', async (_title, place, wanted) => {
  const asked: WantedGit[] = [];
  const source = {
    ...options,
    place: { kind: 'git', url: 'https://git.example/x', revision: '', path: 'a', ...place },
  } as const;
  // Of the application only its name and place are read.
  const application = { name: 'shop', declaredAt: { file: 'app.yaml', line: 1 } } as DeclaredApplication;
  const fetchers = {
    ...{ fetchChart: null, fetchFile: null, fetchArtifact: null },
    fetchGit: async (git: WantedGit) => {
      asked.push(git);
      return { tree: memoryTree({ 'a/x.yaml': 'a: 1' }), resolved: 'v1.4.0', isPinned: false };
    },
  };

  const opening = { application, tree: memoryTree({}), treeAt: undefined, fetchers };
  const opened = await openSource(source, 'elsewhere', opening, calm);

  expect(asked).toEqual([{ url: 'https://git.example/x', ...wanted }]);
  expect(opened).toMatchObject({ resolved: 'v1.4.0', findings: [{ rule: 'unpinned-base', fix: 'Name v1.4.0.' }] });
});
