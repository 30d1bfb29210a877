import { mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { type BundleData, deriveBundle, serveBundle } from '../../../src/formats/openapi/bundle.ts';
import { loadBundle } from '../../../src/formats/openapi/bundle-cache.ts';
import { definitionsOf } from '../../../src/formats/openapi/definition.ts';
import { keysOf } from '../../../src/formats/openapi/list-keys.ts';
import { isJsonList, isJsonObject, type Json, type JsonObject, pick } from '../../../src/model/json.ts';
import { useControlPlane } from '../../control-plane/control-plane.ts';

let bundle: BundleData;

beforeAll(async () => {
  bundle = await deriveBundle();
});

describe('the bundle equals what a real API server publishes', () => {
  let live: JsonObject;

  beforeAll(async () => {
    const { request } = await useControlPlane();
    const versions = new Set(
      bundle.kinds.map(({ group, version }) => (group === '' ? 'api/v1' : `apis/${group}/${version}`)),
    );
    const definitions: Record<string, Json> = {};
    for (const version of versions) {
      const { status, text } = await request('GET', `/openapi/v3/${version}`);
      if (status === 200) Object.assign(definitions, definitionsOf(JSON.parse(text) as JsonObject));
    }
    live = definitions;
  });

  /** Definitions both have, with the properties both are to agree on. */
  function shared(): readonly (readonly [string, JsonObject, JsonObject])[] {
    return Object.entries(live).flatMap(([name, theirs]) => {
      const ours = bundle.schemas[name];
      return isJsonObject(theirs) && isJsonObject(ours) ? [[name, theirs, ours] as const] : [];
    });
  }

  test('in the names of its schemas', () => {
    const unknown = Object.keys(live).filter((name) => bundle.schemas[name] === undefined);

    expect(shared().length).toBeGreaterThan(500);
    // Free JSON, times and alternatives have no class in the client library; fields of these types are typed in place.
    expect(unknown.filter((name) => !/meta\.v1\.|\.runtime\.|\.JSON|SubresourceStatus$/.test(name))).toEqual([
      'io.k8s.api.resource.v1.ResourceClaimList',
    ]);
  });

  test('in properties and required fields', () => {
    const fieldsOf = (schema: JsonObject) =>
      Object.keys(isJsonObject(schema.properties) ? schema.properties : {}).sort();
    const requiredOf = (schema: JsonObject) => (isJsonList(schema.required) ? schema.required : []).map(String).sort();

    const odd = shared().filter(([, theirs, ours]) => {
      return String([fieldsOf(theirs), requiredOf(theirs)]) !== String([fieldsOf(ours), requiredOf(ours)]);
    });

    expect(odd.map(([name]) => name)).toEqual([]);
  });

  test('in list keys, enums and quantities', () => {
    const marks = (field: Json | undefined) => {
      if (!isJsonObject(field)) return '';
      const values = pick(field, 'enum') ?? pick(field, 'items', 'enum');
      return JSON.stringify({
        keys: keysOf(field) ?? null,
        values: isJsonList(values) ? values.filter(Boolean).toSorted() : null,
        quantity: JSON.stringify(field).includes('resource.Quantity'),
        map: field['x-kubernetes-map-type'] ?? null,
      });
    };
    const differences = shared()
      .filter(([name]) => !/Status$/.test(name))
      .flatMap(([name, theirs, ours]) => {
        const fields = Object.entries(isJsonObject(theirs.properties) ? theirs.properties : {});
        return fields.flatMap(([field, schema]) => {
          return marks(schema) === marks(pick(ours, 'properties', field)) ? [] : [`${name.split('.').at(-1)}.${field}`];
        });
      });

    expect(differences).toEqual(['Lifecycle.stopSignal']);
  });
});

describe('the bundle as documents', () => {
  test('gives one closed document per group version, and null for others', async () => {
    const served = serveBundle(bundle);
    const document = await served.document('batch/v1');
    const definitions = definitionsOf(document ?? {});
    const names = [...JSON.stringify(definitions).matchAll(/"#\/components\/schemas\/([^"]+)"/g)].map(
      (match) => match[1],
    );

    expect(definitions['io.k8s.api.batch.v1.CronJob']).toBeDefined();
    expect(names.filter((name) => definitions[String(name)] === undefined)).toEqual([]);
    expect(await served.document('example.com/v1')).toBeNull();
    expect(await served.document('batch/v1')).toBe(document);
  });

  test('knows which kinds are namespaced', () => {
    const scopes = new Map(bundle.kinds.map(({ kind, namespaced }) => [kind, namespaced]));

    expect([scopes.get('Deployment'), scopes.get('Namespace'), scopes.get('ClusterRole')]).toEqual([
      true,
      false,
      false,
    ]);
  });
});

describe('the cached bundle', () => {
  let cacheDir: string;
  beforeAll(async () => {
    cacheDir = await mkdtemp(join(tmpdir(), 'openapi-'));
  });
  afterAll(() => rm(cacheDir, { recursive: true }));

  test('is written once, read back, and older ones are removed', async () => {
    const first = await loadBundle({ cacheDir });
    const [name = ''] = await readdir(join(cacheDir, 'openapi'));
    const data = JSON.parse(await readFile(join(cacheDir, 'openapi', name), 'utf8')) as BundleData;
    await writeFile(join(cacheDir, 'openapi', name), JSON.stringify({ ...data, kinds: data.kinds.slice(0, 1) }));
    const second = await loadBundle({ cacheDir });
    await writeFile(join(cacheDir, 'openapi', name), '{torn');
    await writeFile(join(cacheDir, 'openapi', 'bundle-0.1.0-1.json'), '{}');
    const third = await loadBundle({ cacheDir });

    expect(first.kinds.length).toBe(bundle.kinds.length);
    expect(second.kinds.length).toBe(1);
    expect(third.kinds.length).toBe(bundle.kinds.length);
    expect(await readdir(join(cacheDir, 'openapi'))).toEqual([name]);
  });
});
