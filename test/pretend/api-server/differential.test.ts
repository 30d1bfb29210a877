import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { stringifyJson } from '../../../src/formats/json.ts';
import { isJsonList, isJsonObject, type Json, pickText } from '../../../src/model/json.ts';
import type { ApiServer } from '../../../src/pretend/api-server/api-server.ts';
import { type ControlPlane, useControlPlane } from '../../control-plane/control-plane.ts';
import { untilHolds } from '../../support/until.ts';
import { configuration, networking, policies } from './differential-objects.ts';
import { refusals } from './differential-refusals.ts';
import { deployments, workloads } from './differential-workloads.ts';
import { applying, type Received, type Sent, send, startPretend, widgets } from './support.ts';

const ns = `differential-${process.pid}`;
const steps = [deployments, configuration, networking, workloads, policies, refusals].flatMap((list) => list(ns));
let real: ControlPlane;
let pretend: ApiServer;

beforeAll(async () => {
  [real, pretend] = await Promise.all([useControlPlane(), startPretend()]);
  const namespace = { apiVersion: 'v1', kind: 'Namespace', metadata: { name: ns } };
  for (const ask of [askReal, askPretend]) await ask({ method: 'POST', path: '/api/v1/namespaces', body: namespace });
}, 300_000);

afterAll(async () => {
  await pretend?.close();
});

describe('the pretend API server answers as the real one', () => {
  test.each(steps.map((step) => [step.title, step] as const))('%s', async (_title, step) => {
    const answers = { real: shown(await askReal(step)), pretend: shown(await askPretend(step)) };

    expect(answers.pretend).toEqual(answers.real);
  });

  test('a definition is served, then its objects are merged, defaulted and refused alike', async () => {
    const path = `/apis/example.com/v1/namespaces/${ns}/widgets/w`;
    const widget = (spec: Json) => ({ apiVersion: 'example.com/v1', kind: 'Widget', metadata: { name: 'w' }, spec });
    const definition = '/apis/apiextensions.k8s.io/v1/customresourcedefinitions/widgets.example.com';
    for (const ask of [askReal, askPretend]) {
      await ask(applying(definition, widgets));
      await untilHolds(
        'what was applied',
        async () =>
          (await ask({ method: 'GET', path: `/apis/example.com/v1/namespaces/${ns}/widgets` })).status === 200,
      );
    }
    const steps: readonly Sent[] = [
      applying(
        path,
        widget({ size: 3, parts: [{ name: 'a', count: 1 }, { name: 'b' }], port: 'http', free: { any: [1] } }),
      ),
      { ...applying(path, widget({ size: 3, parts: [{ name: 'c' }] })), path: `${path}?fieldManager=second` },
      applying(path, widget({ size: 4, parts: [{ name: 'a' }] })),
      applying(path, widget({ size: 0 })),
      applying(path, widget({ size: 4, color: 'green' })),
      applying(path, widget({ size: 4, colour: 'red' })),
      applying(path, widget({ size: 9_007_199_254_740_993n }), '&force=true'),
      {
        method: 'POST',
        path: `${path.slice(0, -2)}?fieldManager=creator&fieldValidation=Strict`,
        body: { ...widget({ size: 1, colour: 'x' }), metadata: { name: 'x' } },
      },
      {
        method: 'POST',
        path: `${path.slice(0, -2)}?fieldManager=creator`,
        body: { ...widget({ size: 9_007_199_254_740_993n, colour: 'x' }), metadata: { name: 'y' } },
      },
      {
        method: 'PATCH',
        path: `${path}/status?fieldManager=controller`,
        body: { status: { phase: 'Up' } },
        type: 'application/merge-patch+json',
      },
      { method: 'GET', path: `${path}` },
    ];
    for (const step of steps) {
      const answers = { real: shown(await askReal(step)), pretend: shown(await askPretend(step)) };
      expect(answers.pretend).toEqual(answers.real);
    }
  });
});

async function askPretend(sent: Sent): Promise<Received> {
  return send(pretend.url, sent);
}

async function askReal(sent: Sent): Promise<Received> {
  const headers = { authorization: `Bearer ${real.token}`, ...sent.headers };
  return send(real.server, { ...sent, headers }, real.certificate);
}

/** What must be equal: status, warnings and body without what differs from run to run. */
function shown(received: Received): unknown {
  return {
    status: received.status,
    warnings: received.warnings,
    body: JSON.parse(stringifyJson(without(received.body))),
  };
}

const changing = new Set([
  'uid',
  'creationTimestamp',
  'resourceVersion',
  'time',
  'clusterIP',
  'clusterIPs',
  'nodePort',
  'lastTransitionTime',
]);

/** Entries of `managedFields` are ordered by their time first: whether two writes fall into one second differs from run to run. */
function byManager(value: Json): Json {
  if (!isJsonList(value)) return value;
  return value.toSorted((one, other) => (ordered(one) < ordered(other) ? -1 : 1));
}

function ordered(entry: Json): string {
  return ['manager', 'operation', 'subresource'].map((key) => pickText(entry, key) ?? '').join(' ');
}

function without(value: Json): Json {
  if (isJsonList(value)) return value.map(without);
  if (!isJsonObject(value))
    return typeof value === 'string' ? value.replaceAll(/[0-9a-f]{8}-[0-9a-f-]{27}/g, 'UID') : value;
  return Object.fromEntries(
    Object.entries(value)
      .filter(([key]) => !changing.has(key))
      .map(([key, below]) => [key, without(key === 'managedFields' ? byManager(below) : below)]),
  );
}
