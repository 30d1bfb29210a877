import { createHash } from 'node:crypto';
import { setTimeout as delay } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { type JsonObject, pick, pickText } from '../../../src/model/json.ts';
import {
  type SourceController,
  startSourceController,
} from '../../../src/pretend/source-controller/source-controller.ts';
import { type ControlPlane, useControlPlane } from '../../control-plane/control-plane.ts';
import { installDefinitions } from '../../control-plane/flux/flux.ts';
import { type ServedRepository, serveRepository } from '../../engines/argocd/git-server.ts';

let plane: ControlPlane;
let repository: ServedRepository;
let controller: SourceController;
let namespace: string;
let made = 0;

beforeAll(async () => {
  plane = await useControlPlane();
  await installDefinitions(plane);
  namespace = await plane.namespace('sources');
  repository = await serveRepository();
  repository.commit({ 'a.txt': 'one' });
  controller = await startSourceController({ access: accessOf(plane), namespace });
}, 900_000);

afterAll(async () => {
  await controller.close();
  await repository.close();
});

describe('a GitRepository', () => {
  test('is fetched when it is new, and its files are served', async () => {
    const commit = repository.git('rev-parse', 'main');

    const { artifact, ...status } = await settled(await create({}));

    expect(status).toMatchObject({
      observedGeneration: 1,
      conditions: [
        { type: 'Ready', status: 'True', reason: 'Succeeded', observedGeneration: 1 },
        { type: 'ArtifactInStorage', status: 'True' },
      ],
    });
    expect(pick(artifact, 'revision')).toBe(`main@sha1:${commit}`);
    const archive = Buffer.from(await (await fetch(pickText(artifact, 'url') ?? '')).arrayBuffer());
    expect(archive.length).toBe(pick(artifact, 'size'));
    expect(pick(artifact, 'digest')).toBe(`sha256:${createHash('sha256').update(archive).digest('hex')}`);
  });

  test('does not follow its branch by itself, only when it is asked', async () => {
    const name = await create({});
    const before = await settled(name);
    const commit = repository.commit({ 'a.txt': 'two' });
    await annotate(name, { 'example.com/note': 'not a request' });
    await settled(await create({})); // one made later is done, so this one would be
    const unasked = await settled(name);

    await annotate(name, { 'reconcile.fluxcd.io/requestedAt': 'one' });
    const asked = await settled(name, 'one');

    expect(unasked).toEqual(before);
    expect(pick(asked.artifact, 'revision')).toBe(`main@sha1:${commit}`);
  });

  test('says why it could not be fetched, keeps what it served, and recovers', async () => {
    const name = await create({});
    const before = await settled(name);
    await change(name, { ref: { branch: 'absent' } });
    const failed = await settledAt(name, 2);
    await change(name, { ref: { branch: 'main' } });

    const after = await settledAt(name, 3);

    expect(failed).toMatchObject({
      artifact: before.artifact,
      observedGeneration: 1,
      conditions: [
        { type: 'Ready', status: 'False', reason: 'GitOperationFailed', message: expect.stringContaining('absent') },
        { type: 'FetchFailed', status: 'True' },
        { type: 'ArtifactInStorage', status: 'True' },
      ],
    });
    expect(after.conditions).toMatchObject([{ type: 'Ready', status: 'True' }, { type: 'ArtifactInStorage' }]);
  });

  test('says so when the server is away', async () => {
    const status = await settled(await create({ url: 'http://127.0.0.1:9/acme/fleet.git' }));

    expect(status.conditions[0]).toMatchObject({ status: 'False', reason: 'GitOperationFailed' });
    expect(status.artifact).toBeUndefined();
  });

  test.each<[string, JsonObject, () => string]>([
    ['a tag', { tag: 'v1' }, () => `v1@sha1:${repository.git('rev-parse', 'v1')}`],
    ['a full name', { name: 'refs/heads/main' }, () => `refs/heads/main@sha1:${repository.git('rev-parse', 'main')}`],
  ])('may refer to %s', async (_, ref, revision) => {
    if (!repository.git('tag').includes('v1')) repository.git('tag', 'v1');

    const { artifact } = await settled(await create({ ref }));

    expect(pick(artifact, 'revision')).toBe(revision());
  });

  test('is left alone while it is suspended', async () => {
    const name = await create({ suspend: true });
    await settled(await create({})); // one made later is done, so the first would be

    expect((await read(name)).status.conditions).toBeUndefined();
  });

  test('is served again by a controller that comes after', async () => {
    const name = await create({});
    await settled(name);
    await controller.close();

    controller = await startSourceController({ access: accessOf(plane), namespace });

    await waitFor(name, ({ artifact }) => pickText(artifact, 'url')?.startsWith(controller.url) === true);
  });
});

interface Status {
  readonly artifact?: JsonObject;
  readonly observedGeneration?: number;
  readonly lastHandledReconcileAt?: string;
  readonly conditions: readonly { readonly observedGeneration: number; readonly status: string }[];
}

function accessOf({ server, token, certificate }: ControlPlane) {
  return { server, token, ca: certificate };
}

function pathOf(name = ''): string {
  return `/apis/source.toolkit.fluxcd.io/v1/namespaces/${namespace}/gitrepositories/${name}`;
}

async function create(spec: JsonObject): Promise<string> {
  made += 1;
  const name = `fleet-${made}`;
  const { status, text } = await plane.request('POST', pathOf(), {
    apiVersion: 'source.toolkit.fluxcd.io/v1',
    kind: 'GitRepository',
    metadata: { name },
    spec: { interval: '1h', url: repository.url, ref: { branch: 'main' }, ...spec },
  });
  if (status !== 201) throw new Error(text);
  return name;
}

async function annotate(name: string, annotations: JsonObject): Promise<void> {
  await plane.request('PATCH', pathOf(name), { metadata: { annotations } }, 'application/merge-patch+json');
}

async function change(name: string, spec: JsonObject): Promise<void> {
  await plane.request('PATCH', pathOf(name), { spec }, 'application/merge-patch+json');
}

async function read(name: string): Promise<{ readonly status: Status }> {
  const object: { status?: Status } = JSON.parse((await plane.request('GET', pathOf(name))).text);
  return { status: object.status ?? { conditions: [] } };
}

function settled(name: string, request?: string): Promise<Status> {
  return waitFor(name, (status) => status.conditions?.length > 0 && status.lastHandledReconcileAt === request);
}

function settledAt(name: string, generation: number): Promise<Status> {
  return waitFor(name, ({ conditions }) => conditions?.[0]?.observedGeneration === generation);
}

async function waitFor(name: string, isReached: (status: Status) => boolean): Promise<Status> {
  let status: Status | null = null;
  for (const end = Date.now() + 30_000; Date.now() < end; await delay(50)) {
    status = (await read(name)).status;
    if (isReached(status)) return status;
  }
  throw new Error(`GitRepository ${name} stays at ${JSON.stringify(status)}`);
}
