import { beforeAll, describe, expect, test } from '@jest/globals';
import { load } from 'js-yaml';
import { deriveBundle, serveBundle } from '../../../src/formats/openapi/bundle.ts';
import type { DocumentSource } from '../../../src/formats/openapi/schemas.ts';
import type { JsonObject } from '../../../src/model/json.ts';
import { apiVersionOf } from '../../../src/model/resource.ts';
import { request } from '../../control-plane/api.ts';
import { type ControlPlane, useControlPlane } from '../../control-plane/control-plane.ts';
import { untilHolds } from '../../support/until.ts';
import { findingsOf, resourcesIn } from './validation.ts';
import { badCases, gadgetDefinition, goodCases, type VerdictCase } from './verdict-cases.ts';

let plane: ControlPlane;
let namespace: string;
let live: DocumentSource;
let bundle: DocumentSource;

beforeAll(async () => {
  plane = await useControlPlane();
  namespace = await plane.namespace('verdict');
  await plane.request('POST', '/apis/apiextensions.k8s.io/v1/customresourcedefinitions', load(gadgetDefinition));
  live = liveDocuments(plane);
  bundle = serveBundle(await deriveBundle()).document;
  await untilHolds('what was applied', async () => (await live('example.com/v1', signal)) !== null);
});

const signal = new AbortController().signal;

describe('strict validation says what the real API server says', () => {
  test.each(goodCases)('both accept $name', async (item) => {
    const answer = await dryRun(item);
    const findings = await findingsOf(resourcesIn(item.yaml), live);

    expect(answer.text).toContain('"metadata"');
    expect(answer.status).toBeLessThan(300);
    expect(findings.filter(({ severity }) => severity === 'block')).toEqual([]);
  });

  test.each(badCases)('both refuse $name', async (item) => {
    const answer = await dryRun(item);
    const findings = await findingsOf(resourcesIn(item.yaml), live);

    expect(answer.status).toBeGreaterThanOrEqual(400);
    expect(findings.some(({ severity }) => severity === 'block')).toBe(true);
  });

  test('the bundle and definitions among the resources give the same verdicts without a cluster', async () => {
    const verdict = async ({ yaml }: VerdictCase) => {
      const findings = await findingsOf(resourcesIn(`${gadgetDefinition}---\n${yaml}`), bundle);
      return findings.some(({ severity }) => severity === 'block');
    };
    const wronglyRefused = [];
    const wronglyAccepted = [];

    for (const item of goodCases) if (await verdict(item)) wronglyRefused.push(item.name);
    for (const item of badCases) if (!(await verdict(item))) wronglyAccepted.push(item.name);

    expect({ wronglyRefused, wronglyAccepted }).toEqual({ wronglyRefused: [], wronglyAccepted: [] });
  });
});

async function dryRun(item: VerdictCase) {
  const { id } = resourcesIn(item.yaml)[0] ?? raise(item.name);
  const plural = plurals[id.kind] ?? `${id.kind.toLowerCase()}s`;
  const prefix = `${id.group === '' ? '/api' : '/apis'}/${apiVersionOf(id)}/namespaces/${namespace}/${plural}`;
  const query = 'fieldManager=fairlead&force=true&dryRun=All&fieldValidation=Strict';
  const path = `${prefix}/${encodeURIComponent(id.name)}?${query}`;
  return request(plane, 'PATCH', path, {
    type: 'application/apply-patch+yaml',
    text: item.yaml.replace('NAMESPACE', namespace),
  });
}

function raise(name: string): never {
  throw new Error(`${name} is not a manifest`);
}

const plurals: Readonly<Record<string, string>> = { NetworkPolicy: 'networkpolicies', Ingress: 'ingresses' };

function liveDocuments(of: ControlPlane): DocumentSource {
  const known = new Map<string, JsonObject>();
  return async (groupVersion) => {
    const document = known.get(groupVersion);
    if (document !== undefined) return document;
    const path = groupVersion.includes('/') ? `apis/${groupVersion}` : `api/${groupVersion}`;
    const { status, text } = await of.request('GET', `/openapi/v3/${path}`);
    if (status !== 200) return null;
    const read = JSON.parse(text) as JsonObject;
    known.set(groupVersion, read);
    return read;
  };
}
