import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { BorderError } from '../../../../src/model/error.ts';
import type { JsonObject } from '../../../../src/model/json.ts';
import type { SecretStore } from '../../../../src/model/secret-store.ts';
import type { Lookup } from '../../../../src/world/sources/access.ts';
import { argoCdOffers } from '../../../../src/world/sources/credentials/argocd.ts';
import { controllerLookup } from '../../../../src/world/sources/credentials/controller-lookup.ts';
import { headerOf } from '../../../../src/world/sources/credentials/credentials.ts';
import { fluxOffers } from '../../../../src/world/sources/credentials/flux.ts';
import { chartOf } from '../archive/archives.ts';
import { accessTo, faultOf, internet, never, serve, sourcesOver, stop } from '../support.ts';
import { heldSecrets, secretOf } from './secrets.ts';

const basic = (text: string) => `Basic ${Buffer.from(text).toString('base64')}`;
const home = { cluster: 'hub', namespace: 'argocd' };

type Texts = Readonly<Record<string, string>>;

function argoSecret(name: string, type: 'repository' | 'repo-creds', data: Texts): JsonObject {
  const labels = { 'argocd.argoproj.io/secret-type': type };
  return { ...secretOf(name, data), metadata: { name, labels } };
}

/** Argo CD with these Secrets; they may be replaced. */
function argo(secrets: JsonObject[], time = { now: 0 }) {
  const asked: string[] = [];
  const store: SecretStore = {
    ...heldSecrets({}).store,
    secrets: async ({ cluster, namespace, labelSelector }) => {
      asked.push(`${cluster} ${namespace} ${labelSelector}`);
      return secrets;
    },
  };
  const list = () => argoCdOffers(home, store);
  return { lookup: controllerLookup({ list, now: () => new Date(time.now), freshMs: 60_000 }), asked };
}

async function shownAt(lookup: Lookup, url: string): Promise<string | null> {
  const found = await lookup.find(new URL(url));
  return found && headerOf(found);
}

describe('repository Secrets of Argo CD', () => {
  const git = 'https://git.example.com/acme/shop.git';
  const template = argoSecret('all', 'repo-creds', {
    url: 'https://git.example.com/acme',
    username: 'all',
    password: 'p1',
  });

  test('are listed once, by their label', async () => {
    const { lookup, asked } = argo([template]);

    await shownAt(lookup, git);
    await shownAt(lookup, git);

    expect(asked).toEqual(['hub argocd argocd.argoproj.io/secret-type in (repository,repo-creds)']);
  });

  test.each<[string, JsonObject[], string | null]>([
    ['of the repository itself', [template, argoSecret('r', 'repository', { url: git, bearerToken: 't' })], 'Bearer t'],
    [
      'of a template where the repository has none',
      [template, argoSecret('r', 'repository', { url: git })],
      basic('all:p1'),
    ],
    [
      'of the longest template',
      [
        template,
        argoSecret('l', 'repo-creds', { url: 'https://git.example.com/acme/sh', username: 'l', password: 'p' }),
      ],
      basic('l:p'),
    ],
    [
      'of the repository where a template is as long',
      [
        argoSecret('t', 'repo-creds', { url: git, username: 't', password: 'p' }),
        argoSecret('r', 'repository', { url: git, username: 'r', password: 'p' }),
      ],
      basic('r:p'),
    ],
    [
      'without a user name, as a token of GitHub',
      [argoSecret('r', 'repository', { url: git, password: 'ghp' })],
      basic('x-access-token:ghp'),
    ],
    [
      'of a project are nobody else’s',
      [argoSecret('r', 'repository', { url: git, project: 'shop', username: 'r', password: 'p' })],
      null,
    ],
    ['of another repository', [argoSecret('r', 'repository', { url: `${git}2`, bearerToken: 't' })], null],
    ['over SSH', [argoSecret('r', 'repository', { url: 'git@git.example.com:acme/shop', sshPrivateKey: 'k' })], null],
  ])('%s', async (_title, secrets, expected) => {
    await expect(shownAt(argo(secrets).lookup, git)).resolves.toBe(expected);
  });

  test('of a registry are for the charts in it', async () => {
    const data = { type: 'helm', enableOCI: 'true', url: 'registry.example.com/charts', username: 'u', password: 'p' };
    const { lookup } = argo([argoSecret('r', 'repository', data)]);

    await expect(shownAt(lookup, 'https://registry.example.com/charts/shop')).resolves.toBe(basic('u:p'));
    await expect(shownAt(lookup, 'https://registry.example.com/other/shop')).resolves.toBeNull();
  });

  test.each(['githubAppPrivateKey', 'tlsClientCertData', 'gcpServiceAccountKey', 'azureServicePrincipalClientSecret'])(
    'that want %s to be used say that it is not supported, for that address only',
    async (key) => {
      const { lookup } = argo([argoSecret('app', 'repository', { url: git, [key]: 'CANARY' })]);

      const fault = await faultOf(shownAt(lookup, git));

      expect(fault).toMatchObject({
        code: 'source-secret',
        message: `The Secret argocd/app of cluster hub wants ${key} to be used for ${git}, which is not supported.`,
      });
      expect(fault.remedy).toContain('sources.hosts');
      await expect(shownAt(lookup, 'https://git.example.com/other')).resolves.toBeNull();
    },
  );

  test('are listed anew when asked to, and when an address is none of theirs for a while', async () => {
    const time = { now: 0 };
    const secrets: JsonObject[] = [];
    const { lookup, asked } = argo(secrets, time);
    await expect(shownAt(lookup, git)).resolves.toBeNull();
    secrets.push(template);

    await expect(shownAt(lookup, git)).resolves.toBeNull();
    time.now += 60_000;
    await expect(shownAt(lookup, git)).resolves.toBe(basic('all:p1'));
    secrets.splice(0, 1, argoSecret('all', 'repo-creds', { url: git, username: 'all', password: 'p2' }));
    time.now += 60_000;
    await expect(shownAt(lookup, git)).resolves.toBe(basic('all:p1'));
    expect(lookup.forget(new URL(git))).toBe(true);
    await expect(shownAt(lookup, git)).resolves.toBe(basic('all:p2'));

    expect(asked).toHaveLength(3);
  });
});

describe('sources of Flux', () => {
  const object = (kind: string, url: string, more: object = {}) =>
    [kind, { metadata: { name: 'shop' }, spec: { url, secretRef: { name: 'creds' }, ...more } }] as const;

  /** Flux with these objects and Secrets in namespace `shop`. */
  function flux(
    objects: readonly (readonly [kind: string, object: JsonObject])[],
    secrets: Readonly<Record<string, Texts>>,
  ) {
    const held = heldSecrets(secrets);
    const store: SecretStore = {
      ...held.store,
      objects: async ({ cluster, namespace, kind }) => {
        held.asked.push(`${cluster} ${namespace} ${kind}`);
        return objects.flatMap(([its, one]) => (its === kind && namespace === 'shop' ? [one] : []));
      },
    };
    const list = () => fluxOffers({ cluster: 'hub', namespaces: ['flux-system', 'shop'] }, store);
    const lookup = controllerLookup({ list, now: () => new Date(0), freshMs: 60_000 });
    return { lookup, asked: held.asked };
  }

  test('have Secrets in their own namespace, of which only those that are needed are read, and once', async () => {
    const { lookup, asked } = flux(
      [
        object('GitRepository', 'https://git.example.com/acme/shop'),
        object('HelmRepository', 'https://charts.example.com', { secretRef: { name: 'other' } }),
      ],
      { 'hub shop/creds': { username: 'bot', password: 'p' } },
    );

    await expect(shownAt(lookup, 'https://git.example.com/acme/shop.git')).resolves.toBe(basic('bot:p'));
    await shownAt(lookup, 'https://git.example.com/acme/shop');

    expect(asked.filter((what) => what.includes('/'))).toEqual(['hub shop/creds']);
    expect(asked).toContain('hub flux-system OCIRepository');
  });

  const docker = { '.dockerconfigjson': JSON.stringify({ auths: { 'ghcr.io': { username: 'u', password: 'p' } } }) };

  test.each<[string, ReturnType<typeof object>, Texts, string, string | null]>([
    [
      'a token for Git',
      object('GitRepository', 'https://git.example.com/a'),
      { bearerToken: 't' },
      'https://git.example.com/a',
      'Bearer t',
    ],
    [
      'charts of a registry',
      object('HelmRepository', 'oci://ghcr.io/acme'),
      docker,
      'https://ghcr.io/acme/shop',
      basic('u:p'),
    ],
    [
      'an artifact',
      object('OCIRepository', 'oci://ghcr.io/acme/shop'),
      docker,
      'https://ghcr.io/acme/shop',
      basic('u:p'),
    ],
    ['another artifact', object('OCIRepository', 'oci://ghcr.io/acme/shop'), docker, 'https://ghcr.io/acme/web', null],
    [
      'an authority alone',
      object('GitRepository', 'https://git.example.com/a'),
      { 'ca.crt': '-----BEGIN CERTIFICATE-----' },
      'https://git.example.com/a',
      null,
    ],
    [
      'no Secret',
      object('GitRepository', 'https://git.example.com/a', { secretRef: null }),
      {},
      'https://git.example.com/a',
      null,
    ],
  ])('%s', async (_title, one, data, url, expected) => {
    await expect(shownAt(flux([one], { 'hub shop/creds': data }).lookup, url)).resolves.toBe(expected);
  });

  test('of a cloud say that it is not supported', async () => {
    const { lookup } = flux([object('GitRepository', 'https://dev.example.com/a', { provider: 'azure' })], {});

    expect(await faultOf(shownAt(lookup, 'https://dev.example.com/a'))).toMatchObject({
      code: 'source-secret',
      message:
        'The Secret shop/creds of cluster hub (secretRef of GitRepository shop) is for the provider azure, which is not supported.',
    });
  });

  test('whose Secret is missing name it', async () => {
    const { lookup } = flux([object('GitRepository', 'https://git.example.com/a')], {});

    expect(await faultOf(shownAt(lookup, 'https://git.example.com/a'))).toMatchObject({
      code: 'source-secret',
      subject: 'sources.flux',
      message: expect.stringMatching(
        /^The Secret shop\/creds of cluster hub \(secretRef of GitRepository shop\), .*not found/,
      ),
    });
  });
});

describe('what is fetched', () => {
  const ends: (() => unknown)[] = [];
  let dir = '';
  beforeEach(async () => {
    dir = await mkdtemp(join(tmpdir(), 'fairlead-controllers-'));
  });
  afterEach(async () => {
    for (const end of ends.splice(0).reverse()) await end();
    await rm(dir, { recursive: true, force: true });
  });

  async function opened(secrets: SecretStore['secrets'], hosts = [accessTo('charts.example.com')]) {
    const archive = await chartOf('shop', '1.2.3');
    const index =
      'apiVersion: v1\nentries:\n  shop:\n  - {name: shop, version: 1.2.3, urls: [https://cdn.example.com/a]}\n';
    const shown: string[] = [];
    const { port, server } = await serve(({ url, headers }, response) => {
      shown.push(`${headers.host} ${headers.authorization ?? ''}`.trim());
      response.end(url?.endsWith('index.yaml') ? index : archive);
    });
    const sources = sourcesOver(internet(port), {
      dir,
      hosts: [...hosts, accessTo('cdn.example.com')],
      reachable: { allow: ['charts.example.com', 'cdn.example.com'], private: [] },
      argocd: home,
      secrets: { ...heldSecrets({}).store, secrets },
    });
    ends.push(
      () => stop(server),
      () => sources.close(),
    );
    return { sources, shown };
  }

  const chart = (repository: string) => ({ repository, name: 'shop', version: '1.2.3', digest: null });
  const given = (url: string) => argoSecret('r', 'repository', { type: 'helm', url, username: 'argo', password: 'p' });

  test('is asked for with the credentials of a controller, which no other host is shown', async () => {
    const { sources, shown } = await opened(async () => [given('https://charts.example.com')]);

    await sources.chart(chart('https://charts.example.com'), never);

    expect(shown).toEqual([`charts.example.com ${basic('argo:p')}`, 'cdn.example.com']);
  });

  test('is asked for with those of the file of the server first', async () => {
    const own = [accessTo('charts.example.com', { token: 'own' })];
    const { sources, shown } = await opened(async () => [given('https://charts.example.com')], own);

    await sources.chart(chart('https://charts.example.com'), never);

    expect(shown[0]).toBe('charts.example.com Bearer own');
  });

  test('is no more than the file of the server lists', async () => {
    const { sources, shown } = await opened(async () => [given('https://inside.example.com')]);

    const fault = await faultOf(sources.chart(chart('https://inside.example.com'), never));

    expect([fault.code, shown]).toEqual(['source-not-allowed', []]);
  });

  test('is nothing while the Secrets may not be listed, and the error says what was tried', async () => {
    const { sources, shown } = await opened(async () => {
      const message = 'Cluster hub refused to list secrets in argocd: User "plan" cannot list resource "secrets".';
      throw new BorderError({
        code: 'x',
        kind: 'forbidden',
        status: 403,
        subject: 'hub',
        message,
        remedy: 'Grant it.',
      });
    });

    const fault = await faultOf(sources.chart(chart('https://charts.example.com'), never));

    expect(fault).toMatchObject({
      code: 'source-secret',
      kind: 'forbidden',
      message:
        'The repository Secrets of argocd in cluster hub, which sources.argocd asks for, cannot be read: Cluster hub refused to list secrets in argocd: User "plan" cannot list resource "secrets".',
    });
    expect(shown).toEqual([]);
  });
});
