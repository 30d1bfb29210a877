import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { chartOf, tgzOf } from '../archive/archives.ts';
import { faultOf, internet, never, serve, sourcesOver, stop, textOf } from '../support.ts';
import { answer, type Content, fluxLayer, holdingIndex } from './pretend-registry.ts';

const ends: (() => Promise<unknown>)[] = [];
let dir = '';
beforeEach(async () => {
  dir = await mkdtemp(join(tmpdir(), 'fairlead-indexes-'));
});
afterEach(async () => {
  for (const end of ends.splice(0).reverse()) await end();
  await rm(dir, { recursive: true, force: true });
});

async function opened(content: Content) {
  const asked: string[] = [];
  const { port, server } = await serve((request, response) => {
    asked.push(request.url ?? '');
    answer(request, response, content);
  });
  const sources = sourcesOver(internet(port), { dir });
  ends.push(
    () => stop(server),
    () => sources.close(),
  );
  return { sources, asked };
}

const chart = (version: string) => ({
  repository: 'oci://registry.example.com/charts',
  name: 'shop',
  version,
  digest: null,
});
const artifact = (revision: string) => ({ url: 'oci://registry.example.com/charts/shop', revision });

describe('an index', () => {
  const attestation = { layer: Buffer.from('{}'), mediaType: 'application/vnd.in-toto+json' };
  const unknown = { os: 'unknown', architecture: 'unknown' };
  const arm = { os: 'linux', architecture: 'arm64' };
  const amd = { os: 'linux', architecture: 'amd64' };
  const files = (content: string) => tgzOf([{ name: 'a', content }]);

  test('of one chart is that chart, with the digest of the index', async () => {
    const content = holdingIndex('1.2.3', [
      { ...attestation, platform: unknown },
      { layer: await chartOf('shop', '1.2.3') },
    ]);
    const { sources } = await opened(content);

    const { tree, ...fetched } = await sources.chart(chart('1.2.3'), never);

    expect(fetched).toMatchObject({ resolved: '1.2.3', digest: content.digest, isPinned: true });
    expect(await textOf(tree, 'values.yaml')).toBe('replicas: 1\n');
    await expect(sources.artifact(artifact(content.digest), never)).resolves.toMatchObject({ isPinned: true });
  });

  test('of one artifact for the platform Flux takes is that artifact', async () => {
    const content = holdingIndex('1.0.0', [
      { ...attestation, platform: unknown },
      { layer: await files('arm'), mediaType: fluxLayer, platform: arm },
      { layer: await files('amd'), mediaType: fluxLayer, platform: amd },
    ]);
    const { sources } = await opened(content);

    const { tree } = await sources.artifact(artifact('1.0.0'), never);

    expect(await textOf(tree, 'a')).toBe('amd');
  });

  test('of the same content for several platforms is that content', async () => {
    const layer = await chartOf('shop', '1.2.3');
    const { sources } = await opened(
      holdingIndex('1.2.3', [
        { layer, platform: arm },
        { layer, platform: amd },
      ]),
    );

    await expect(sources.chart(chart('1.2.3'), never)).resolves.toMatchObject({ resolved: '1.2.3' });
  });

  test('of two charts is refused: which one Helm takes is chance', async () => {
    const [one, other] = [await chartOf('shop', '1.2.3'), await chartOf('shop', '1.2.4')];
    const { sources } = await opened(holdingIndex('1.2.3', [{ layer: one }, { layer: other }]));

    expect(await faultOf(sources.chart(chart('1.2.3'), never))).toMatchObject({
      code: 'source-invalid',
      message:
        'oci://registry.example.com/charts/shop:1.2.3 is an index of 2 charts, of which a controller may take any.',
    });
  });

  test.each([
    ['nothing', []],
    ['another kind only', [attestation]],
    ['another platform only', [{ layer: Buffer.from('x'), mediaType: fluxLayer, platform: arm }]],
  ])('of %s has none', async (_title, entries) => {
    const { sources } = await opened(holdingIndex('1.0.0', entries));

    expect(await faultOf(sources.artifact(artifact('1.0.0'), never))).toMatchObject({
      code: 'source-invalid',
      message: 'oci://registry.example.com/charts/shop:1.0.0 is no archive of files.',
    });
  });

  test('of very many is refused before they are asked for', async () => {
    const entries = Array.from({ length: 17 }, (_, index) => ({
      layer: Buffer.from(`${index}`),
      mediaType: fluxLayer,
    }));
    const { sources, asked } = await opened(holdingIndex('1.0.0', entries));

    expect((await faultOf(sources.artifact(artifact('1.0.0'), never))).message).toContain('more than 16 manifests');
    expect(asked).toHaveLength(1);
  });

  test('whose manifest is another than it says is refused', async () => {
    const layer = await chartOf('shop', '1.2.3');
    const content = holdingIndex('1.2.3', [{ layer }]);
    const altered = Object.entries(content.manifests).map(([name, bytes]) =>
      name === '1.2.3' ? [name, bytes] : [name, Buffer.from('{"layers":[]}')],
    );
    const { sources } = await opened({ ...content, manifests: Object.fromEntries(altered) });

    expect(await faultOf(sources.chart(chart('1.2.3'), never))).toMatchObject({ code: 'source-digest' });
  });
});
