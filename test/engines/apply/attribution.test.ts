import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import type { ChangeSet } from '../../../src/engines/engine.ts';
import { cleanDesired } from '../../../src/gitops/diff/clean-desired.ts';
import { BorderError } from '../../../src/model/error.ts';
import { type JsonObject, pickText } from '../../../src/model/json.ts';
import { mapConcurrently } from '../../../src/tools/each.ts';
import { type ControlPlane, useControlPlane } from '../../control-plane/control-plane.ts';
import { untilHolds } from '../../support/until.ts';
import { type AttributionCase, tell, type Write } from './attribution.ts';
import { configurationCases } from './attribution-configuration.ts';
import { customCases, customDefinition } from './attribution-custom.ts';
import { networkCases } from './attribution-network.ts';
import { workloadCases } from './attribution-workloads.ts';
import { openStage, resourcesOf, type Stage } from './stage.ts';

const cases: readonly AttributionCase[] = [...configurationCases, ...workloadCases, ...networkCases, ...customCases];

let plane: ControlPlane;
let stage: Stage;
let namespace: string;
let seen: ChangeSet;

beforeAll(async () => {
  plane = await useControlPlane();
  stage = await openStage(plane.kubeconfig, plane.context);
  namespace = await plane.namespace();
  await serveKind();
  await mapConcurrently([...cases.entries()], 16, async ([index, one]) => {
    for (const write of one.live) await carryOut(write, index, (one.base ?? one.head) as JsonObject);
  });
  const side = (which: 'base' | 'head') =>
    cases.flatMap((one, index) => (one[which] === null ? [] : [placed(one[which], index)]));
  seen = await stage.predict(resourcesOf(...side('head')), resourcesOf(...side('base')));
}, 180_000);

afterAll(() => stage?.cluster.close());

/** Defines the custom kind, and opens the stage anew once the server tells its schema. */
async function serveKind(): Promise<void> {
  const definition = placed(customDefinition, 0);
  await stage.apply(definition);
  const schema = `/openapi/v3/apis/${namespace}.example.com/v1`;
  const isTold = async () => (await plane.request('GET', schema)).text.includes('named');
  await untilHolds('the schema of the custom kind', isTold, 60_000);
  await stage.cluster.close();
  stage = await openStage(plane.kubeconfig, plane.context);
}

/** Names of a case's object: the same in all of its texts. */
function placed<Content>(content: Content, index: number): Content {
  // JSON with other texts in it has the same shape.
  return JSON.parse(
    JSON.stringify(content).replaceAll('NAME', nameOf(index)).replaceAll('SPACE', namespace),
  ) as Content;
}

function nameOf(index: number): string {
  return `${namespace}-${index}`;
}

async function carryOut(write: Write, index: number, sample: JsonObject): Promise<void> {
  const content =
    write.manager === 'fairlead' ? cleanDesired(placed(write.content, index)) : placed(write.content, index);
  const { path, name } = await placeOf(placed(sample, index));
  const how = {
    apply: ['PATCH', `${path}/${name}`, 'application/apply-patch+yaml', '&force=true'],
    merge: ['PATCH', `${path}/${name}`, 'application/merge-patch+json', ''],
    create: ['POST', path, 'application/json', ''],
  } as const;
  const [method, at, type, more] = how[write.how];
  const below = write.subresource === '' ? at : `${at}/${write.subresource}`;
  const answer = await plane.request(method, `${below}?fieldManager=${write.manager}${more}`, content, type);
  if (answer.status >= 300) throw new Error(`${cases[index]?.title}: ${answer.text}`);
}

async function placeOf(sample: JsonObject): Promise<{ readonly path: string; readonly name: string }> {
  const apiVersion = pickText(sample, 'apiVersion') ?? '';
  const [version = '', group = ''] = apiVersion.split('/').toReversed();
  const discovery = await stage.cluster.discovery(AbortSignal.timeout(60_000));
  const type = discovery.find({ group, version, kind: pickText(sample, 'kind') ?? '' });
  if (type === undefined) throw new Error(`${apiVersion} is not served`);
  const inside = type.namespaced ? `/namespaces/${namespace}` : '';
  const path = `${group === '' ? '/api' : '/apis'}/${apiVersion}${inside}/${type.plural}`;
  return { path, name: pickText(sample, 'metadata', 'name') ?? '' };
}

test('there are sixty cases and more, and the server took every object', () => {
  expect(cases.length).toBeGreaterThanOrEqual(60);
  expect({ error: seen.error, findings: seen.findings }).toEqual({ error: null, findings: [] });
});

/** What the server says to applying head without force: a conflict, something else, or nothing. */
async function refusalOf(head: JsonObject, index: number): Promise<string | null> {
  const options = { manager: 'fairlead', force: false, dryRun: true, validation: 'Strict', as: null } as const;
  return stage.cluster.write(cleanDesired(placed(head, index)), options, AbortSignal.timeout(60_000)).then(
    () => null,
    (error: unknown) => (error instanceof BorderError && error.kind === 'conflict' ? 'conflict' : String(error)),
  );
}

test('every conflict of an apply without force is told as a takeover, and none is told that is none', async () => {
  const present = [...cases.entries()].filter(([, { live, head }]) => head !== null && live.length > 0);
  const wrong = await mapConcurrently(present, 16, async ([index, { title, head }]) => {
    const own = seen.changes.filter(({ resource }) => resource.name === nameOf(index));
    const taken = own.filter(({ paths }) => paths.some(({ cause }) => cause === 'takeover'));
    const refusal = await refusalOf(head ?? {}, index);
    if (refusal === null) return taken.some(({ part }) => part === 'pull') ? [`${title}: told and no conflict`] : [];
    return refusal === 'conflict' && taken.length > 0 ? [] : [`${title}: ${refusal} and not told`];
  });

  expect(present.length).toBeGreaterThan(90);
  expect(wrong.flat()).toEqual([]);
});

describe('what a review says of an object whose', () => {
  test.each(cases.map((one, index) => [one.title, one, index] as const))('%s', (_, one, index) => {
    const own = seen.changes.filter(({ resource }) => resource.name.split('.')[0] === nameOf(index));

    expect(own.flatMap(tell)).toEqual(one.says.map((line) => placed(line, index)));
  });
});
