import { mkdtemp, rm } from 'node:fs/promises';
import type { IncomingMessage, ServerResponse } from 'node:http';
import { tmpdir } from 'node:os';
import { basename, dirname, join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import type { SourceSecret } from '../../../../src/model/server-settings.ts';
import { serveGit } from '../../../../src/pretend/git-http.ts';
import { temporaryRepository } from '../../git/temporary-repository.ts';
import { chartOf } from '../archive/archives.ts';
import { answer, holding } from '../oci/pretend-registry.ts';
import { accessTo, faultOf, identity, internet, never, serve, sourcesOver, stop } from '../support.ts';
import { heldSecrets } from './secrets.ts';

const ends: (() => unknown)[] = [];
let dir = '';
beforeEach(async () => {
  dir = await mkdtemp(join(tmpdir(), 'fairlead-secrets-'));
});
afterEach(async () => {
  for (const end of ends.splice(0).reverse()) await end();
  await rm(dir, { recursive: true, force: true });
});

const basic = (text: string) => `Basic ${Buffer.from(text).toString('base64')}`;
const at: SourceSecret = { cluster: 'hub', namespace: 'flux-system', name: 'charts', keys: null };
const place = 'hub flux-system/charts';

type Answerer = (request: IncomingMessage, response: ServerResponse) => void;

/** Hosts that let in whoever shows what `door.opens` says, and tell what they were shown. */
async function behind(door: { opens: string; readonly challenge: string }, answerer: Answerer) {
  const shown: string[] = [];
  const { port, server } = await serve((request, response) => {
    const header = request.headers.authorization ?? 'nothing';
    shown.push(header);
    if (header === door.opens) answerer(request, response);
    else response.writeHead(401, { 'www-authenticate': door.challenge }).end();
  });
  const secrets = heldSecrets({ [place]: { username: 'bot', password: 'first-password' } });
  const learned: string[] = [];
  const sources = sourcesOver(internet(port), {
    dir,
    hosts: ['charts.example.com', 'registry.example.com'].map((host) => accessTo(host, { secret: at })),
    secrets: secrets.store,
    learn: (secret) => learned.push(secret),
    limits: { freshMs: 0 },
  });
  ends.push(
    () => stop(server),
    () => sources.close(),
  );
  return { sources, secrets, shown, learned };
}

const chart = (repository: string) => ({ repository, name: 'shop', version: '1.2.3', digest: null });

async function helmRepository() {
  const archive = await chartOf('shop', '1.2.3');
  const index = `apiVersion: v1\nentries:\n  shop:\n  - {name: shop, version: 1.2.3, urls: [shop-1.2.3.tgz]}\n`;
  const door = { opens: basic('bot:first-password'), challenge: 'Basic realm="charts"' };
  const opened = await behind(door, ({ url }, response) => response.end(url === '/index.yaml' ? index : archive));
  return { ...opened, door, wanted: chart('https://charts.example.com') };
}

describe('the Secret of a host', () => {
  test('is read when first needed and no more, and its values are learned before they are shown', async () => {
    const { sources, secrets, shown, learned, wanted } = await helmRepository();
    expect(secrets.asked).toEqual([]);

    await sources.chart(wanted, never);
    await sources.chart(wanted, never);

    expect(secrets.asked).toEqual([place]);
    expect(new Set(shown)).toEqual(new Set([basic('bot:first-password')]));
    expect(learned).toContain('first-password');
    expect(learned).toContain(basic('bot:first-password').slice('Basic '.length));
  });

  test('is read again after a 401, and what it holds now is shown', async () => {
    const { sources, secrets, door, wanted } = await helmRepository();
    await sources.chart(wanted, never);
    secrets.held.set(place, { username: 'bot', password: 'second-password' });
    door.opens = basic('bot:second-password');

    await expect(sources.chart(wanted, never)).resolves.toMatchObject({ isFromCache: false });

    expect(secrets.asked).toEqual([place, place]);
  });

  test('is no reason to ask twice where it holds the same after a 401', async () => {
    const { sources, secrets, shown, door, wanted } = await helmRepository();
    door.opens = 'nobody';

    const fault = await faultOf(sources.chart(wanted, never));

    expect(fault).toMatchObject({ code: 'source-refused', kind: 'unauthorized' });
    expect(`${fault.message} ${fault.remedy}`).not.toContain('first-password');
    expect([shown.length, secrets.asked.length]).toEqual([1, 2]);
  });

  test('that is missing is named with cluster, namespace and what was tried, and no host is asked', async () => {
    const { sources, secrets, shown, wanted } = await helmRepository();
    secrets.held.clear();

    const fault = await faultOf(sources.chart(wanted, never));

    expect(fault).toMatchObject({
      code: 'source-secret',
      kind: 'not-found',
      subject: 'sources.hosts.charts.example.com.secret',
      message:
        'The Secret flux-system/charts of cluster hub, which sources.hosts.charts.example.com.secret asks for, cannot be read: Cluster hub refused to get secrets flux-system/charts: secrets "charts" not found.',
    });
    expect(shown).toEqual([]);
    secrets.held.set(place, { username: 'bot', password: 'first-password' });
    await expect(sources.chart(wanted, never)).resolves.toMatchObject({ resolved: '1.2.3' });
  });

  test('opens a registry that asks for basic credentials, again after they were replaced', async () => {
    const content = holding('1.2.3', await chartOf('shop', '1.2.3'));
    const door = { opens: basic('bot:first-password'), challenge: 'Basic realm="registry"' };
    const { sources, secrets } = await behind(door, (request, response) => answer(request, response, content));
    const wanted = chart('oci://registry.example.com/charts');

    await expect(sources.chart(wanted, never)).resolves.toMatchObject({ resolved: '1.2.3' });
    secrets.held.set(place, { username: 'bot', password: 'second-password' });
    door.opens = basic('bot:second-password');
    await expect(sources.chart(wanted, never)).resolves.toMatchObject({ isFromCache: false });

    expect(secrets.asked).toEqual([place, place]);
  });

  test('opens the realm of a registry, again after it was replaced', async () => {
    const content = holding('1.2.3', await chartOf('shop', '1.2.3'));
    const realm = 'Bearer realm="https://registry.example.com/token"';
    let opens = basic('bot:first-password');
    let token = 'one';
    const tokens: Answerer = ({ headers }, response) =>
      response.writeHead(headers.authorization === opens ? 200 : 401).end(JSON.stringify({ token }));
    const registry: Answerer = (request, response) =>
      request.headers.authorization === `Bearer ${token}`
        ? answer(request, response, content)
        : response.writeHead(401, { 'www-authenticate': realm }).end();
    const { port, server } = await serve((request, response) =>
      (request.url?.startsWith('/token') ? tokens : registry)(request, response),
    );
    const secrets = heldSecrets({ [place]: { username: 'bot', password: 'first-password' } });
    const hosts = [accessTo('registry.example.com', { secret: at })];
    const sources = sourcesOver(internet(port), { dir, hosts, secrets: secrets.store, limits: { freshMs: 0 } });
    ends.push(
      () => stop(server),
      () => sources.close(),
    );
    const wanted = chart('oci://registry.example.com/charts');

    await expect(sources.chart(wanted, never)).resolves.toMatchObject({ resolved: '1.2.3' });
    [token, opens] = ['two', basic('bot:second-password')];
    secrets.held.set(place, { username: 'bot', password: 'second-password' });
    await expect(sources.chart(wanted, never)).resolves.toMatchObject({ isFromCache: false });

    expect(secrets.asked).toEqual([place, place]);
  });

  test('opens a repository of Git, again after it was replaced', async () => {
    const repository = temporaryRepository();
    ends.push(() => repository.remove());
    repository.commit({ a: '1' });
    const door = { opens: basic('bot:first-password'), challenge: 'Basic realm="git"' };
    const { port, server } = await serve((request, response) => {
      const [path = '', query = ''] = (request.url ?? '').split('?');
      const projectRoot = dirname(repository.path);
      const inside = path.replace('/shop.git', `/${basename(repository.path)}/.git`);
      if (request.headers.authorization === door.opens)
        void serveGit(request, response, { projectRoot, path: inside, query });
      else response.writeHead(401, { 'www-authenticate': door.challenge }).end();
    });
    const host = `charts.example.com:${port}`;
    const secrets = heldSecrets({ [place]: { username: 'bot', password: 'first-password' } });
    const sources = sourcesOver(
      { resolve: async () => ['127.0.0.1'] },
      {
        dir,
        reachable: { allow: [host], private: ['127.0.0.0/8'] },
        hosts: [accessTo(host, { secret: at })],
        secrets: secrets.store,
        limits: { freshMs: 0 },
      },
    );
    ends.push(
      () => stop(server),
      () => sources.close(),
    );
    const wanted = { url: `https://${host}/shop.git`, revision: 'main' };

    await expect(sources.git(wanted, never)).resolves.toMatchObject({ isPinned: false });
    secrets.held.set(place, { username: 'bot', password: 'second-password' });
    door.opens = basic('bot:second-password');
    await expect(sources.git(wanted, never)).resolves.toMatchObject({ isPinned: false });

    expect(secrets.asked).toEqual([place, place]);
  });
});

test('an authority in the Secret vouches for the host', async () => {
  const { port, server } = await serve((_, response) => response.end('apiVersion: v1\nentries: {}\n'));
  const open = (data: Readonly<Record<string, string>>) => {
    const sources = sourcesOver(internet(port), {
      dir,
      hosts: [accessTo('charts.example.com', { secret: at, ca: null })],
      secrets: heldSecrets({ [place]: data }).store,
    });
    ends.push(() => sources.close());
    return faultOf(sources.chart(chart('https://charts.example.com'), never));
  };
  ends.push(() => stop(server));

  // Both fail: this one at the chart that is not listed, so that the index was had.
  await expect(open({ 'ca.crt': identity.cert })).resolves.toMatchObject({ code: 'source-missing' });
  await expect(open({ token: 't' })).resolves.toMatchObject({
    code: 'source-unreachable',
    message: expect.stringContaining('its certificate is not trusted'),
  });
});
