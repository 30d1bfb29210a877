import { describe, expect, test } from '@jest/globals';
import { argocdProbe } from '../../../src/features/doctor/probe-argocd.ts';
import { type ArgoCdKnowledge, nothingKnown } from '../../../src/model/argocd-knowledge.ts';

const known = <T>(value: T) => ({ kind: 'known', value }) as const;
const everything: ArgoCdKnowledge = {
  namespace: 'cd',
  clusters: known([]),
  settings: known({}),
  parameters: known({}),
  projects: known(new Map([['default', { labels: {}, spec: {} }]])),
  repoServer: known('quay.io/argoproj/argocd:v3.5.7'),
};

async function told(changes: Partial<ArgoCdKnowledge>): Promise<readonly string[]> {
  const found = await argocdProbe(async () => ({ ...everything, ...changes })).look(new AbortController().signal);
  return found.map(({ state, check, says }) => `${state} ${check}: ${says}`);
}

describe('an Argo CD', () => {
  test('that may be read shows what it has', async () => {
    expect(await told({})).toEqual([
      'ok clusters: 0 cluster Secrets in cd',
      'ok projects: 1 AppProjects in cd',
      'ok settings: argocd-cm is read',
      'ok parameters: argocd-cmd-params-cm is read',
      'ok version: its repo-server is quay.io/argoproj/argocd:v3.5.7',
    ]);
  });

  test('that may not be read is told with what is missing', async () => {
    const { clusters } = nothingKnown;
    const found = await argocdProbe(async () => ({ ...everything, clusters })).look(new AbortController().signal);

    expect(found[0]).toMatchObject({
      state: 'fault',
      check: 'clusters',
      kind: 'forbidden',
      fix: expect.stringMatching(/argocd/),
    });
  });

  test('that is not where it is said to be has no projects and no repo-server', async () => {
    expect(await told({ projects: known(new Map()), repoServer: known(null) })).toEqual(
      expect.arrayContaining([
        'warning projects: no AppProject in cd',
        'unknown version: there is no Deployment argocd-repo-server in cd',
      ]),
    );
  });
});
