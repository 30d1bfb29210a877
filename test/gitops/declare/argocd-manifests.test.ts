import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { type ArgoCdApi, useArgoCdApi } from '../../control-plane/argocd/api-server.ts';
import { type ServedRepository, serveRepository } from '../../engines/argocd/git-server.ts';
import { specOf } from './argocd-manifest-case.ts';
import { manifestCases } from './argocd-manifest-cases.ts';

let api: ArgoCdApi;
let repository: ServedRepository;

beforeAll(async () => {
  api = await useArgoCdApi();
  repository = await serveRepository();
}, 900_000);

afterAll(async () => {
  await repository?.close();
});

const subjects = Object.entries(manifestCases).map(([subject, cases], at) => {
  const rows = cases.map((one, index) => [one.title, one, one.name ?? `case-${at}-${index}`] as const);
  return [subject, rows] as const;
});

describe.each(subjects)('%s', (_subject, rows) => {
  test.each(rows)('%s', async (_title, one, name) => {
    repository.git('rm', '-rfq', '--ignore-unmatch', '.');
    const targetRevision = repository.commit(one.files);

    const theirs = await api.manifestsOf({ name, spec: specOf(one, { repoURL: repository.url, targetRevision }) });

    expect(theirs.kind).toBe(one.expects);
  });
});
