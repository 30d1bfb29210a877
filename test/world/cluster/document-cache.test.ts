import { mkdtemp, readdir, readFile, rm, utimes, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import type { Json } from '../../../src/model/json.ts';
import { untilHolds } from '../../support/until.ts';
import { type ScriptedServer, scriptedServer, sendJson } from './scripted-server.ts';

const signal = new AbortController().signal;
const schemas = (value: Json): Json => ({ components: { schemas: { Gadget: { type: 'object', default: value } } } });

let cacheDir: string;
let servers: ScriptedServer[] = [];

beforeEach(async () => {
  cacheDir = await mkdtemp(join(tmpdir(), 'fairlead-schemas-'));
});

afterEach(async () => {
  for (const server of servers) await server.close();
  servers = [];
  await rm(cacheDir, { recursive: true, force: true });
});

/** A server whose one document has the value in it, and what it says of its content. */
async function serve(value: Json, query = '?hash=A') {
  const server = await scriptedServer(
    ({ url }, response) => {
      const index = { paths: { v1: {}, 'api/v1': { serverRelativeURL: `/openapi/v3/api/v1${query}` } } };
      sendJson(response, 200, url === '/openapi/v3' ? index : schemas(value));
    },
    { hasDiscovery: false },
  );
  servers.push(server);
  return {
    /** As a process of its own reads it. */
    read: async (folder = cacheDir) => {
      const cluster = await server.open({}, undefined, folder);
      return (await cluster.openapi(signal)).document('v1', signal);
    },
    asked: () => server.seen.filter(({ url }) => url.startsWith('/openapi/v3/api/v1')).length,
  };
}

const files = async (): Promise<readonly string[]> => {
  const names = await readdir(join(cacheDir, 'schemas')).catch(() => []);
  return names.filter((name) => name.endsWith('.json'));
};

const kept = (count: number): Promise<void> =>
  untilHolds(`${count} documents kept`, async () => (await files()).length === count);

describe('schemas of a server', () => {
  test('are read once by all processes, for as long as their content is the same', async () => {
    const server = await serve('mine');
    const first = await server.read();
    await kept(1);

    const second = await server.read();

    expect(second).toEqual(first);
    expect(second).toMatchObject(schemas('mine') as object);
    expect(server.asked()).toBe(1);
  });

  test('are never those of another server, whatever hash it gives them', async () => {
    const [mine, other] = [await serve('mine'), await serve('other')];
    await other.read();
    await kept(1);

    expect(await mine.read()).toMatchObject(schemas('mine') as object);
    expect(mine.asked()).toBe(1);
    await kept(2);
  });

  test('without a hash are not kept, since nobody could tell when they change', async () => {
    const server = await serve('mine', '');
    await server.read();
    await server.read();

    expect(server.asked()).toBe(2);
    expect(await files()).toEqual([]);
  });

  test('that are torn are read from the server again, and put right', async () => {
    const server = await serve('mine');
    await server.read();
    await kept(1);
    const path = join(cacheDir, 'schemas', (await files())[0] ?? '');
    await writeFile(path, '{"components":');

    expect(await server.read()).toMatchObject(schemas('mine') as object);
    await untilHolds('the whole document', async () => (await readFile(path, 'utf8')).endsWith('}'));
    expect(JSON.parse(await readFile(path, 'utf8'))).toMatchObject(schemas('mine') as object);
  });

  test('that nobody used for a month are removed when others are kept', async () => {
    const old = await serve('old');
    await old.read();
    await kept(1);
    const [name = ''] = await files();
    const longAgo = new Date(Date.now() - 31 * 24 * 3_600_000);
    await utimes(join(cacheDir, 'schemas', name), longAgo, longAgo);

    await (await serve('new')).read();

    await untilHolds('only the new one', async () => {
      const [left, ...others] = await files();
      return left !== undefined && left !== name && others.length === 0;
    });
  });

  test('are read all the same where nothing can be kept', async () => {
    const server = await serve('mine');
    await writeFile(join(cacheDir, 'file'), '');

    expect(await server.read(join(cacheDir, 'file'))).toMatchObject(schemas('mine') as object);
  });
});
