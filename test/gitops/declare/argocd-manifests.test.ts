import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { type ArgoCdApi, type Manifests, useArgoCdApi } from '../../control-plane/argocd/api-server.ts';
import { type ServedRepository, serveRepository } from '../../engines/argocd/git-server.ts';
import { specOf } from './argocd-manifest-case.ts';
import { manifestCases } from './argocd-manifest-cases.ts';
import { knownDifferences } from './argocd-manifest-differences.ts';
import {
  asInstalled,
  comparable,
  namespaceOf,
  type OwnArgo,
  type OwnManifests,
  ownArgo,
} from './argocd-manifest-support.ts';

let api: ArgoCdApi;
let repository: ServedRepository;
let own: OwnArgo;

beforeAll(async () => {
  own = ownArgo(asInstalled);
  api = await useArgoCdApi();
  repository = await serveRepository();
}, 900_000);

afterAll(async () => {
  await repository?.close();
  await own?.close();
});

const subjects = Object.entries(manifestCases).map(([subject, cases], at) => {
  const rows = cases.map((one, index) => [one.title, one, one.name ?? `case-${at}-${index}`] as const);
  return [subject, rows] as const;
});

describe.each(subjects)('%s: what Argo CD makes of', (_subject, rows) => {
  test.each(rows)('%s is made of it here', async (title, one, name) => {
    repository.git('rm', '-rfq', '--ignore-unmatch', '.');
    const place = { repoURL: repository.url, targetRevision: repository.commit(one.files) };

    const theirs = await api.manifestsOf({ name, spec: specOf(one, place) });
    const ours = await own.manifestsOf(one, name, place);

    const settled = (manifests: Manifests | OwnManifests) =>
      manifests.kind === 'objects' ? comparable(manifests.objects, namespaceOf(one)) : manifests.kind;
    const difference = knownDifferences.get(title);
    expect(theirs.kind).toBe(one.expects);
    if (difference === undefined) expect(settled(ours)).toEqual(settled(theirs));
    else {
      expect(ours.kind).toBe(difference.ours);
      expect(settled(ours)).not.toEqual(settled(theirs));
      const rules = ours.kind === 'objects' ? ours.findings.map(({ rule }) => rule) : [];
      if (difference.tells !== undefined) expect(rules).toContain(difference.tells);
    }
  });
});

test('every known difference is that of a case', () => {
  const titles = subjects.flatMap(([, rows]) => rows.map(([title]) => title));

  expect([...knownDifferences.keys()].filter((title) => !titles.includes(title))).toEqual([]);
  expect(new Set(titles).size).toBe(titles.length);
});
