import { describe, expect, test } from '@jest/globals';
import { BorderError } from '../../../src/model/error.ts';
import type { JsonObject } from '../../../src/model/json.ts';
import type { ControlPlane } from '../../control-plane/control-plane.ts';
import { openStage, resourceOf, resourcesOf, type Stage, told } from './stage.ts';
import { useStage } from './use-stage.ts';

let plane: ControlPlane;
let stage: Stage;
let namespace: string;

useStage((opened) => {
  ({ plane, stage, namespace } = opened);
});

describe('a manifest the server will not take', () => {
  test('with unknown fields is a block at the line of each, and its other changes still show', async () => {
    await stage.apply(deployment());
    const broken = deployment({ replcas: 3, replicas: 4 }, { imagePulPolicy: 'Always', image: 'shop/web:2' });
    const lines = { '/spec/replcas': 7, '/spec/template/spec/containers/0/imagePulPolicy': 21 };

    const set = await stage.predict([resourceOf(broken, lines)], resourcesOf(deployment()));

    expect(
      set.findings
        .map(({ rule, severity, file, line, message }) => ({ rule, severity, file, line, message }))
        .sort(byLine),
    ).toEqual([
      {
        rule: 'server-strict',
        severity: 'block',
        file: 'app.yaml',
        line: 7,
        message: `Deployment ${namespace}/web: the API server refuses spec.replcas: field not declared in schema`,
      },
      {
        rule: 'server-strict',
        severity: 'block',
        file: 'app.yaml',
        line: 21,
        message: `Deployment ${namespace}/web: the API server refuses spec.template.spec.containers[name="web"].imagePulPolicy: field not declared in schema`,
      },
    ]);
    expect(told(set)).toEqual([
      'pull update Deployment web spec.replicas: 2 -> 4 (git)',
      'pull update Deployment web spec.template.spec.containers[name=web].image: "shop/web:1" -> "shop/web:2" (git)',
    ]);
    expect(set.error).toBeNull();
  });

  test('with invalid values is a block at the line of each, and the change is shown from Git', async () => {
    await stage.apply(deployment());
    const broken = deployment({ replicas: -1, strategy: { type: 'Sideways' } });

    const set = await stage.predict(
      [resourceOf(broken, { '/spec/replicas': 5, '/spec/strategy': 6 })],
      resourcesOf(deployment()),
    );

    expect(set.findings.map(({ rule, line, message }) => `${rule} ${line} ${message}`).sort()).toEqual([
      `server-invalid 5 Deployment ${namespace}/web: the API server refuses spec.replicas: Invalid value: -1: must be greater than or equal to 0`,
      expect.stringMatching(
        /^server-invalid 6 .* refuses spec\.strategy: Unsupported value: .*"Recreate", "RollingUpdate"$/,
      ),
    ]);
    expect(told(set)).toEqual([
      'pull update Deployment web spec.replicas: 2 -> -1 (git)',
      'pull update Deployment web spec.strategy: null -> {"type":"Sideways"} (git)',
    ]);
  });

  test('of a wrong type is a block, and a create all the same', async () => {
    const set = await stage.predict([resourceOf(deployment({ replicas: 'three' }), { '/spec/replicas': 9 })], []);

    expect(set.findings.map(({ rule, line }) => [rule, line])).toEqual([['server-strict', 9]]);
    expect(told(set)).toEqual(['pull create Deployment web']);
  });

  test('with a field that may not change any more is a block that says what goes when it is made anew', async () => {
    await stage.apply(deployment());
    const other = { selector: { matchLabels: { app: 'other' } } };

    const set = await stage.predict(resourcesOf(deployment(other)), resourcesOf(deployment()));

    expect(set.findings.map(({ rule, message }) => `${rule} ${message}`)).toContainEqual(
      `immutable-recreate Deployment ${namespace}/web: the API server lets nobody change spec.selector.matchLabels.app: the object would have to be deleted and made anew, and all of its Pods stop until new ones run`,
    );
    expect(told(set)).toEqual(['pull recreate Deployment web spec.selector.matchLabels.app: "web" -> "other" (git)']);
  });

  test('when no base holds it is shown by what it says and the live object does not', async () => {
    await stage.apply(deployment());

    const set = await stage.predict(resourcesOf(deployment({ replicas: -1 })), []);

    expect(told(set)).toEqual(['pull update Deployment web spec.replicas: 2 -> -1 (git)']);
  });
});

describe('an object whose place does not exist', () => {
  const lost = (): JsonObject => ({
    apiVersion: 'v1',
    kind: 'ConfigMap',
    metadata: { name: 'a', namespace: `${namespace}-new` },
  });

  test('is a block when nobody creates its namespace', async () => {
    const set = await stage.predict(resourcesOf(lost()), []);

    expect(set.findings.map(({ rule, severity }) => `${severity} ${rule}`)).toEqual(['block namespace-missing']);
    expect(told(set)).toEqual(['pull create ConfigMap a']);
  });

  test('is a create with one note for all when the same change creates its namespace', async () => {
    const space: JsonObject = { apiVersion: 'v1', kind: 'Namespace', metadata: { name: `${namespace}-new` } };
    const other = { ...lost(), metadata: { name: 'b', namespace: `${namespace}-new` } };

    const set = await stage.predict(resourcesOf(space, lost(), other), []);

    expect(set.findings).toEqual([
      expect.objectContaining({
        rule: 'predicted-offline',
        severity: 'note',
        message: `2 objects could not be tried on the cluster, because namespace ${namespace}-new is only created by the same change.`,
      }),
    ]);
    expect(told(set)).toEqual([
      `pull create Namespace ${namespace}-new`,
      'pull create ConfigMap a',
      'pull create ConfigMap b',
    ]);
    expect(set.error).toBeNull();
  });

  test('is a block when the cluster does not know its kind', async () => {
    const gadget: JsonObject = { apiVersion: 'example.org/v1', kind: 'Widget', metadata: { name: 'w', namespace } };

    const set = await stage.predict(resourcesOf(gadget), []);
    const gone = await stage.predict([], resourcesOf(gadget));

    expect(set.findings.map(({ rule, severity }) => `${severity} ${rule}`)).toEqual(['block kind-not-served']);
    expect({ told: told(gone), findings: gone.findings }).toEqual({ told: [], findings: [] });
  });

  test('is found live under the version that is served when Git names one that is not', async () => {
    const budget = (version: string): JsonObject => ({
      apiVersion: `policy/${version}`,
      kind: 'PodDisruptionBudget',
      metadata: { name: 'web', namespace },
      spec: { minAvailable: 1, selector: { matchLabels: { app: 'web' } } },
    });
    await stage.apply(budget('v1'));

    const set = await stage.predict(resourcesOf(budget('v1beta1')));

    expect(set.findings.map(({ rule }) => rule)).toEqual(['kind-not-served']);
    expect(told(set)).toEqual([]);
  });
});

describe('a warning of the server', () => {
  test('is a note, and a deprecation a caution', async () => {
    const pod: JsonObject = {
      apiVersion: 'v1',
      kind: 'Pod',
      metadata: { name: 'old', namespace, annotations: { 'scheduler.alpha.kubernetes.io/critical-pod': '' } },
      spec: {
        containers: [{ name: 'a', image: 'a' }],
        nodeSelector: { 'beta.kubernetes.io/os': 'linux' },
        volumes: [{ name: 'repo', gitRepo: { repository: 'x' } }],
      },
    };

    const set = await stage.predict(resourcesOf(pod), []);

    expect(set.findings.map(({ rule, severity }) => `${severity} ${rule}`)).toContain('caution api-deprecated');
    expect(set.findings.every(({ message }) => message.includes('the API server warns: '))).toBe(true);
  });
});

describe('a cluster that does not answer for everything', () => {
  test('that forbids dry-runs leaves the target in error, names the permission, and still shows the change', async () => {
    const reader = await openStage(plane.kubeconfig, 'real-reader');
    await stage.apply(deployment());

    const set = await reader.predict(resourcesOf(deployment({ replicas: 3 })), resourcesOf(deployment()));
    await reader.cluster.close();

    expect(set.error).toMatch(/^1 of 1 object could not be predicted\. .*cannot patch resource "deployments"/);
    expect(told(set)).toEqual(['pull update Deployment web spec.replicas: 2 -> 3 (git)']);
  });

  test('that cannot be reached is an error of its own', async () => {
    const text = (await plane.kubectl(['config', 'view', '--raw', '-o', 'json'])).replaceAll(
      plane.server,
      'https://127.0.0.1:1',
    );
    const nowhere = await openStage({ text }, plane.context);

    const failure = await nowhere.predict(resourcesOf(deployment())).catch((error: unknown) => error);
    await nowhere.cluster.close();

    expect(failure).toBeInstanceOf(BorderError);
    expect(failure).toMatchObject({ kind: 'unavailable', status: 0 });
  });
});

function deployment(spec: JsonObject = {}, container: JsonObject = {}): JsonObject {
  const labels = { app: 'web' };
  const template = { metadata: { labels }, spec: { containers: [{ name: 'web', image: 'shop/web:1', ...container }] } };
  return {
    apiVersion: 'apps/v1',
    kind: 'Deployment',
    metadata: { name: 'web', namespace },
    spec: { replicas: 2, selector: { matchLabels: labels }, template, ...spec },
  };
}

function byLine(one: { readonly line: number | null }, other: { readonly line: number | null }): number {
  return (one.line ?? 0) - (other.line ?? 0);
}
