import { beforeAll, describe, expect, test } from '@jest/globals';
import { examine } from '../../../src/features/doctor/examine.ts';
import { argocdApiProbes } from '../../../src/features/doctor/probe-argocd-api.ts';
import { FairleadError } from '../../../src/model/error.ts';
import { openArgoCd } from '../../../src/world/argocd/open-argocd.ts';
import { noProxies } from '../../../src/world/cluster/kubernetes/dispatcher.ts';
import { type ArgoCdApi, useArgoCdApi } from '../../control-plane/argocd/api-server.ts';

let api: ArgoCdApi;
beforeAll(async () => {
  api = await useArgoCdApi();
}, 900_000);

const { signal } = new AbortController();

function examined(token: string, url = api.url) {
  return examine(
    argocdApiProbes(async () => openArgoCd({ url, token, ca: null, learn: () => undefined, proxies: noProxies })),
    signal,
  );
}

describe('the API of a real Argo CD', () => {
  test('answers, and says which rights its account has not for all', async () => {
    const found = await examined(api.token);

    expect(found).toMatchObject([
      {
        state: 'ok',
        area: 'argocd',
        check: 'API',
        says: expect.stringMatching(/^Argo CD v3\.5\.7.* answers, with Helm v?\d/),
      },
      { state: 'ok', check: 'applications, get' },
      {
        state: 'warning',
        check: 'applicationsets, create',
        fix: expect.stringContaining('p, ACCOUNT, applicationsets, create, */*, allow'),
      },
    ]);
  });

  test('refuses a token that is not its own', async () => {
    const found = await examined('not-a-token-of-this-one');

    expect(found).toMatchObject([
      { state: 'ok', check: 'API' },
      { state: 'fault', kind: 'forbidden', check: 'rights', fix: expect.stringContaining('generate-token') },
    ]);
    expect(JSON.stringify(found)).not.toContain('not-a-token-of-this-one');
  });

  test('that is not there is unreachable', async () => {
    const found = await examined('a-token', 'http://127.0.0.1:1');

    expect(found).toMatchObject([
      { state: 'fault', kind: 'unreachable', check: 'API' },
      { state: 'fault', kind: 'unreachable', check: 'rights' },
    ]);
  });
});

test('a token that cannot be read is told as it is', async () => {
  const facts = { code: 'usage', subject: 'argocd.token', message: 'there is no file token', remedy: 'Write it.' };
  const found = await examine(
    argocdApiProbes(() => Promise.reject(new FairleadError(facts))),
    signal,
  );

  expect(found.map(({ state, says, fix }) => [state, says, fix])).toEqual([
    ['fault', 'there is no file token', 'Write it.'],
    ['fault', 'there is no file token', 'Write it.'],
  ]);
});
